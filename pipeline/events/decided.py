"""What flagging decides: any of the events that it emits."""

from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.notice import NoticeOutcome
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.takedown import Takedown

Decision = Takedown | Review | SellerWarning | StoreClosure | Reinstatement | NoticeOutcome
