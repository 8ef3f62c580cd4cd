"""The replica vocabulary of a policy, ready to be searched: all terms of all languages in one pass."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

from ahocorasick_rs import AhoCorasick, MatchKind

if TYPE_CHECKING:
    from pipeline.policy.model import Term

NEAR = 40  # characters on each side of a term in which a word can give it another meaning
_LETTER = re.compile("[0-9a-z\u00c0-\u024f\u0370-\u052f\u1e00-\u1fff]")  # of scripts that have words


@dataclass(frozen=True, slots=True)
class Mention:
    """A term where it stands; `start` and `end` count code points."""

    text: str
    strength: float
    start: int
    end: int


class Lexicon:
    """Finds terms in texts, whatever their case and width."""

    def __init__(self, terms: Iterable["Term"]) -> None:
        self._terms = {fold(term.text): term for term in terms}
        self._names = list(self._terms)
        self._search = AhoCorasick(self._names, matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> Iterator[Mention]:
        """Yield the mentions of terms, in their order."""
        folded = fold(text)
        for number, start, end in self._search.find_matches_as_indexes(folded):
            term = self._terms[self._names[number]]
            if _stands_alone(folded, start, end) and not _means_else(term, folded, start, end):
                yield Mention(term.text, term.strength, start, end)


def fold(text: str) -> str:
    """Return a text in one case and width, each character in its place."""
    return text.lower() if text.isascii() else "".join(map(_fold_character, text))


@lru_cache(maxsize=65_536)
def _fold_character(character: str) -> str:
    folded = normalize("NFKC", character).casefold()
    return folded if len(folded) == 1 else character


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a term of a script with words is a word: no letter or digit goes on where it begins or ends."""
    goes_on_before = start > 0 and _LETTER.match(text[start]) and _LETTER.match(text[start - 1])
    goes_on_after = end < len(text) and _LETTER.match(text[end - 1]) and _LETTER.match(text[end])
    return not goes_on_before and not goes_on_after


def _means_else(term: "Term", text: str, start: int, end: int) -> bool:
    around = text[max(start - NEAR, 0) : end + NEAR]
    return any(fold(word) in around for word in term.unless)
