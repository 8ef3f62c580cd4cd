"""Partial: one word of a brand's name that no other brand has (`Vuitton`, 库奇内利).

Such a word is believed only where a seller puts the brand, and only where the text names no brand in full: alone it is often a person,
a place or a model. A word that several brands share names none of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.events.match import Method
from pipeline.matching.common import is_common
from pipeline.matching.everyday import is_word
from pipeline.matching.fold import GAP, has_no_spaces, pattern
from pipeline.matching.name import Name, Searched
from pipeline.matching.view import LEAST, LEAST_HAN

METHOD: Method = "partial"
_APOSTROPHE = re.compile("['’]")
_ELIDED = re.compile(r"\b[lLdD]['’](?=\w)")
_POSSESSIVE = re.compile(r"['’][sS]\b")


def parts(names: Sequence[Searched]) -> dict[str, list[Name]]:
    """Return the words that only one brand's names have, by what is searched."""
    brands = _brands(names)
    owners: dict[str, set[str]] = defaultdict(set)
    found: dict[str, list[Name]] = defaultdict(list)
    for one in names:
        for word in _words(one):
            owners[word].add(brands[one.name.owner])
            if one.name.kind in ("name", "transliteration"):
                found[word].append(one.name)
    return {_pattern(word): [replace(name, part=True) for name in named] for word, named in found.items() if _is_own(word, owners[word])}


def _brands(names: Iterable[Searched]) -> dict[int, str]:
    """Return by owner what its brand is called: several rights may be of one brand."""
    brands: dict[int, str] = {}
    for name, searched in names:
        if name.own or name.owner not in brands:
            brands[name.owner] = searched
    return brands


def _words(one: Searched) -> set[str]:
    """Return the words of a name, and of what it is without its article or its possessive `s`."""
    text, searched = one.name.text, one.pattern
    words = set(searched.strip(GAP).split(GAP + GAP))
    if _APOSTROPHE.search(text):
        words.update(pattern(_POSSESSIVE.sub("", _ELIDED.sub("", text))).strip(GAP).split(GAP + GAP))
    return words


def _is_own(word: str, brands: set[str]) -> bool:
    """Tell whether a word is one brand's alone, and says enough to stand for it."""
    least = LEAST_HAN if word and has_no_spaces(word[0]) else LEAST
    return len(brands) == 1 and len(word) >= least and word.isalpha() and not is_word(word) and not is_common(word)


def _pattern(word: str) -> str:
    return word if has_no_spaces(word[0]) else f"{GAP}{word}{GAP}"
