"""For the seller: used goods at a price at which genuine ones can be had."""

from decimal import Decimal

from pipeline.events.decision import Evidence
from pipeline.signals.case import Case, Finding
from pipeline.signals.prices import compare


def detect(case: Case) -> Finding | None:
    """Find used goods at or above the policy's share of the low end of the range."""
    compared = compare(case) if case.listing.condition in ("used", "refurbished") else None
    if compared is None or compared.ratio < Decimal(str(case.policy.prices.plausible)):
        return None
    evidence = (Evidence("condition", found=case.listing.condition), Evidence("price", found=compared.price))
    return Finding(1.0, evidence, {"price": compared.price})
