"""Common words, learnt from a stream: names that its listings use as words far more often than as brands.

What is learnt enters no decision by itself. It is written into a registry, which is read by people, published, and part of every
recomputation: the same listing gets the same answer whatever else is on sale.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from pipeline.codec import encode
from pipeline.events.listing import Listing
from pipeline.events.right import Alias, Right
from pipeline.local.errors import InputError
from pipeline.local.inputs import files_of, records
from pipeline.local.lines import Lines
from pipeline.local.references import RIGHTS
from pipeline.matching.evidence import stands_as
from pipeline.matching.index import BrandIndex
from pipeline.stages.registry import Registry, as_alias

_DISGUISED = frozenset({"confusable", "leetspeak", "masked", "spaced"})  # nobody disguises a word


class Progress(Protocol):
    """Is told how many bytes of a file were read, of how many, and how many records."""

    def __call__(self, read: int, size: int, records: int, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """What makes a name a common word."""

    least: int = 20  # places that say something: fewer prove nothing
    sellers: int = 5  # who use it as a word: fewer may be one seller's habit
    share: float = 0.25  # of those places in which it may stand as a brand at most


@dataclass(slots=True)
class Standing:
    """How a name stands in the listings of a stream."""

    places: Counter[str] = field(default_factory=Counter)  # by how it stands: brand, word, unclear
    sellers: set[str] = field(default_factory=set)  # who use it as a word
    categories: set[str] = field(default_factory=set)

    @property
    def said(self) -> int:
        """The places that say something."""
        return self.places["brand"] + self.places["word"]

    @property
    def share(self) -> float:
        """The share of places that say something in which it stands as a brand."""
        return self.places["brand"] / self.said if self.said else 1.0

    def is_common(self, bounds: Bounds) -> bool:
        """Tell whether the name is a common word."""
        return self.said >= bounds.least and len(self.sellers) >= bounds.sellers and self.share <= bounds.share


Names = dict[tuple[int, str], Standing]  # (position of the right, spelling)


@dataclass(frozen=True, slots=True)
class Learnt:
    """A spelling that is a common word, of which right, and the evidence. `own`: it is the brand itself, and no alias."""

    right_id: str
    text: str
    own: bool
    known: bool
    standing: Standing


def read_rights(file: Path) -> list[Right]:
    """Return the rights of a file. Raises InputError where it cannot be read, or a line is no good: all of it is written again."""
    rights: list[Right] = []
    for record in records(RIGHTS, Lines(file)):
        if record.fault is not None:
            raise InputError(file, f"line {record.offset + 1}: {record.fault.message}; mend it first")
        rights.append(record.event)
    return rights


def count(rights: Sequence[Right], folder: Path, progress: Progress = lambda *_: None) -> Names:
    """Count how the names of rights stand in the titles and brand fields of a folder's listings. Raises InputError."""
    registry, found, seen = Registry(rights, "learning"), Names(), set[tuple[str, str]]()
    lines = files_of(folder)["listings"]
    for number, record in enumerate(records("listings", lines), 1):
        listing = record.event
        if isinstance(listing, Listing) and listing.change != "removed" and (listing.listing_id, listing.title) not in seen:
            seen.add((listing.listing_id, listing.title))
            _count_listing(registry.index, listing, found)
        progress(lines.read, lines.size, number)
    return found


def _count_listing(index: BrandIndex, listing: Listing, found: Names) -> None:
    """Count the names in one listing, each once: a title that repeats a word says no more."""
    declared = {(name.owner, name.text) for name, *_ in index.standing(listing.brand or "")}
    told: set[tuple[int, str]] = set()
    for name, start, end, method in index.standing(listing.title):
        key = name.owner, name.text
        if key in told or method in _DISGUISED:
            continue
        told.add(key)
        standing = found.setdefault(key, Standing())
        stands = "brand" if key in declared else stands_as(listing.title, start, end)
        standing.places[stands] += 1
        if stands == "word":
            standing.sellers.add(listing.seller_id)
            standing.categories.add(listing.category or "")


def learnt(rights: Sequence[Right], found: Names, bounds: Bounds) -> list[Learnt]:
    """Return the names that are common words, those with most evidence first. Names of product lines are never."""
    named = Registry(rights, "learning").named
    every = (
        Learnt(right.right_id, text, text == right.brand, _is_known(right, text), found[number, text])
        for number, right in enumerate(named)
        for text in _spellings(right)
        if (number, text) in found and found[number, text].is_common(bounds)
    )
    return sorted(every, key=lambda one: (-one.standing.places["word"], one.right_id, one.text))


def _spellings(right: Right) -> Iterator[str]:
    yield right.brand
    yield from (alias.text for alias in map(as_alias, right.aliases) if alias.kind != "product_line" and alias.text != right.brand)


def _is_known(right: Right, text: str) -> bool:
    return right.common_word or any(alias.common_word for alias in map(as_alias, right.aliases) if alias.text == text)


def taught(rights: Iterable[Right], words: Iterable[Learnt]) -> Iterator[bytes]:
    """Yield the lines of the registry with what was learnt: the brand's own name marks the right, an alias only itself."""
    own = {word.right_id for word in words if word.own}
    aliases = {(word.right_id, word.text) for word in words if not word.own}
    for right in rights:
        marked = tuple(_taught_alias(alias, (right.right_id, as_alias(alias).text) in aliases) for alias in right.aliases)
        yield encode(replace(right, common_word=right.common_word or right.right_id in own, aliases=marked))


def _taught_alias(alias: str | Alias, is_word: bool) -> str | Alias:
    return replace(as_alias(alias), common_word=True) if is_word else alias
