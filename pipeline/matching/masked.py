"""Masked: letters of a name hidden behind stars or waves (`PR*DA`)."""

import re
from functools import lru_cache
from itertools import islice

from pipeline.events.match import Method
from pipeline.matching.view import LEAST, Unmasked

METHOD: Method = "masked"
_MASK = "*＊～~•"
_ANY_MASK = re.compile(f"[{_MASK}]")
_TOKEN = re.compile(f"[A-Za-z]+(?:[{_MASK}]+[A-Za-z]+)+")
_MOST_TOKENS = 10  # of a text: each is compared with every word
_LEAST_SHOWN = 3  # letters that can be seen


def look(text: str, _folded: str, known: frozenset[str]) -> list[Unmasked]:
    """Return the tokens that only one word of a name fits, one letter behind each mask."""
    if not _ANY_MASK.search(text):
        return []
    return [one for token in islice(_TOKEN.finditer(text), _MOST_TOKENS) if (one := _read(token, known))]


def _read(token: re.Match[str], known: frozenset[str]) -> Unmasked | None:
    own = token[0].lower()
    if len(own) < LEAST or sum(map(str.isalpha, own)) < _LEAST_SHOWN:
        return None
    shape = re.compile("".join("[a-z]" if char in _MASK else char for char in own))
    fitting = [word for word in _by_length(known).get(len(own), ()) if shape.fullmatch(word)]
    return Unmasked(*token.span(), fitting[0]) if len(fitting) == 1 else None


@lru_cache(maxsize=2)
def _by_length(known: frozenset[str]) -> dict[int, list[str]]:
    words: dict[int, list[str]] = {}
    for word in known:
        words.setdefault(len(word), []).append(word)
    return words
