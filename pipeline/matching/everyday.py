"""Everyday words: what a name says when it is not meant as a name (`Box`, `Universal`, `da`, 经典)."""

import re
from functools import cache, lru_cache
from importlib.resources import files

_SYLLABLE = re.compile("(?:ngh?|gh|gi|kh|ch|ph|qu|th|tr|nh|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?")
_VIETNAMESE = re.compile("[àòùìãõăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def is_everyday(phrase: str, text: str) -> bool:
    """Tell whether every word of a phrase has another sense than a brand's, in the language of the text around it."""
    words = _WORD.findall(phrase.casefold())
    return bool(words) and all(is_word(word) or _is_vietnamese(word, text) for word in words)


def is_word(word: str) -> bool:
    """Tell whether a word in small letters is one of English or of the trade."""
    return word in english_words() or is_trade_word(word)


def is_trade_word(word: str) -> bool:
    """Tell whether a word in small letters is one of the trade, of which capitals say nothing: they are mostly abbreviations."""
    return word in trade_words()


@lru_cache(maxsize=16)
def is_foreign(text: str) -> bool:
    """Tell whether a text has letters that English has not."""
    return not text.isascii() and any(not char.isascii() and char.isalpha() for char in text)


def _is_vietnamese(word: str, text: str) -> bool:
    """A syllable that Vietnamese can spell without accents is a word of a Vietnamese text (`da`: leather). Source: its phonotactics."""
    return word.isascii() and _SYLLABLE.fullmatch(word) is not None and _is_vietnamese_text(text)


@lru_cache(maxsize=16)
def _is_vietnamese_text(text: str) -> bool:
    return not text.isascii() and _VIETNAMESE.search(text) is not None


@cache
def english_words() -> frozenset[str]:
    """Return the English words that most dictionaries have. Source: SCOWL up to size 35."""
    return _read("english-words.txt")


@cache
def trade_words() -> frozenset[str]:
    """Return words of the trade that dictionaries lack."""
    return _read("trade-words.txt")


def _read(name: str) -> frozenset[str]:
    lines = files("pipeline.matching").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
