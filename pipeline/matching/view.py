"""A view: a text as it reads when a disguise is taken off. It is searched like the text itself, and leads back to it."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.events.match import Method
from pipeline.matching.fold import Place
from pipeline.matching.words import Words

LEAST = 4  # letters of a word in disguise: a shorter one is found by chance
LEAST_HAN = 3  # characters of a Chinese one, each of which says more
HAN = "\u3400-\u9fff"
_PARTED = re.compile(f"[a-z]{{2,3}}|[{HAN}]{{2}}")
_ALL_HAN = re.compile(f"[{HAN}]+")


class Unmasked(NamedTuple):
    """A stretch of the original text, and the word that it stands for."""

    start: int
    end: int
    word: str


Look = Callable[[str, str, Words], list[Unmasked]]  # (text, folded text, words of names) -> what is unmasked, in its order


class View(NamedTuple):
    """A text with some words unmasked, and for each of its characters the place in the original and whether it was masked."""

    method: Method
    text: str
    places: list[Place]
    masked: list[bool]


def may_be_disguised(word: str) -> bool:
    """Tell whether a folded word is long enough to be looked for in disguise."""
    return len(word) >= LEAST or (len(word) >= LEAST_HAN and _ALL_HAN.fullmatch(word) is not None)


def may_be_parted(word: str) -> bool:
    """Tell whether a folded word is a short one that is looked for with signs between its letters."""
    return _PARTED.fullmatch(word) is not None


def unmask(method: Method, text: str, found: Sequence[Unmasked]) -> View:
    """Put what was unmasked in its place; all else stays as it is."""
    parts: list[str] = []
    places: list[Place] = []
    masked: list[bool] = []
    end = 0
    for one in found:
        parts += (text[end : one.start], one.word)
        places += [(at, at + 1) for at in range(end, one.start)]
        places += [(one.start, one.end)] * len(one.word)
        masked += [False] * (one.start - end) + [True] * len(one.word)
        end = one.end
    parts.append(text[end:])
    places += [(at, at + 1) for at in range(end, len(text))]
    masked += [False] * (len(text) - end)
    return View(method, "".join(parts), places, masked)
