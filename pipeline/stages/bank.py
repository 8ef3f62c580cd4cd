"""The pictures that rights name, of genuine and of counterfeit goods, with an index that finds a listing's pictures among them."""

from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct

from pipeline.events.right import Right
from pipeline.matching.near.multi_index import MultiIndex
from pipeline.matching.near.picture import PDQ_BITS, PHASH_BITS, Pictures, is_telling

MOST_PHASH = 4  # bits of 64: blurred, brightened, shrunk, saved anew stay within it
MOST_PDQ = 31  # bits of 256: up to there PDQ's makers call two pictures the same


class Found(Struct, frozen=True):
    """A picture of a listing (`image`, its number) that is one of a right's, as far apart as `distance` of the hash's bits."""

    right_id: str
    image: int
    by_pdq: bool
    distance: int
    hashed: str  # the right's, in hex


class Bank:
    """The pictures of some rights. Those that tell nothing are not in it; one that is named as genuine by anyone is never counterfeit."""

    def __init__(self, rights: Iterable[Right]) -> None:
        self._rights = tuple(rights)
        self._counterfeit = _Album(self._rights, "counterfeit")

    @cached_property
    def _genuine(self) -> "_Album":
        """Those of rights that act: one on trial excuses nothing."""
        return _Album([right for right in self._rights if right.status == "active"], "genuine")

    def __bool__(self) -> bool:
        """Tell whether pictures of counterfeits are in it."""
        return bool(self._counterfeit)

    def counterfeits(self, pictures: Pictures) -> list[Found]:
        """Return which pictures of a listing are of counterfeits, one place a right: the nearest."""
        if not self._counterfeit:
            return []
        genuine = self.genuine(pictures)
        by_right: dict[str, Found] = {}
        for found in sorted(self._counterfeit.find(pictures), key=lambda found: (found.distance, found.image)):
            if found.image not in genuine:
                by_right.setdefault(found.right_id, found)
        return list(by_right.values())

    def genuine(self, pictures: Pictures) -> frozenset[int]:
        """Return the numbers of a listing's pictures that are of genuine goods: whoever sells them, or copies them, may show those."""
        return frozenset(found.image for found in self._genuine.find(pictures)) if self._genuine else frozenset()

    def names_counterfeit(self, phash: str) -> bool:
        """Tell whether a phash is exactly that of a picture of counterfeits."""
        return phash in self._counterfeit.phashes


class _Album:
    """The pictures of one kind."""

    def __init__(self, rights: Iterable[Right], of: str) -> None:
        pictures = [(right.right_id, image) for right in rights for image in right.images if image.of == of and is_telling(image)]
        self._by_phash = [(right_id, image.phash) for right_id, image in pictures if image.phash]
        self._by_pdq = [(right_id, image.pdq) for right_id, image in pictures if image.pdq]
        self._phash_index = MultiIndex((int(phash, 16) for _, phash in self._by_phash), PHASH_BITS)
        self._pdq_index = MultiIndex((int(pdq, 16) for _, pdq in self._by_pdq), PDQ_BITS)
        self.phashes = frozenset(phash for _, phash in self._by_phash)

    def __len__(self) -> int:
        return len(self._by_phash) + len(self._by_pdq)

    def find(self, pictures: Pictures) -> Iterable[Found]:
        """Yield every pair of a listing's picture and one of the album that are the same."""
        for image, hashed in pictures.phashes if self._by_phash else ():
            for distance, number in self._phash_index.within(hashed, MOST_PHASH):
                right_id, phash = self._by_phash[number]
                yield Found(right_id, image, False, distance, phash)
        for image, hashed in pictures.pdqs if self._by_pdq else ():
            for distance, number in self._pdq_index.within(hashed, MOST_PDQ):
                right_id, pdq = self._by_pdq[number]
                yield Found(right_id, image, True, distance, pdq)
