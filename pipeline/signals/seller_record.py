"""A circumstance: what the seller has been taken down for before."""

from pipeline.events.decision import Evidence
from pipeline.signals.case import Case, Finding


def detect(case: Case) -> Finding | None:
    """Find sellers with a record. Mere references are not held against anyone."""
    strength = _strength(case) if case.used_as_brand else 0.0
    if not strength:
        return None
    words = {"takedowns": str(case.past.takedowns), "points": str(case.past.points)}
    return Finding(strength, (Evidence("seller_id", found=case.listing.seller_id),), words)


def _strength(case: Case) -> float:
    """Return the points' share of the preset's last step: what is outlived or wiped says nothing. Where none are kept, takedowns count."""
    past, preset = case.past, case.policy.preset()
    if preset is None:
        return round(past.takedowns / (past.takedowns + 1), 4)
    return round(min(past.points / preset.steps[-1].at, 1.0), 4)
