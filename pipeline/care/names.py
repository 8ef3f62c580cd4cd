"""Faults of names: those that find nothing, those that find too much, and those that are another's."""

from collections.abc import Iterable, Iterator

from pipeline.care.book import Book, Entry, is_searched, searched
from pipeline.care.fault import Fault, Kind, Place
from pipeline.care.geography import place_called
from pipeline.care.kinds import (
    ALIAS_OF_ANOTHER,
    ALIAS_TWICE,
    EVERYDAY_ALIAS,
    EVERYDAY_NAME,
    FRAGMENT_ALIAS,
    NAMES_UNSEARCHED,
    PLACE_ALIAS,
    PLACE_NAME,
    SAME_ALIAS,
    SHARED_ALIAS,
    SHARED_NAME,
    SHORT_ALIAS,
    SHORT_NAME,
    UNSEARCHED_ALIAS,
    UNSEARCHED_NAME,
)
from pipeline.events.right import Alias, Right
from pipeline.matching.chinese import is_chinese_word
from pipeline.matching.everyday import is_everyday
from pipeline.matching.fold import GAP
from pipeline.stages.registry import as_alias

_SHORT = 2  # letters
_MANY = 5  # brands within whose names a fragment stands


def faults(entry: Entry, book: Book) -> Iterator[Fault]:
    """Yield the faults of a right's names."""
    if is_searched(entry.right):
        yield from _of_own_name(entry, book)
        yield from _of_aliases(entry, book)
    elif entry.right.kind != "trademark" and entry.right.aliases:
        yield _fault(NAMES_UNSEARCHED, entry, entry.right.kind, f"{len(entry.right.aliases)} aliases")


def _of_own_name(entry: Entry, book: Book) -> Iterator[Fault]:
    right = entry.right
    name = right.brand
    if not searched(name):
        yield _fault(UNSEARCHED_NAME, entry, name)
        return
    if others := book.others_called(name, right):
        yield _fault(SHARED_NAME, entry, name, f"so is {_named(others)}")
    if _is_short(name):
        yield _fault(SHORT_NAME, entry, name)
    if right.common_word:
        return
    if somewhere := place_called(name):
        yield _fault(PLACE_NAME, entry, name, f"so is called {somewhere}")
    elif _is_everyday_word(name):
        yield _fault(EVERYDAY_NAME, entry, name)


def _of_aliases(entry: Entry, book: Book) -> Iterator[Fault]:
    """Yield the faults of the aliases. Of one that says nothing, or is another's, no more is said; nor of one on trial what it may find."""
    texts, patterns = {entry.right.brand}, {searched(entry.right.brand)}
    aliases = sorted(enumerate(map(as_alias, entry.right.aliases)), key=lambda one: one[1].status == "shadow")
    for number, alias in aliases:  # of one that stands twice, that on trial goes
        place: Place = ("aliases", number)
        if alias.text in texts:
            yield _fault(ALIAS_TWICE, entry, alias.text)._replace(place=place)
        elif not searched(alias.text):
            yield _fault(UNSEARCHED_ALIAS, entry, alias.text)._replace(place=place)
        elif others := book.others_called(alias.text, entry.right):
            yield _fault(ALIAS_OF_ANOTHER, entry, alias.text, f"the name of {_named(others)}")._replace(place=place)
        elif searched(alias.text) in patterns:
            yield _fault(SAME_ALIAS, entry, alias.text)
        elif alias.status == "active":
            yield from (doubt._replace(place=place) for doubt in _doubts(alias, entry, book))
        texts.add(alias.text)
        patterns.add(searched(alias.text))


def _doubts(alias: Alias, entry: Entry, book: Book) -> Iterator[Fault]:
    """Yield why an alias is likely to find what is not meant."""
    right = entry.right
    if somewhere := place_called(alias.text):
        yield _fault(PLACE_ALIAS, entry, alias.text, f"so is called {somewhere}")
    if others := book.others_with_alias(alias.text, right):
        yield _fault(SHARED_ALIAS, entry, alias.text, f"so has {_named(others)}")
    if (around := book.brands_around(alias.text, right)) >= _MANY:
        yield _fault(FRAGMENT_ALIAS, entry, alias.text, f"in the names of {around} brands")
    if _is_short(alias.text):
        yield _fault(SHORT_NAME if alias.text.isalpha() and alias.text.isupper() else SHORT_ALIAS, entry, alias.text)
    if _is_everyday_word(alias.text) and not right.common_word:
        yield _fault(EVERYDAY_ALIAS, entry, alias.text)


def _is_short(name: str) -> bool:
    """Tell whether a name has so few letters of a script of which a letter is no word."""
    letters = searched(name).replace(GAP, "")
    return letters.isascii() and len(letters) <= _SHORT


def _is_everyday_word(name: str) -> bool:
    """Tell whether a name is one word, and an everyday one: of several words together, or with digits, a name is made again."""
    word = searched(name).strip(GAP)
    return word.isalpha() and (is_everyday(word, name) or is_chinese_word(word))


def _fault(kind: Kind, entry: Entry, what: str, why: str = "") -> Fault:
    return Fault(kind, entry.line, entry.right.right_id, entry.right.brand, what, why)


def _named(rights: Iterable[Right]) -> str:
    first, *more = dict.fromkeys(f"{right.brand} ({right.right_id})" for right in rights)
    return f"{first} and {len(more)} more" if more else first
