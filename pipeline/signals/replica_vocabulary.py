"""About the goods: words of the replica trade beside the brand."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from pipeline.events.decision import Evidence
from pipeline.events.texts import texts
from pipeline.signals.case import Case, Finding

MOST_EVIDENCE = 20
MOST_TERMS = 10  # that a reason names: its text has a length limit
MOST_FOUND = 200  # characters of evidence: the letters of a term may have much between them that cannot be seen
IN_DESCRIPTION = 0.8  # of the strength: descriptions also warn of fakes, in words that no list of exceptions foresees


class _Mention(NamedTuple):
    term: str
    strength: float
    place: Evidence


def detect(case: Case) -> Finding | None:
    """Find terms of the policy's vocabulary. Different terms add up: each leaves less room for chance."""
    found = list(_mentions(case))
    if not found:
        return None
    strengths: dict[str, float] = {}
    for one in found:
        strengths[one.term] = max(one.strength, strengths.get(one.term, 0.0))
    evidence = tuple(one.place for one in found[:MOST_EVIDENCE])
    return Finding(_joint(strengths.values()), evidence, {"terms": ", ".join(islice(strengths, MOST_TERMS))})


def _joint(strengths: Iterable[float]) -> float:
    """Return what independent strengths say together."""
    doubt = 1.0
    for strength in strengths:
        doubt *= 1.0 - strength
    return round(1.0 - doubt, 4)


def _mentions(case: Case) -> Iterator[_Mention]:
    """Yield each term with its place; not one that lies in the brand's own name, which `Budget` and `Best Batch` may be."""
    lexicon = case.policy.lexicon
    for field, text in texts(case.listing):
        share = IN_DESCRIPTION if field == "description" else 1.0
        for one in lexicon.find(text):
            if any(match.field == field and match.start <= one.start and one.end <= match.end for match in case.matches):
                continue
            place = Evidence(field, one.start, one.end, text[one.start : one.end][:MOST_FOUND])
            yield _Mention(one.text, one.strength * share, place)
