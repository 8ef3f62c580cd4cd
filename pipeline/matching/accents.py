"""Accents: a name that is registered without them (`céline` for Celine), and what is left of one that has them (`Hermès`: hermes)."""

import re
from functools import lru_cache
from unicodedata import normalize

from pipeline.events.match import Method
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words

METHOD: Method = "folded"
_LEAST = 5  # letters: in Vietnamese, shorter words differ by their accents alone
_LEAST_ELSEWHERE = 4  # letters, where the accents are none of Vietnamese
_VIETNAMESE = re.compile("[àáâãèéêìíòóôõùúýăđĩũơư\u1ea0-\u1ef9]", re.IGNORECASE)
_ACCENT = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_TOKEN = re.compile(r"[^\W\d_]+")
_MARKS = re.compile("[\u0300-\u036f]")


def look(text: str, _folded: str, known: Words) -> list[Unmasked]:
    """Return the words with accents that are words of a name without them."""
    if text.isascii() or not _ACCENT.search(text):
        return []
    return [Unmasked(*token.span(), word) for token in _TOKEN.finditer(text) if (word := _plain(token[0])) in known]


def plain(name: str) -> str:
    """Return a name without its accents; empty where it has none, is too short, or is not Latin."""
    bare = _MARKS.sub("", normalize("NFD", name)).replace("Đ", "D").replace("đ", "d")
    return bare if bare != normalize("NFD", name) and bare.isascii() and sum(map(str.isalpha, bare)) >= _LEAST else ""


@lru_cache(maxsize=65_536)
def _plain(token: str) -> str:
    """Return a word without its accents; empty where it has none, or is too short."""
    plain = _MARKS.sub("", normalize("NFD", token)).casefold()
    least = _LEAST if _VIETNAMESE.search(token) else _LEAST_ELSEWHERE
    return plain if plain != token.casefold() and len(plain) >= least and plain.isascii() else ""
