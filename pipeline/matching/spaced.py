"""Spaced: single letters set apart by spaces, dots or signs (`N I K E`, `p.r.a.d.a`, 【普】【拉】【达】)."""

import re

from pipeline.events.match import Method
from pipeline.matching.fold import GAP, letter
from pipeline.matching.view import HAN, LEAST, LEAST_HAN, Unmasked
from pipeline.matching.words import Words

METHOD: Method = "spaced"
_RUN_OF_WORDS = re.compile(f"(?:{GAP}[^{GAP}]{GAP}){{{LEAST}}}|(?:{GAP}[{HAN}]{GAP}){{{LEAST_HAN}}}")
_TWO_WORDS = re.compile(f"(?:{GAP}[^{GAP}]{GAP}){{2}}")
_INITIALS = re.compile(r"(?<![^\W_])(?<![.·•*~_])[A-Za-z](?:[.·•*~_][A-Za-z]){1,2}(?![^\W_])(?![.·•*~_][^\W_])")
_MOST = 40  # letters of a word
_RUN = re.compile(rf"(?<![^\W_])[^\W\d_](?:[\W_]{{1,3}}[^\W\d_]){{{LEAST_HAN - 1},}}(?![^\W_])")


def look(text: str, folded: str, known: Words) -> list[Unmasked]:
    """Return the runs of single letters that read as a word of a name, or begin with one."""
    if not _TWO_WORDS.search(folded):
        return []
    found = [one for run in _INITIALS.finditer(text) if (one := _read_initials(run, known))]
    if not _RUN_OF_WORDS.search(folded):
        return found
    return sorted([*found, *(one for run in _RUN.finditer(text) if (one := _read(run, known)))])


def _read_initials(run: re.Match[str], known: Words) -> Unmasked | None:
    """Read two letters or three with signs between them."""
    word = "".join(filter(str.isalpha, run[0])).lower()
    return Unmasked(*run.span(), word) if word in known.short else None


def _read(run: re.Match[str], known: Words) -> Unmasked | None:
    """Read as many letters of a run as make a word."""
    letters = [(letter(char), run.start() + at) for at, char in enumerate(run[0]) if char.isalnum()]
    for length in range(min(len(letters), _MOST), LEAST_HAN - 1, -1):
        word = "".join(char for char, _ in letters[:length])
        if word in known:  # which has no shorter words than these
            return Unmasked(run.start(), letters[length - 1][1] + 1, word)
    return None
