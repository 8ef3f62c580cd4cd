"""Confusables: letters that look like other ones: of other scripts (a Cyrillic `а` in `Аdidаs`), small capitals, and Latin ones that
pass for their neighbours (`PuIma`, `Guccl`, `Bioderrna`).

Source: the Unicode Consortium's confusables.txt (UTS #39), of which data/confusables.tsv keeps what looks like ASCII.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from unicodedata import name

from pipeline.events.match import Method
from pipeline.matching.common import is_known
from pipeline.matching.everyday import is_word
from pipeline.matching.view import LEAST, Unmasked
from pipeline.matching.words import Words

METHOD: Method = "confusable"
_TOKEN = re.compile(r"[^\W_]+")
_FLAGS = re.compile(f"[\U0001f1e6-\U0001f1ff]{{{LEAST},}}")  # two of them make a flag, more spell a word
_A = 0x1F1E6  # the letter A of flags
_DRAWN = dict(zip("ΛΔΣƎИЯпЦШᑎ", "AAEENRnUWN", strict=True))  # look like them only where a whole word does, which the source does not ask
_LOOKALIKE = re.compile("[a-z]I|[A-Z]l[A-Z]|[A-Z]{3}l|Il|I[a-z]{3}|rn|vv")
_READINGS = (("I", "l"), ("l", "i"), ("rn", "m"), ("vv", "w"))


def look(text: str, _folded: str, known: Words) -> list[Unmasked]:
    """Return the tokens that, read as what they look like, are a word of a name."""
    latin = _LOOKALIKE.search(text) is not None
    if text.isascii() or _confusables().isdisjoint(text):
        return [one for token in _TOKEN.finditer(text) if (one := _latin(token, known))] if latin else []
    tokens = list(_TOKEN.finditer(text))
    foreign = [token for token in tokens if not _confusables().isdisjoint(token[0])]
    alone = len(foreign) == 1 and any(map(str.isascii, filter(str.isalpha, text)))
    found = [one for token in foreign if (one := _read(token, known, alone=alone))]
    found += [one for token in tokens if latin and (one := _latin(token, known))]
    return sorted([*found, *(one for flags in _FLAGS.finditer(text) if (one := _flags(flags, known)))])


def _read(token: re.Match[str], known: Words, *, alone: bool) -> Unmasked | None:
    """Read a token of several scripts: a word wholly of another script is a word of that script, unless it is alone in a Latin text."""
    own = token[0]
    if len(own) < LEAST or own.isascii() or not (alone or _is_mixed(own)):
        return None
    word = own.translate(_table()).lower()
    return Unmasked(*token.span(), word) if word in known else None


def _is_mixed(token: str) -> bool:
    """Tell whether a token has Latin letters, small capitals among them, or letters of several scripts."""
    return (
        any(char.isascii() and char.isalpha() for char in token) or len({name(char, "").split(" ")[0] for char in token} - {"LATIN"}) != 1
    )


def _latin(token: re.Match[str], known: Words) -> Unmasked | None:
    """Read a token in which Latin letters may stand for others; what is a word as it is says what it says."""
    own = token[0]
    if len(own) < LEAST or not own.isascii() or not _LOOKALIKE.search(own) or own.lower() in known:
        return None
    for written, meant in _READINGS:
        word = own.replace(written, meant).lower()
        if word in known and written in own and not is_word(own.lower()) and not is_known(own.lower()):
            return Unmasked(*token.span(), word)
    return None


def _flags(flags: re.Match[str], known: Words) -> Unmasked | None:
    word = "".join(chr(ord("a") + ord(char) - _A) for char in flags[0])
    return Unmasked(*flags.span(), word) if word in known else None


@cache
def _confusables() -> frozenset[str]:
    return frozenset(map(chr, _table())).union(map(chr, range(_A, _A + 26)))


@cache
def _table() -> dict[int, str]:
    """Return the letter that each character looks like, the other case included (`к` is no `k` to the source, but `К` is a `K`).

    A capital that looks like a small l is read as what its small form looks like.
    """
    shapes = _DRAWN | dict(_rows())
    small = {char.lower(): shape for char, shape in shapes.items() if len(char.lower()) == 1}
    seen = {**small, **shapes}
    return {ord(char): seen.get(char.lower(), shape) if shape == "l" and char.isupper() else shape for char, shape in seen.items()}


def _rows() -> Iterator[tuple[str, str]]:
    for line in files("pipeline.matching").joinpath("data", "confusables.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, shape = line.split("\t")
            if chr(int(code, 16)).isalnum():
                yield chr(int(code, 16)), shape
