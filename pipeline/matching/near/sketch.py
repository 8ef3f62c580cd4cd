"""The sketch of a listing: what is kept of its title and pictures to recognise it when it comes back changed."""

import re
from collections.abc import Iterable
from itertools import pairwise
from unicodedata import category

from xxhash import xxh32_intdigest

from pipeline.events.value import Value
from pipeline.matching.fold import GAP, Folded

MOST_WORDS = 100  # of a title: what says more is a list of search words
LEAST_CODE = 4  # characters of a model code
_DIGIT = re.compile(r"\d")


class Sketch(Value, frozen=True):
    """The words of a title by their 32-bit hashes, those with a digit once more, and the pictures by their hashes; each in ascending order.

    A picture that tells nothing (too flat to be hashed) is not in it.
    """

    words: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()  # the short ones with a digit: sizes and quantities
    codes: tuple[int, ...] = ()  # the long ones: model codes and part numbers
    phashes: tuple[int, ...] = ()
    pdqs: tuple[str, ...] = ()


def sketch(title: str | None, phashes: Iterable[int], pdqs: Iterable[str]) -> Sketch:
    """Return the sketch of a title, where it is known, and of pictures that tell something; `pdqs`: 64 hex digits each."""
    words, numbers, codes = _words(title) if title is not None else ((), (), ())
    return Sketch(words, numbers, codes, tuple(sorted(set(phashes))), tuple(sorted(set(pdqs))))


def _words(title: str) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Return the hashes of a title's words, numbers and codes."""
    words = list(dict.fromkeys(_split(Folded(title).text.split(GAP))))[:MOST_WORDS]
    with_digit = [word for word in words if _DIGIT.search(word)]
    numbers = _hashes(word for word in with_digit if len(word) < LEAST_CODE)
    return _hashes(words), numbers, _hashes(word for word in with_digit if len(word) >= LEAST_CODE)


def _hashes(words: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({xxh32_intdigest(word.encode()) for word in words}))


def _split(words: Iterable[str]) -> Iterable[str]:
    """Yield words; a run of letters that know no case, which may be a whole sentence, as its pairs of letters."""
    for word in words:
        if len(word) > 2 and not word.isascii() and category(word[0]) == "Lo":
            yield from map("".join, pairwise(word))
        elif word:
            yield word
