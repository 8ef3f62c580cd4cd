"""A circumstance: what the same seller offers is probably what was taken down, in other words or with another picture."""

from pipeline.signals import relisted
from pipeline.signals.case import Case, Finding
from pipeline.signals.echoes import finding


def detect(case: Case) -> Finding | None:
    """Find what is similar to an earlier takedown at the same seller, and no copy of one; the strength is how similar."""
    nearest = case.past.nearest
    if nearest is None or nearest.likeness.grade != "similar" or not case.used_as_brand or relisted.detect(case) is not None:
        return None
    return finding(nearest, min(nearest.likeness.score, 1.0))
