"""For the seller: the holder has authorised it."""

from pipeline.events.decision import Evidence
from pipeline.signals.authorisation import is_authorised
from pipeline.signals.case import Case, Finding


def detect(case: Case) -> Finding | None:
    """Find sellers on the holder's list, for where and when the listing is offered."""
    if not is_authorised(case):
        return None
    return Finding(1.0, (Evidence("seller_id", found=case.listing.seller_id, right_id=case.right.right_id),))
