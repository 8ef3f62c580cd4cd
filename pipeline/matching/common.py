"""Common words of many languages: what is one of them is not a misspelt name, nor a name's distinctive part.

Source: wordfreq's lists, of which scripts/update_common_words.py keeps words of Latin letters.
"""

from functools import cache
from importlib.resources import files

_KNOWN = "\n# known\n"


def is_common(word: str) -> bool:
    """Tell whether a word in small letters is used ten times in a million words, in one of the languages."""
    return word in _words()[0]


def is_known(word: str) -> bool:
    """Tell whether a word in small letters is used three times in a million words, in one of the languages."""
    common, known = _words()
    return word in known or word in common


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    text = files("pipeline.matching").joinpath("data", "common-words.txt").read_text(encoding="utf-8")
    common, _, known = text.partition(_KNOWN)
    return frozenset(common.split("\n", 1)[1].split()), frozenset(known.split())
