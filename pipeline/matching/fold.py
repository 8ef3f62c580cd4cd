"""The fold: one form for all ways of writing the same words, and the way back to the original text.

A folded text is its words in lower case, each between two gaps, so that a pattern with a gap on both sides matches whole words, and
neighbours can both match: `Air-Max  90` is `␟air␟␟max␟␟90␟`. Words end where letters and digits end, and where a script that writes
without spaces begins. Apostrophes and characters that cannot be seen are dropped, `&` and `+` are words. Every step is in docs/matching.md.
"""

import re
from bisect import bisect_right
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate
from unicodedata import category, is_normalized, normalize

VERSION = 2  # of what the fold makes of a text: raised with every change of it

GAP = "\x1f"
_APOSTROPHES = frozenset("'’‘`´ʼ′＇")
_DROPPED = _APOSTROPHES | frozenset("\u034f\u115f\u1160\u3164\uffa0")  # and letters that stand for nothing
_WITHOUT_SPACES = (  # Thai and its neighbours, Han, Kana, Hangul
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_MODEL = 4  # letters after which a digit begins a new word: `iphone6plus`
_WORD = re.compile(f"[&+]|[{_WITHOUT_SPACES}]+|[^\\W\\d_{_WITHOUT_SPACES}]{{{_MODEL},}}(?=\\d)|[^\\W_{_WITHOUT_SPACES}]+")
_ASCII_WORD = re.compile(f"[a-z]{{{_MODEL},}}(?=[0-9])|[a-z0-9]+|[&+]")
_CLUSTER = re.compile("[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]+")
_BADGES = {
    first + number: chr(ord("a") + number) for first in (0x1F150, 0x1F170) for number in range(26)
}  # white on black: no form of NFKC
_ONE_WITHOUT_SPACES = re.compile(f"[{_WITHOUT_SPACES}]")

Place = tuple[int, int]


class _Table(dict[int, str]):
    """What each character folds to, filled as characters are met. `uneven` holds those that do not fold to exactly one."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        return folded


def _fold(cluster: str) -> str:
    """Fold a character, or one with its combining marks."""
    if cluster in _DROPPED or category(cluster[0]) == "Cf" or "\ufe00" <= cluster <= "\ufe0f" or _is_mark(cluster[0]):
        return ""
    composed = _without_marks(normalize("NFKC", _BADGES.get(ord(cluster[0]), cluster[0]) + cluster[1:]))
    folded = _without_marks(normalize("NFKC", composed.casefold()))  # marks go first: of U+0345, case folding makes a letter
    return simplified().get(folded, folded)


@cache
def simplified() -> dict[str, str]:
    """Return the simplified form of each traditional Chinese character that has one. Source: OpenCC."""
    lines = files("pipeline.matching").joinpath("data", "hanzi.tsv").read_text(encoding="utf-8").splitlines()
    return {line[0]: line[2] for line in lines if not line.startswith("#")}


def _without_marks(text: str) -> str:
    return "".join(char for char in text if not _is_mark(char))


def _is_mark(char: str) -> bool:
    return "\u0300" <= char <= "\u036f"


_TABLE = _Table()
_ASCII_DROPPED = {ord("'"): None, ord("`"): None}


class Folded:
    """A text in its folded form. Places are worked out only where they are asked for: most texts name no brand."""

    __slots__ = ("_even", "_flat", "_origins", "_words", "source", "text")

    def __init__(self, source: str) -> None:
        self.source = source
        self._flat, self._even = _flat(source)
        self._origins: list[Place] | None = None
        words = _ASCII_WORD.findall(self._flat) if source.isascii() else _WORD.findall(self._flat)
        self.text = f"{GAP}{(GAP + GAP).join(words)}{GAP}"
        self._words: tuple[list[int], list[int]] | None = None  # where each begins: in the folded text, and among the folded characters

    def place(self, start: int, end: int) -> Place:
        """Return where a stretch of the folded text stands in the source, without the gaps around it."""
        first = start + (self.text[start] == GAP)
        last = end - 1 - (self.text[end - 1] == GAP)
        return self._origin(first)[0], self._origin(last)[1]

    def _origin(self, position: int) -> Place:
        """Return where a letter of the folded text stands in the source."""
        if self._words is None:
            spans = [word.span() for word in _WORD.finditer(self._flat)]
            begins = accumulate((end - start + 2 for start, end in spans[:-1]), initial=1)  # each word has a gap on both sides
            self._words = list(begins), [start for start, _ in spans]
        begins_folded, begins_flat = self._words
        number = bisect_right(begins_folded, position) - 1
        at = begins_flat[number] + position - begins_folded[number]
        if self._even:
            return at, at + 1
        if self._origins is None:
            self._origins = _origins(self.source)
        return self._origins[at]


def _flat(text: str) -> tuple[str, bool]:
    """Return the folded characters, and whether each stands where it stood."""
    if text.isascii():
        lower = text.lower()
        return (lower, True) if "'" not in text and "`" not in text else (lower.translate(_ASCII_DROPPED), False)
    if is_normalized("NFC", text):
        flat = text.translate(_TABLE)
        if _TABLE.uneven.isdisjoint(text):
            return flat, True
    return "".join(map(_fold_cached, _CLUSTER.findall(text))), False


def _origins(text: str) -> list[Place]:
    return [cluster.span() for cluster in _CLUSTER.finditer(text) for _ in _fold_cached(cluster[0])]


@lru_cache(maxsize=65_536)
def _fold_cached(cluster: str) -> str:
    return _fold(cluster)


def has_invisible(text: str) -> bool:
    """Tell whether a text has characters that cannot be seen and that the fold drops."""
    return not text.isascii() and any(not _fold_cached(char) and not _is_mark(char) for char in text if char not in _APOSTROPHES)


def is_badge(char: str) -> bool:
    """Tell whether a character is a letter in white on black."""
    return ord(char) in _BADGES


def letter(char: str) -> str:
    """Return what a single character folds to."""
    return _fold_cached(char)


def pattern(name: str) -> str:
    """Return what to search for in folded texts; empty where a name has no letter or digit."""
    text = Folded(name).text
    own = text.strip(GAP)
    if not own:
        return ""
    return text[_is_without_spaces(own[0]) : len(text) - _is_without_spaces(own[-1])]


def has_no_spaces(text: str) -> bool:
    """Tell whether a text has a character of a script that is written without spaces."""
    return _ONE_WITHOUT_SPACES.search(text) is not None


def _is_without_spaces(char: str) -> bool:
    return _ONE_WITHOUT_SPACES.match(char) is not None
