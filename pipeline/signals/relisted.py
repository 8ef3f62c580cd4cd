"""A circumstance: the same seller brings back what was taken down."""

from pipeline.events.decision import Evidence
from pipeline.signals.case import Case, Finding


def detect(case: Case) -> Finding | None:
    """Find the title or a picture of an earlier takedown at the same seller."""
    past = case.past
    if not case.used_as_brand:
        return None
    if case.fingerprint in past.fingerprints:
        first = past.fingerprints[case.fingerprint]
        return Finding(1.0, (Evidence("title", found=first),), {"takedown": first})
    for number, image in enumerate(case.listing.images):
        takedown = past.phashes.get(image.phash or "")
        if takedown is not None:
            return Finding(0.8, (Evidence(f"images[{number}].phash", found=takedown),), {"takedown": takedown})
    return None
