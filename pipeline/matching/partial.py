"""Partial: one word of a brand's name that no other brand has (`Vuitton`, 库奇内利).

Such a word is believed only where a seller puts the brand, and only where the text names no brand in full: alone it is often a person,
a place or a model. A word that several brands share names none of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.events.match import Method
from pipeline.matching.common import is_common
from pipeline.matching.everyday import is_word
from pipeline.matching.fold import GAP, pattern
from pipeline.matching.name import Name

METHOD: Method = "partial"
_LEAST = 4  # letters of a word
_LEAST_WITHOUT_SPACES = 3  # characters of a part of a Chinese name
_PART = re.compile("[·•・‧∙\\s]+")
_ELIDED = re.compile(r"\b[lLdD]['’](?=\w)")
_POSSESSIVE = re.compile(r"['’][sS]\b")


def parts(names: Sequence[Name]) -> dict[str, list[Name]]:
    """Return the words that only one brand's names have, by what is searched."""
    brands = _brands(names)
    owners: dict[str, set[str]] = defaultdict(set)
    found: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        for word in dict.fromkeys(_words(name.text)):
            owners[word].add(brands[name.owner])
            if name.kind in ("name", "transliteration"):
                found[word].append(replace(name, part=True))
    return {word: named for word, named in found.items() if len(owners[word]) == 1 and _says_enough(word)}


def _brands(names: Iterable[Name]) -> dict[int, str]:
    """Return by owner what its brand is called: several rights may be of one brand."""
    brands: dict[int, str] = {}
    for name in names:
        if name.own or name.owner not in brands:
            brands[name.owner] = pattern(name.text)
    return brands


def _words(text: str) -> Iterator[str]:
    """Yield what is searched for each word of a name, and for a name without its article or its possessive `s`."""
    for part in _PART.split(text):
        whole = pattern(part)
        yield from (f"{GAP}{word}{GAP}" for word in whole.strip(GAP).split(GAP + GAP)) if GAP in whole else (whole,)
        for bare in (_ELIDED.sub("", part), _POSSESSIVE.sub("", part)):
            if bare != part:
                yield pattern(bare)


def _says_enough(searched: str) -> bool:
    word = searched.strip(GAP)
    least = _LEAST if GAP in searched else _LEAST_WITHOUT_SPACES
    return len(word) >= least and word.isalpha() and not is_word(word) and not is_common(word)
