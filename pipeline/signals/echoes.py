"""What a finding says of a takedown that a listing is like."""

from pipeline.events.decision import Evidence
from pipeline.matching.near.picture import PHASH_BITS
from pipeline.signals.case import Echo, Finding


def finding(echo: Echo, strength: float) -> Finding:
    """Return what rests on an echo: the title where words are in common, the picture where it is near."""
    likeness, takedown = echo.likeness, echo.takedown_id
    title = (Evidence("title", found=takedown),) if likeness.shared else ()
    kind = "pdq" if likeness.by_pdq else "phash"
    picture = (Evidence(f"images[{likeness.image}].{kind}", found=takedown),) if likeness.by_picture else ()
    distance = f"{likeness.distance}/{PHASH_BITS}" if likeness.by_picture else "-"
    words = {"takedown": takedown, "percent": f"{likeness.cosine * 100:.0f}", "distance": distance}
    return Finding(round(strength, 4), (*title, *picture), words)
