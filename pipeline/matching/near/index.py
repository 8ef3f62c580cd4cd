"""A streaming index of near-duplicates with bounded memory: each listing is compared with those before it that may be like it.

Titles meet in bands of their MinHash, pictures in chunks of their hashes. The oldest listing leaves where there are too many, and a bucket
forgets its oldest where it is too full. A picture that too many sellers have shown is a stock picture or a placeholder, and says nothing
from then on. What is found depends on the listings before, in their order, and on nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.events.listing import Listing
from pipeline.matching.near.likeness import Glance, Likeness
from pipeline.matching.near.minhash import bands
from pipeline.matching.near.multi_index import chunks, probes
from pipeline.matching.near.picture import PDQ_BITS, PHASH_BITS
from pipeline.matching.near.sketch import Sketch

MOST_ENTRIES = 100_000
MOST_IN_BUCKET = 256
MOST_SELLERS = 100  # of one picture: twice as many as show the most popular goods of the sets, each as its own

_KIND = 80  # bits: above all numbers of buckets
_PHASH, _PDQ = 1 << _KIND, 2 << _KIND  # bands have the numbers below


class Entry(NamedTuple):
    """A listing in the index."""

    seller_id: str
    sketch: Sketch


class NearIndex:
    """Listings by their names, which are the caller's and unique."""

    def __init__(self, most_entries: int = MOST_ENTRIES, most_in_bucket: int = MOST_IN_BUCKET, most_sellers: int = MOST_SELLERS) -> None:
        self._most_entries, self._most_in_bucket = most_entries, most_in_bucket
        self._entries: dict[str, Entry] = {}  # the oldest first
        self._buckets: dict[int, list[str]] = {}  # lists, which are small: nearly all hold one name
        self._crowds = Crowds(most_sellers)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def places(self) -> int:
        """How many places in buckets are taken: what memory grows with."""
        return sum(map(len, self._buckets.values()))

    def add(self, name: str, listing: Listing) -> list[tuple[str, Likeness]]:
        """Return the listings before this one that are copies of it or similar, and take it in. A known name is replaced."""
        self._drop(name)
        glance = Glance.at(listing)
        found = [(other, likeness) for other in self._near(glance) if (likeness := self.compare(glance, other)).grade]
        self._put(name, Entry(listing.seller_id, glance.sketch))
        return found

    def compare(self, glance: Glance, other: str) -> Likeness:
        """Return how alike a listing is to one in the index, stock pictures left out."""
        return glance.compare(self._crowds.without_stock(self._entries[other].sketch))

    def _near(self, glance: Glance) -> Iterable[str]:
        """Return the names that share a bucket with a listing, in the order in which they are met."""
        return dict.fromkeys(name for bucket in _looked_up(glance) for name in self._buckets.get(bucket, ()))

    def _put(self, name: str, entry: Entry) -> None:
        self._entries[name] = entry
        self._crowds.join(entry)
        for bucket in _kept_in(entry.sketch):
            names = self._buckets.setdefault(bucket, [])
            names.append(name)
            if len(names) > self._most_in_bucket:
                del names[0]
        if len(self._entries) > self._most_entries:
            self._drop(next(iter(self._entries)))

    def _drop(self, name: str) -> None:
        entry = self._entries.pop(name, None)
        if entry is None:
            return
        self._crowds.leave(entry)
        for bucket in _kept_in(entry.sketch):
            names = self._buckets.get(bucket, [])
            if name in names:  # else the bucket was full, and has forgotten it
                names.remove(name)
            if not names:
                self._buckets.pop(bucket, None)


class Crowds:
    """How many sellers show each picture of the index."""

    def __init__(self, most_sellers: int) -> None:
        self._most = most_sellers
        self._sellers: dict[int | str, Counter[str]] = {}
        self._stock: set[int | str] = set()

    def join(self, entry: Entry) -> None:
        """Count the pictures of a listing that comes."""
        for picture in _pictures(entry.sketch):
            sellers = self._sellers.setdefault(picture, Counter())
            sellers[entry.seller_id] += 1
            if len(sellers) > self._most:
                self._stock.add(picture)

    def leave(self, entry: Entry) -> None:
        """Forget the pictures of a listing that goes."""
        for picture in _pictures(entry.sketch):
            sellers = self._sellers[picture]
            sellers[entry.seller_id] -= 1
            sellers += Counter()  # drops who has none left
            if len(sellers) <= self._most:
                self._stock.discard(picture)
            if not sellers:
                del self._sellers[picture]

    def without_stock(self, sketch: Sketch) -> Sketch:
        """Return a sketch without the pictures that too many sellers show."""
        if not self._stock or self._stock.isdisjoint(_pictures(sketch)):
            return sketch
        phashes = tuple(phash for phash in sketch.phashes if phash not in self._stock)
        return replace(sketch, phashes=phashes, pdqs=tuple(pdq for pdq in sketch.pdqs if pdq not in self._stock))


def _pictures(sketch: Sketch) -> tuple[int | str, ...]:
    return (*sketch.phashes, *sketch.pdqs)


def _kept_in(sketch: Sketch) -> Iterator[int]:
    """Yield the buckets in which a listing is kept, each once."""
    yield from bands(sketch.words)
    yield from dict.fromkeys(_PHASH | chunk for phash in sketch.phashes for chunk in chunks(phash, PHASH_BITS))
    yield from dict.fromkeys(_PDQ | chunk for pdq in sketch.pdqs for chunk in chunks(int(pdq, 16), PDQ_BITS))


def _looked_up(glance: Glance) -> Iterator[int]:
    """Yield the buckets in which what is like a listing may be kept."""
    yield from bands(glance.sketch.words)
    yield from (_PHASH | probe for _, phash in glance.pictures.phashes for probe in probes(phash, PHASH_BITS))
    yield from (_PDQ | probe for _, pdq in glance.pictures.pdqs for probe in probes(pdq, PDQ_BITS))
