"""A circumstance: the same seller brings back what was taken down."""

from pipeline.events.decision import Evidence
from pipeline.signals.case import Case, Finding
from pipeline.signals.echoes import finding

BY_PICTURE = 0.8  # of full strength: a shop's pictures may show more than one kind of goods


def detect(case: Case) -> Finding | None:
    """Find the title or a picture of an earlier takedown at the same seller, or a copy of it: a word changed, a picture saved anew."""
    past = case.past
    if not case.used_as_brand:
        return None
    if case.fingerprint in past.fingerprints:
        first = past.fingerprints[case.fingerprint]
        return Finding(1.0, (Evidence("title", found=first),), {"takedown": first})
    for number, image in enumerate(case.listing.images):
        takedown = past.phashes.get(image.phash or "")
        if takedown is not None:
            return Finding(BY_PICTURE, (Evidence(f"images[{number}].phash", found=takedown),), {"takedown": takedown})
    if past.nearest is None or past.nearest.likeness.grade != "copy":
        return None
    return finding(past.nearest, min(past.nearest.likeness.score, BY_PICTURE))
