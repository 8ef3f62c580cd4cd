"""A circumstance: what the seller has been taken down for before."""

from pipeline.events.decision import Evidence
from pipeline.signals.case import Case, Finding

FULL = 3  # takedowns at which the strength is 1


def detect(case: Case) -> Finding | None:
    """Find sellers with earlier takedowns; each third of the strength is one. Mere references are not held against anyone."""
    past = case.past
    if not past.takedowns or not case.used_as_brand:
        return None
    words = {"takedowns": str(past.takedowns), "points": str(past.points)}
    return Finding(round(min(past.takedowns / FULL, 1.0), 4), (Evidence("seller_id", found=case.listing.seller_id),), words)
