"""A circumstance: what the seller has been taken down for before."""

from pipeline.events.decision import Evidence
from pipeline.signals.case import Case, Finding


def detect(case: Case) -> Finding | None:
    """Find sellers with points that still count; the strength is their share of the preset's last step, at most 1.

    Points outlived or wiped say nothing any more, and where the policy keeps none there is no record. Mere references are not held
    against anyone.
    """
    preset, points = case.policy.preset(), case.past.points
    if preset is None or not points or not case.used_as_brand:
        return None
    words = {"takedowns": str(case.past.takedowns), "points": str(points)}
    strength = round(min(points / preset.steps[-1].at, 1.0), 4)
    return Finding(strength, (Evidence("seller_id", found=case.listing.seller_id),), words) if strength else None
