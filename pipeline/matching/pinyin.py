"""Pinyin: how Chinese is spoken. A Chinese name may be spelt in Latin letters (`xiangnaier` for 香奈儿), or in other characters that
sound the same (美丽达 for 美利达)."""

import re
from functools import cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick, MatchKind

from pipeline.events.match import Method
from pipeline.matching.common import is_known
from pipeline.matching.everyday import is_word
from pipeline.matching.fold import simplified
from pipeline.matching.view import HAN, LEAST_HAN, Unmasked
from pipeline.matching.words import Words

METHOD: Method = "homophone"
_HAN = re.compile(f"[{HAN}]")
_NAME = re.compile(f"[{HAN}]{{2,8}}")
_LEAST_SPELT = 6  # letters of a name that is spelt: shorter ones are words of some language
_FIRST_SOUND = 0xE000  # a sound is searched as one character, of those that mean nothing


def spelt(name: str) -> str:
    """Return a Chinese name in Latin letters; empty where it is not Chinese, too short, or a word that says something else."""
    if not _NAME.fullmatch(name) or any(ord(char) not in _readings() for char in name):
        return ""
    word = "".join(_readings()[ord(char)] for char in name)
    return word if len(word) >= _LEAST_SPELT and not is_word(word) and not is_known(word) else ""


def spelt_apart(name: str) -> tuple[str, ...]:
    """Return the sounds of a Chinese name of three characters or more, which are written apart as well (`xiang nai er`)."""
    return tuple(_readings()[ord(char)] for char in name) if len(name) >= LEAST_HAN and spelt(name) else ()


def look(text: str, _folded: str, known: Words) -> list[Unmasked]:
    """Return the stretches that sound like one Chinese name of three characters or more."""
    if text.isascii() or not _HAN.search(text):
        return []
    search, names = known.table(_names)
    return [Unmasked(start, end, names[number]) for number, start, end in search.find_matches_as_indexes(text.translate(_sounds()))]


def _names(known: Words) -> tuple[AhoCorasick, list[str]]:
    """Return the search for the sounds of Chinese names, and the names; those that sound the same as another are left out."""
    found: dict[str, list[str]] = {}
    for word in sorted(known):
        if len(word) >= LEAST_HAN and _NAME.fullmatch(word) and all(ord(char) in _sounds() for char in word):
            found.setdefault(word.translate(_sounds()), []).append(word)
    alone = {sound: words[0] for sound, words in found.items() if len(words) == 1}
    return AhoCorasick(list(alone), matchkind=MatchKind.LeftmostLongest), list(alone.values())


@cache
def _sounds() -> dict[int, str]:
    """Return for each character one that stands for its sound."""
    readings = _readings()
    numbers = {reading: chr(_FIRST_SOUND + number) for number, reading in enumerate(sorted(set(readings.values())))}
    return {char: numbers[reading] for char, reading in readings.items()}


@cache
def _readings() -> dict[int, str]:
    """Return how each character is spoken, traditional ones as their simplified forms."""
    lines = files("pipeline.matching").joinpath("data", "pinyin.tsv").read_text(encoding="utf-8").splitlines()
    spoken = dict(line.split("\t") for line in lines if not line.startswith("#"))
    traditional = {char: spoken[simple] for char, simple in simplified().items() if simple in spoken}
    return {ord(char): reading for char, reading in {**traditional, **spoken}.items()}
