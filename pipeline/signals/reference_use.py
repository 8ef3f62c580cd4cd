"""For the seller: the brand says what the goods go with, not who made them."""

from pipeline.events.decision import Evidence
from pipeline.signals.case import Case, Finding


def detect(case: Case) -> Finding | None:
    """Find listings in which every mention of the brand is a reference."""
    if case.used_as_brand or not case.matches:
        return None
    places = tuple(Evidence(match.field, match.start, match.end, match.found, match.alias, match.right_id) for match in case.matches)
    return Finding(1.0, places)
