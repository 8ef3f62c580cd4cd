"""Ways in which sellers write a brand's name so that buyers read it and filters do not: one function a way, with chance.

For measuring what is found (docs/matching.md); the simulator has disguises of its own.
"""

import unicodedata
from collections.abc import Callable
from random import Random

from opencc import OpenCC

Write = Callable[[str, Random], str]

_LEET = {
    "a": "4@", "b": "8", "e": "3€", "g": "9", "i": "1!¡", "l": "1|", "o": "0", "s": "5$", "t": "7+",
}  # fmt: skip
_CYRILLIC = dict(zip("acehijmopstxyABCEHIJKMOPSTXY", "асеһіјморѕтхуАВСЕНІЈКМОРЅТХУ", strict=True))
_SMALL_CAPITALS = dict(zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
_TO_TRADITIONAL = OpenCC("s2t")


def in_longest_word(change: Write) -> Write:
    """Return a way of writing that changes the longest word of a name only."""

    def written(name: str, chance: Random) -> str:
        words = name.split(" ")
        longest = max(range(len(words)), key=lambda number: len(words[number]))
        words[longest] = change(words[longest], chance)
        return " ".join(words)

    return written


def inner(word: str, chance: Random) -> int:
    """Return the place of a letter that is neither the first nor the last."""
    return 1 + chance.randrange(max(1, len(word) - 2))


def insert(sign: str, first: int = 1) -> Write:
    """Return a way of writing with a sign between two letters, from the `first` on."""

    def written(word: str, chance: Random) -> str:
        at = max(first, inner(word, chance))
        return word[:at] + sign + word[at:]

    return in_longest_word(written)


def hide(sign: str) -> Write:
    """Return a way of writing with a sign in the place of a letter."""

    def written(word: str, chance: Random) -> str:
        at = inner(word, chance)
        return word[:at] + sign + word[at + 1 :]

    return in_longest_word(written)


def part(sign: str) -> Write:
    """Return a way of writing with a sign between all letters."""
    return lambda name, _: sign.join(name.replace(" ", ""))


def exchange(table: dict[str, str]) -> Write:
    """Return a way of writing with one letter exchanged for another sign."""

    def changed(word: str, chance: Random) -> str:
        places = [at for at, char in enumerate(word) if char in table and 0 < at < len(word) - 1]
        if not places:
            return word
        at = chance.choice(places)
        return word[:at] + chance.choice(table[word[at]]) + word[at + 1 :]

    return in_longest_word(changed)


def letters_from(first: int, small: int | None = None) -> Write:
    """Return a way of writing in another alphabet of Unicode: capitals begin at `first`, small letters at `small`, if it has any."""

    def letter(char: str) -> str:
        if "a" <= char <= "z" and small is not None:
            return chr(small + ord(char) - ord("a"))
        return chr(first + ord(char.upper()) - ord("A")) if char.isascii() and char.isalpha() else char

    return lambda name, _: "".join(map(letter, name))


def _drop(word: str, chance: Random) -> str:
    at = inner(word, chance)
    return word[:at] + word[at + 1 :]


def _double(word: str, chance: Random) -> str:
    at = inner(word, chance)
    return word[: at + 1] + word[at:]


def _swap(word: str, chance: Random) -> str:
    at = 1 + chance.randrange(max(1, len(word) - 3))
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _marked(word: str, _: Random) -> str:
    return unicodedata.normalize("NFC", "".join(f"{char}\u0301" if char in "aeiou" else char for char in word))


LATIN: dict[str, Write] = {
    "capitals": lambda name, _: name.upper(),
    "full width": letters_from(0xFF21, 0xFF41),
    "mathematical letters": letters_from(0x1D5D4, 0x1D5EE),
    "circled letters": letters_from(0x24B6, 0x24D0),
    "white on black": letters_from(0x1F170),
    "letters of flags": letters_from(0x1F1E6),
    "small capitals": in_longest_word(lambda word, _: "".join(_SMALL_CAPITALS.get(char, char) for char in word.lower())),
    "accents": in_longest_word(_marked),
    "struck through": lambda name, _: "".join(f"{char}\u0336" for char in name),
    "a Cyrillic letter": exchange(_CYRILLIC),
    "a capital I for an l": in_longest_word(lambda word, _: word[0] + word[1:].replace("l", "I")),
    "rn for m": in_longest_word(lambda word, _: word.replace("m", "rn")),
    "a digit or sign for a letter": exchange(_LEET),
    "an invisible character": insert("\u200b"),
    "all letters apart": part(" "),
    "dots between all letters": part("."),
    "emoji between all letters": part("🔥"),
    "a space inside": insert(" ", 2),
    "a dot inside": insert("."),
    "an emoji inside": insert("🔥"),
    "words joined": lambda name, _: name.replace(" ", ""),
    "a letter behind *": hide("*"),
    "a letter behind #": hide("#"),
    "a letter behind ×": hide("×"),
    "a letter behind an emoji": hide("🔍"),
    "a letter behind ...": hide("..."),
    "a letter dropped": in_longest_word(_drop),
    "a letter doubled": in_longest_word(_double),
    "two letters swapped": in_longest_word(_swap),
    "the last letter dropped": in_longest_word(lambda word, _: word[:-1]),
}
CHINESE: dict[str, Write] = {
    "traditional characters": lambda name, _: _TO_TRADITIONAL.convert(name),
    "all characters apart": part(" "),
    "characters in brackets": lambda name, _: "".join(f"【{char}】" for char in name),
    "a character behind *": hide("*"),
    "emoji between all characters": part("🔥"),
}
