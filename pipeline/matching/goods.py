"""Goods: what listings of a class say in several languages, so that a context word of a right (`clothes`) fits 羽绒服 and `quần` too."""

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from pipeline.matching.fold import GAP, Folded, has_no_spaces


def fits(context: Iterable[str], text: str) -> bool:
    """Tell whether a context word stands in a text, or a word for goods of a class that it names."""
    folded = _folded_text(text)
    return any(one in folded for word in context for one in _forms(word))


@lru_cache(maxsize=65_536)
def _forms(word: str) -> tuple[str, ...]:
    """Return what to look for in folded texts: the word, and what goods of its class are called."""
    return (_folded_word(word), *goods().get(word.rpartition("/")[2].casefold(), ()))


@lru_cache(maxsize=4)
def _folded_text(text: str) -> str:
    return Folded(text).text


def _folded_word(word: str) -> str:
    """Fold a context word: a whole word where its script has words, and otherwise any stretch."""
    folded = Folded(word).text
    return folded.strip(GAP) if has_no_spaces(word) else folded


@cache
def goods() -> dict[str, tuple[str, ...]]:
    """Return the folded words for goods by class."""
    found: dict[str, tuple[str, ...]] = {}
    for line in files("pipeline.matching").joinpath("data", "goods-words.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            classes, _, words = line.partition(":")
            folded = tuple(_folded_word(word.replace("_", " ")) for word in words.split())
            for one in classes.split():
                found[one] = found.get(one, ()) + folded
    return found
