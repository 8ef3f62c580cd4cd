"""Split: a name of one word that is written as two (`Cooler Master` for Coolermaster).

A word said twice is none: Indonesian makes its plurals so (`kura kura`: turtles).
"""

import re
from itertools import pairwise

from pipeline.events.match import Method
from pipeline.matching.fold import GAP
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words

METHOD: Method = "spaced"
_LEAST = 5  # letters of both parts
_LEAST_OTHER = 4  # of scripts that say more with each
_BETWEEN = (".", "_", "·", "•")  # signs that part a first or last letter from its word; a hyphen does so in honest words, too (`e-book`)
_PARTS = re.compile(r"[^\W_]+")


def look(text: str, folded: str, known: Words) -> list[Unmasked]:
    """Return the pairs of neighbouring words that make one word of a name."""
    words = folded[1:-1].split(GAP + GAP)
    if known.isdisjoint(map(str.__add__, words, words[1:])):
        return []
    return [one for first, second in pairwise(_PARTS.finditer(text)) if (one := _read(first, second, known))]


def _read(first: re.Match[str], second: re.Match[str], known: Words) -> Unmasked | None:
    word = f"{first[0]}{second[0]}".casefold()
    apart = min(len(first[0]), len(second[0])) > 1 or first.string[first.end() : second.start()] in _BETWEEN
    said = not word.isdigit() and first[0].casefold() != second[0].casefold()
    least = _LEAST if word.isascii() else _LEAST_OTHER
    return Unmasked(first.start(), second.end(), word) if apart and said and len(word) >= least and word in known else None
