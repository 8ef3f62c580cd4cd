"""Ways to write a brand's name so that buyers read it and filters do not."""

import unicodedata
from collections.abc import Callable
from random import Random

from pipeline.simulate.dice import pick

LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "b": "8", "g": "9", "l": "1"}
CONFUSABLES = {
    "a": "аα", "c": "сϲ", "e": "е", "h": "һ", "i": "і", "j": "ј", "k": "кκ", "m": "м", "n": "п", "o": "оο", "p": "рρ", "s": "ѕ", "t": "т",
    "u": "υ", "v": "ν", "x": "хχ", "y": "у", "A": "АΑ", "B": "ВΒ", "C": "С", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "J": "Ј", "K": "КΚ",
    "M": "МΜ", "N": "Ν", "O": "ОΟ", "P": "РΡ", "S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "ҮΥ", "Z": "Ζ",
}  # fmt: skip
INVISIBLE = ("\u200b", "\u200c", "\u2060", "\ufeff", "\u00ad")
_MATHEMATICAL = (0x1D400, 0x1D5D4, 0x1D63C)  # bold, sans-serif bold, its italic: 26 capitals, then 26 small letters
_SHORT = 4  # letters of a name below which a changed letter leaves nothing to read


def leetspeak(name: str, chance: Random) -> str:
    """Put a digit or sign for one letter or more: N1KE."""
    return _exchange(name, chance, {**LEET, **{letter.upper(): signs for letter, signs in LEET.items()}})


def confusable(name: str, chance: Random) -> str:
    """Put Cyrillic or Greek letters that look alike."""
    return _exchange(name, chance, CONFUSABLES)


def zero_width(name: str, chance: Random) -> str:
    """Put a character between the letters that no one sees."""
    at = 1 + int(chance.random() * (len(name) - 1))
    return name[:at] + pick(chance, INVISIBLE) + name[at:]


def spaced(name: str, chance: Random) -> str:
    """Set the letters apart: N I K E, N-I-K-E, N.I.K.E."""
    return pick(chance, (" ", "-", ".", "_")).join(name.upper().replace(" ", ""))


def full_width(name: str, _chance: Random) -> str:
    """Write the letters as wide as Chinese characters."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in _plain(name))


def mathematical(name: str, chance: Random) -> str:
    """Write the letters of formulas."""
    base = pick(chance, _MATHEMATICAL)
    return "".join(_mathematical(letter, base) for letter in _plain(name))


def masked(name: str, chance: Random) -> str:
    """Cover a letter inside of the name: N*KE."""
    at = 1 + int(chance.random() * (len(name) - 2))
    return name[:at] + pick(chance, "**~＊") + name[at + 1 :]


DISGUISES: tuple[Callable[[str, Random], str], ...] = (leetspeak, confusable, zero_width, spaced, full_width, mathematical, masked)
_FOR_SHORT_NAMES = (zero_width, spaced, full_width, mathematical)


def disguised(name: str, chance: Random) -> str:
    """Return a name in one of its disguises; never the name itself. A name without Latin letters keeps them and is set apart."""
    ways = DISGUISES if len(name) >= _SHORT else _FOR_SHORT_NAMES
    written = pick(chance, ways)(name, chance) if len(name) > 1 else name
    return written if written != name else spaced(name, chance)


def _exchange(name: str, chance: Random, signs: dict[str, str]) -> str:
    """Exchange one letter that has a sign, and each further one as chance will."""
    places = [at for at, letter in enumerate(name) if letter in signs]
    if not places:
        return name
    letters, first = list(name), pick(chance, places)
    for at in places:
        if at == first or chance.random() < 0.4:
            letters[at] = pick(chance, signs[letters[at]])
    return "".join(letters)


def _mathematical(letter: str, base: int) -> str:
    if "A" <= letter <= "Z":
        return chr(base + ord(letter) - ord("A"))
    return chr(base + 26 + ord(letter) - ord("a")) if "a" <= letter <= "z" else letter


def _plain(name: str) -> str:
    """Return a name without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))
