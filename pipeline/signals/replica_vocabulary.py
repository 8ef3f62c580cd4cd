"""About the goods: words of the replica trade beside the brand."""

from collections.abc import Iterator

from pipeline.events.decision import Evidence
from pipeline.events.texts import texts
from pipeline.signals.case import Case, Finding

MOST_EVIDENCE = 20


def detect(case: Case) -> Finding | None:
    """Find terms of the policy's vocabulary. Different terms add up: each leaves less room for chance."""
    found = list(_mentions(case))
    if not found:
        return None
    strengths = {term: strength for _, term, strength in found}
    doubt = 1.0
    for strength in strengths.values():
        doubt *= 1.0 - strength
    evidence = tuple(place for place, _, _ in found[:MOST_EVIDENCE])
    return Finding(round(1.0 - doubt, 4), evidence, {"terms": ", ".join(strengths)})


def _mentions(case: Case) -> Iterator[tuple[Evidence, str, float]]:
    """Yield each term with its place."""
    lexicon = case.policy.lexicon
    for field, text in texts(case.listing):
        for one in lexicon.find(text):
            yield Evidence(field, one.start, one.end, text[one.start : one.end]), one.text, one.strength
