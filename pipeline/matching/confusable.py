"""Confusables: letters of other scripts that look like Latin ones (a Cyrillic `а` in `Аdidаs`).

Source: the Unicode Consortium's confusables.txt (UTS #39), of which data/confusables.tsv keeps what looks like ASCII.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pipeline.events.match import Method
from pipeline.matching.view import LEAST, Unmasked

METHOD: Method = "confusable"
_TOKEN = re.compile(r"[^\W_]+")


def look(text: str, _folded: str, known: frozenset[str]) -> list[Unmasked]:
    """Return the tokens of Latin letters and letters that look like them, which read as a word of a name."""
    if text.isascii() or _confusables().isdisjoint(text):
        return []
    return [one for token in _TOKEN.finditer(text) if (one := _read(token, known))]


def _read(token: re.Match[str], known: frozenset[str]) -> Unmasked | None:
    """A word wholly of another script is a word of that script: it takes a Latin letter to make a disguise."""
    own = token[0]
    if len(own) < LEAST or own.isascii() or not any(char.isascii() and char.isalpha() for char in own):
        return None
    word = own.translate(_table()).lower()
    return Unmasked(*token.span(), word) if word in known else None


@cache
def _confusables() -> frozenset[str]:
    return frozenset(map(chr, _table()))


@cache
def _table() -> dict[int, str]:
    """Return the letter that each character looks like, the other case included (`к` is no `k` to the source, but `К` is a `K`).

    A capital that looks like a small l is read as what its small form looks like.
    """
    shapes = dict(_rows())
    small = {char.lower(): shape for char, shape in shapes.items() if len(char.lower()) == 1}
    seen = {**small, **shapes}
    return {ord(char): seen.get(char.lower(), shape) if shape == "l" and char.isupper() else shape for char, shape in seen.items()}


def _rows() -> Iterator[tuple[str, str]]:
    for line in files("pipeline.matching").joinpath("data", "confusables.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, shape = line.split("\t")
            if chr(int(code, 16)).isalnum():
                yield chr(int(code, 16)), shape
