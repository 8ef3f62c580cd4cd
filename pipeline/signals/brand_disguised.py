"""About the goods: the brand's name in a disguise, which only someone writes who does not want to be found."""

from pipeline.events.decision import Evidence
from pipeline.events.match import Match
from pipeline.signals.case import Case, Finding

DISGUISES = frozenset({"confusable", "spaced", "leetspeak", "masked"})


def detect(case: Case) -> Finding | None:
    """Find names that are used as a brand and written in a disguise. The plain name beside it takes half of the strength away."""
    used = case.used_as_brand
    disguised = [match for match in used if match.method in DISGUISES]
    if not disguised:
        return None
    words = {"method": disguised[0].method, "found": disguised[0].found}
    return Finding(1.0 if len(disguised) == len(used) else 0.5, tuple(map(_place, disguised)), words)


def _place(match: Match) -> Evidence:
    return Evidence(match.field, match.start, match.end, match.found, match.alias, match.right_id)
