"""The replica vocabulary of a policy, ready to be searched: all terms of all languages in one pass."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol
from unicodedata import category, is_normalized, normalize

from ahocorasick_rs import AhoCorasick, MatchKind
from msgspec import Struct

from pipeline.policy.memo import Memo

NEAR = 40  # characters on each side of a term in which a word can give it another meaning
_LETTER = re.compile("[0-9a-z\u00c0-\u024f\u0370-\u052f\u1e00-\u1fff]")  # of scripts that have words
_CLUSTER = re.compile("[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]+")  # a letter and its marks may be written apart
_JOINT = re.compile(r"[\s\-_]{1,4}")  # `knock-off`, `knock off`; a longer gap parts sentences
_COLON = re.compile(r" ?: ?")  # `1 : 1`

Span = tuple[int, int]
Hit = tuple[int, int, int]  # number of the term, start, end


class Term(Protocol):
    """What is looked for, how much it says, words of which one must stand near (where there are any), and words that turn it round."""

    @property
    def text(self) -> str: ...
    @property
    def strength(self) -> float: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def unless(self) -> tuple[str, ...]: ...


class Mention(Struct, frozen=True):
    """A term where it stands; `start` and `end` count code points."""

    text: str
    strength: float
    start: int
    end: int


class Lexicon:
    """Finds terms in texts, whatever their case, width and hyphens, and with characters that cannot be seen between the letters."""

    def __init__(self, terms: Iterable[Term], denials: Iterable[str] = ()) -> None:
        """`denials` are words that turn a term round when they stand right before it: `not`, `kein`, `不是`."""
        self._terms = {fold(term.text).strip(): term for term in terms}
        self._names = list(self._terms)
        self._search = AhoCorasick(self._names, matchkind=MatchKind.Standard)
        words = sorted((re.escape(fold(word).strip()) for word in denials), key=len, reverse=True)
        self._denied = re.compile(f"(?:{'|'.join(words)})[ :]?$") if words else None
        self._needed = {name: _folded(term.needs) for name, term in self._terms.items()}
        self._others = {name: _folded(term.unless) for name, term in self._terms.items()}
        self._kept: Memo[tuple[Mention, ...]] = Memo()

    def find(self, text: str) -> Sequence[Mention]:
        """Return the mentions of terms, in their order."""
        return self._kept.get(text, self._all_mentions)

    def _all_mentions(self, text: str) -> tuple[Mention, ...]:
        return tuple(self._mentions(text))

    def _mentions(self, text: str) -> Iterator[Mention]:
        folded = fold(text)
        hits = self._search.find_matches_as_indexes(folded, overlapping=True)
        found = [hit for hit in self._undenied(folded, hits) if self._counts(folded, *hit)]
        if not found:
            return
        places = _places(text)
        for number, start, end in _longest(found):
            term = self._terms[self._names[number]]
            yield Mention(term.text, term.strength, places[start][0], places[end - 1][1])

    def _counts(self, folded: str, number: int, start: int, end: int) -> bool:
        if not _stands_alone(folded, start, end):
            return False
        name, around = self._names[number], folded[max(start - NEAR, 0) : end + NEAR]
        needed = self._needed[name]
        if needed and not any(_names(around, word) for word in needed):
            return False
        return not any(_names(around, word) for word in self._others[name])

    def _undenied(self, folded: str, hits: list[Hit]) -> list[Hit]:
        """Leave out what a denial stands before, and what begins within that: `not rep 1:1` offers no `1:1` either."""
        denied = [(start, end) for _, start, end in hits if self._is_denied(folded[max(start - NEAR, 0) : start])]
        return [hit for hit in hits if not any(start <= hit[1] < end for start, end in denied)] if denied else hits

    def _is_denied(self, before: str) -> bool:
        """Tell whether the text before a term ends with a denial."""
        found = self._denied.search(before) if self._denied else None
        return found is not None and _stands_alone(before, found.start(), found.end())


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(fold(word).strip() for word in words)


def _longest(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Yield hits that do not overlap, the leftmost and then the longest first: of what counts, so that a term that does not hides none."""
    behind = 0
    for hit in sorted(hits, key=lambda one: (one[1], -one[2])):
        if hit[1] >= behind:
            behind = hit[2]
            yield hit


class _Table(dict[int, str]):
    """What each character folds to; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_cluster(chr(code))
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """Return a text in one case and width: hyphens and gaps are one space, and what cannot be seen is left out."""
    return _COLON.sub(":", _JOINT.sub(" ", _fold_letters(text)))


def _fold_letters(text: str) -> str:
    if text.isascii():
        return text.lower()
    return text.translate(_TABLE) if is_normalized("NFC", text) else "".join(map(_fold_cluster, _CLUSTER.findall(text)))


def _fold_cluster(cluster: str) -> str:
    """Fold a character, or one with its marks."""
    return "" if category(cluster[0]) == "Cf" else normalize("NFKC", normalize("NFKC", cluster).casefold())


def _places(text: str) -> list[Span]:
    """Return for each character of the folded text where it stands in the original: from, to."""
    flat: list[str] = []
    places: list[Span] = []
    at = 0
    for cluster in text if is_normalized("NFC", text) else _CLUSTER.findall(text):
        letters = _fold_cluster(cluster)
        flat += letters
        places += [(at, at + len(cluster))] * len(letters)
        at += len(cluster)
    whole = "".join(flat)
    return _spans(_COLON, _JOINT.sub(" ", whole), _spans(_JOINT, whole, places))


def _spans(joint: re.Pattern[str], text: str, places: list[Span]) -> list[Span]:
    """Return the places of a text in which each joint became one character."""
    kept: list[Span] = []
    end = 0
    for one in joint.finditer(text):
        kept += [*places[end : one.start()], (places[one.start()][0], places[one.end() - 1][1])]
        end = one.end()
    return kept + places[end:]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a term of a script with words is a word: no letter or digit goes on where it begins or ends."""
    goes_on_before = start > 0 and _LETTER.match(text[start]) and _LETTER.match(text[start - 1])
    goes_on_after = end < len(text) and _LETTER.match(text[end - 1]) and _LETTER.match(text[end])
    return not goes_on_before and not goes_on_after


def _names(text: str, word: str) -> bool:
    """Tell whether a text holds a word: `toy` is not in `Toyota`."""
    start = text.find(word)
    while start >= 0:
        if _stands_alone(text, start, start + len(word)):
            return True
        start = text.find(word, start + 1)
    return False
