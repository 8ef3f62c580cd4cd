"""What was decided, as it is counted: a key a kind, as `takedown:SOURCE:REASON`, `review:CAUSE:ASSIGNEE`, `notice:OUTCOME:CODE`."""

from pipeline.events.decided import Decision
from pipeline.events.enforcement import SellerWarning
from pipeline.events.notice import NoticeOutcome
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.takedown import Takedown

PRIOR = "prior"
TAKEDOWN, REVIEW, WARNING, CLOSURE, REINSTATEMENT = "takedown", "review", "warning", "closure", "reinstatement"
NOTICE, AMENDED, ENDED = "notice", "amended", "ended"


def counted_as(event: Decision) -> str:
    """Return the key under which a decision is counted."""
    if isinstance(event, Takedown):
        return f"{TAKEDOWN}:{event.source}:{leading_reason(event)}"
    if isinstance(event, Review):
        return f"{REVIEW}:{_cause(event)}:{event.assignee.kind}"
    if isinstance(event, Reinstatement):
        return f"{REINSTATEMENT}:{event.cause}"
    if isinstance(event, NoticeOutcome):
        return f"{AMENDED if event.amendment else NOTICE}:{event.outcome}:{event.code}"
    return f"{WARNING}:{event.step}" if isinstance(event, SellerWarning) else f"{CLOSURE}:{event.decision}"


def _cause(review: Review) -> str:
    """Return what opened a question."""
    if review.question == "closure":
        return "closure"
    return "brake" if review.braked else "notice" if review.notice_ids else "signals"


def leading_reason(takedown: Takedown) -> str:
    """Return the code of the reason that weighs most."""
    reasons = [reason for reason in takedown.reasons if reason.code != PRIOR]
    return max(reasons, key=lambda reason: reason.weight).code if reasons else PRIOR
