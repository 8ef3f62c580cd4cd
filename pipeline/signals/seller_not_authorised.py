"""A circumstance: the holder lists its sellers, and this one is not among them."""

from pipeline.events.decision import Evidence
from pipeline.signals.authorisation import is_authorised
from pipeline.signals.case import Case, Finding


def detect(case: Case) -> Finding | None:
    """Find sellers outside of the holder's list. No list says nothing, and used goods and mere references need no authorisation."""
    needs_none = not case.right.authorised_sellers or not case.used_as_brand or case.listing.condition in ("used", "refurbished")
    if needs_none or is_authorised(case):
        return None
    return Finding(1.0, (Evidence("seller_id", found=case.listing.seller_id, right_id=case.right.right_id),))
