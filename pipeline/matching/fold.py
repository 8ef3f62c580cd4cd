"""The fold: one form for all ways of writing the same words, and the way back to the original text.

A folded text is its words in lower case, each between two gaps, so that a pattern with a gap on both sides matches whole words, and
neighbours can both match: `Air-Max  90` is `␟air␟␟max␟␟90␟`. Words end where letters and digits end, and where a script that writes
without spaces begins. Apostrophes and characters that cannot be seen are dropped, `&` and `+` are words.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import category, is_normalized, normalize

GAP = "\x1f"
_DROPPED = frozenset("'’‘`´ʼ′＇͏ᅟᅠㅤﾠ")
_WITHOUT_SPACES = (  # Thai and its neighbours, Han, Kana, Hangul
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_MODEL = 5  # letters after which a digit begins a new word: `iphone6plus`
_WORD = re.compile(f"[&+]|[{_WITHOUT_SPACES}]+|[^\\W\\d_{_WITHOUT_SPACES}]{{{_MODEL},}}(?=\\d)|[^\\W_{_WITHOUT_SPACES}]+")
_ASCII_WORD = re.compile(f"[a-z]{{{_MODEL},}}(?=[0-9])|[a-z0-9]+|[&+]")
_CLUSTER = re.compile("[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]+")
_FIRST_WITHOUT_SPACES = re.compile(f"[{_WITHOUT_SPACES}]")

Place = tuple[int, int]


class _Table(dict[int, str]):
    """What each character folds to; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        return folded


def _fold(cluster: str) -> str:
    """Fold a character, or one with its combining marks."""
    if cluster in _DROPPED or category(cluster[0]) == "Cf" or "\ufe00" <= cluster <= "\ufe0f" or "\u0300" <= cluster[0] <= "\u036f":
        return ""
    composed = normalize("NFKC", cluster).casefold()
    return "".join(char for char in normalize("NFKC", composed) if not "\u0300" <= char <= "\u036f")


_TABLE = _Table()
_ASCII_TABLE = {ord("'"): None, ord("`"): None}


def fold(text: str) -> str:
    """Return the folded text."""
    return f"{GAP}{(GAP + GAP).join(words(text))}{GAP}"


def words(text: str) -> list[str]:
    """Return the folded words of a text."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower().translate(_ASCII_TABLE))
    if is_normalized("NFC", text):
        return _WORD.findall(text.translate(_TABLE))
    return _WORD.findall("".join(map(_fold, _CLUSTER.findall(text))))


def places(text: str) -> list[Place]:
    """Return for each character of the folded text where it stands in the original: from, to. A gap has the place between words."""
    letters = list(_letters(text))
    flat = "".join(letter for letter, _ in letters)
    found: list[Place] = []
    for word in _WORD.finditer(flat):
        inside = [place for _, place in letters[word.start() : word.end()]]
        found += [(inside[0][0], inside[0][0]), *inside, (inside[-1][1], inside[-1][1])]
    return found


def _letters(text: str) -> Iterator[tuple[str, Place]]:
    """Yield each folded character with its place in the original."""
    for cluster in _CLUSTER.finditer(text):
        for letter in _fold_cached(cluster[0]):
            yield letter, cluster.span()


@lru_cache(maxsize=65_536)
def _fold_cached(cluster: str) -> str:
    return _fold(cluster)


def pattern(name: str) -> str:
    """Return what to search for in folded texts; empty where a name has no letter or digit."""
    own = words(name)
    if not own:
        return ""
    start = "" if _FIRST_WITHOUT_SPACES.match(own[0]) else GAP
    end = "" if _FIRST_WITHOUT_SPACES.match(own[-1]) else GAP
    return f"{start}{(GAP + GAP).join(own)}{end}"
