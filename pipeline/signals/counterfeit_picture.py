"""About the goods: a picture that the holder of the right has named as one of counterfeits."""

from pipeline.events.decision import Evidence
from pipeline.signals.case import Case, Finding


def detect(case: Case) -> Finding | None:
    """Find the picture where the brand is used. One that tells nothing, is of genuine goods too or is a stock picture never comes here."""
    sighting = case.sighting
    if sighting is None or not case.used_as_brand:
        return None
    field = f"images[{sighting.image}].{'pdq' if sighting.by_pdq else 'phash'}"
    distance = f"{sighting.distance}/{256 if sighting.by_pdq else 64}"
    return Finding(1.0, (Evidence(field, found=distance, right_id=case.right.right_id),), {"distance": distance})
