"""What was decided, as it is counted: one key a kind, `takedown:SOURCE:REASON`, `review:CAUSE`, `warning:STEP` and so on."""

from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.takedown import Takedown

PRIOR = "prior"
TAKEDOWN, REVIEW, WARNING, CLOSURE, REINSTATEMENT = "takedown", "review", "warning", "closure", "reinstatement"

Decision = Takedown | Review | SellerWarning | StoreClosure | Reinstatement


def counted_as(event: Decision) -> str:
    """Return the key under which a decision is counted."""
    if isinstance(event, Takedown):
        return f"{TAKEDOWN}:{event.source}:{leading_reason(event)}"
    if isinstance(event, Review):
        return f"{REVIEW}:{'brake' if event.braked else 'signals'}"
    if isinstance(event, Reinstatement):
        return f"{REINSTATEMENT}:{event.cause}"
    return f"{WARNING}:{event.step}" if isinstance(event, SellerWarning) else f"{CLOSURE}:closure"


def leading_reason(takedown: Takedown) -> str:
    """Return the code of the reason that weighs most."""
    reasons = [reason for reason in takedown.reasons if reason.code != PRIOR]
    return max(reasons, key=lambda reason: reason.weight).code if reasons else PRIOR
