"""What all rights of a registry say together: who is called what, and which hash is whose."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from pipeline.events.right import Right
from pipeline.matching.fold import pattern
from pipeline.matching.name import Name
from pipeline.matching.plausible import may_be_searched
from pipeline.stages.registry import as_alias, meets


class Entry(NamedTuple):
    """A right, and the line of the file on which it stands, from 1."""

    line: int
    right: Right


class Book:
    """The names and hashes of all rights, each by its owners."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._names: dict[str, dict[str, Right]] = defaultdict(dict)  # what is searched -> right_id -> the right that is called so
        self._aliases: dict[str, dict[str, Right]] = defaultdict(dict)
        self._hashes: dict[str, set[tuple[str, str]]] = defaultdict(set)  # hash -> brand_id, and of what
        for _, right in entries:
            self._enter(right)
        self._within = _within(self._aliases, self._names)

    def _enter(self, right: Right) -> None:
        if is_searched(right):
            self._names[searched(right.brand)][right.right_id] = right
            for alias in map(as_alias, right.aliases):
                self._aliases[searched(alias.text)][right.right_id] = right
        if right.status != "withdrawn":
            for image in right.images:
                for one in filter(None, (image.phash, image.pdq)):
                    self._hashes[one.lower()].add((right.brand_id, image.of))

    def others_called(self, name: str, right: Right) -> list[Right]:
        """Return the rights of other brands whose own name is searched as this one is, where both hold."""
        return _others(self._names.get(searched(name), {}), right)

    def others_with_alias(self, name: str, right: Right) -> list[Right]:
        """Return the rights of other brands that have an alias that is searched as this one is, where both hold."""
        return _others(self._aliases.get(searched(name), {}), right)

    def brands_around(self, name: str, right: Right) -> int:
        """Return within the names of how many other brands an alias stands."""
        return len(self._within.get(searched(name), frozenset()) - {right.brand_id})

    def uses_of(self, one: str) -> set[tuple[str, str]]:
        """Return the brands that have a hash, and what it is of."""
        return self._hashes[one.lower()]


def is_searched(right: Right) -> bool:
    """Tell whether the names of a right are searched at all, now or on trial."""
    return right.kind == "trademark" and right.status != "withdrawn"


def searched(name: str) -> str:
    """Return what a name is searched as; empty where it cannot be searched."""
    folded = pattern(name)
    return folded if may_be_searched(Name(name, 0), folded) else ""


def _others(rights: dict[str, Right], right: Right) -> list[Right]:
    return [one for one in rights.values() if one.brand_id != right.brand_id and meets(one, right.territories or ())]


def _within(aliases: Iterable[str], names: dict[str, dict[str, Right]]) -> dict[str, set[str]]:
    """Return the brands in whose own names each alias stands, and is not the whole of it."""
    patterns = sorted(filter(None, aliases))
    found: dict[str, set[str]] = defaultdict(set)
    search = AhoCorasick(patterns, matchkind=MatchKind.Standard)
    for name, rights in names.items():
        for number in _parts(search, name):
            if patterns[number] != name:
                found[patterns[number]].update(right.brand_id for right in rights.values())
    return found


def _parts(search: AhoCorasick, name: str) -> Iterator[int]:
    for number, *_ in search.find_matches_as_indexes(name, overlapping=True):
        yield number
