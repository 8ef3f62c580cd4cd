"""A circumstance: a price far below that of genuine goods of the same kind."""

from decimal import Decimal

from pipeline.events.decision import Evidence
from pipeline.signals.case import Case, Finding
from pipeline.signals.prices import compare


def detect(case: Case) -> Finding | None:
    """Find new goods below the policy's share of the low end of the range; the strength grows to 1 at a price of nothing."""
    compared = compare(case)
    limit = Decimal(str(case.policy.prices.far_below))
    if compared is None or compared.ratio >= limit or case.listing.condition in ("used", "refurbished"):
        return None
    words = {"price": compared.price, "low": compared.low, "percent": f"{compared.ratio * 100:.0f}"}
    strength = round(float(1 - compared.ratio / limit), 4)
    return Finding(strength, (Evidence("price", found=compared.price, right_id=case.right.right_id),), words) if strength else None
