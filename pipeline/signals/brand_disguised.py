"""About the goods: the brand's name in a disguise, which only someone writes who does not want to be found."""

import re

from pipeline.events.match import Match
from pipeline.signals.case import Case, Finding
from pipeline.signals.places import places

DISGUISES = frozenset({"confusable", "spaced", "leetspeak", "masked"})
_INNOCENT = {
    # Digits open or end a model number or an amount, or come in pairs; within a word, one by one, they are there for their shape.
    "leetspeak": re.compile(r"[0-9].*|.*[0-9]{2}.*|.*[0-9]"),
    # Pieces of two letters and more with spaces or hyphens between them are how people spell compounds; single letters and dots are not.
    "spaced": re.compile(r"[^\W_]{2,}(?:[\s\-]+[^\W_]{2,})*"),  # a space may be any: shops paste those of web pages
}


def detect(case: Case) -> Finding | None:
    """Find names that are used as a brand and written in a disguise.

    Half of the strength goes where the plain name stands beside it, or where all that was found may be innocent: on honest shelves most
    of it is (`A50s` for Asos, `90yard` for Goyard, `Night Owl` for NightOwl).
    """
    used = case.used_as_brand
    disguised = [match for match in used if match.method in DISGUISES]
    if not disguised:
        return None
    is_sure = len(disguised) == len(used) and not all(map(_may_be_innocent, disguised))
    words = {"method": disguised[0].method, "found": disguised[0].found}
    return Finding(1.0 if is_sure else 0.5, places(disguised), words)


def _may_be_innocent(match: Match) -> bool:
    innocent = _INNOCENT.get(match.method)
    return innocent is not None and innocent.fullmatch(match.found) is not None
