"""Perceptual hashes of pictures: how far two are apart, and which say nothing.

Distances are counted in bits of a phash (64). A PDQ hash has four times as many bits, and a quarter of its distance stands for the same
likeness: the distance of 31 up to which its makers call two pictures the same (https://github.com/facebook/ThreatExchange, pdq) is 7 here.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from pipeline.events.listing import Image, Listing
from pipeline.events.right import RightImage

PHASH_BITS, PDQ_BITS = 64, 256
PDQ_BITS_A_BIT = PDQ_BITS // PHASH_BITS
MOST_PICTURES = 10  # of a listing that is kept to be compared, the first ones; those of a new one are compared all
LEAST_QUALITY = 50  # of PDQ, of 100: below it its makers advise to leave the picture out
_LEAST_SET = 16  # of a phash's 64 bits, and of those not set: about half are, unless the picture is flat


def is_telling(image: Image | RightImage) -> bool:
    """Tell whether a picture's hashes say something: those of an empty or flat picture are alike whatever was meant to be on it."""
    if image.pdq_quality is not None and image.pdq_quality < LEAST_QUALITY:
        return False
    return image.phash is None or _is_telling(image.phash)


def phash_distance(one: int, other: int) -> int:
    """Return how many of 64 bits two phashes differ in."""
    return (one ^ other).bit_count()


def pdq_distance(one: int, other: int) -> int:
    """Return the distance of two PDQ hashes in bits of a phash."""
    return (one ^ other).bit_count() // PDQ_BITS_A_BIT


class Pictures(NamedTuple):
    """The pictures of a listing that tell something: the number of each, from 0, and its hash; by PDQ turned and mirrored, too."""

    phashes: tuple[tuple[int, int], ...]
    pdqs: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, listing: Listing) -> "Pictures":
        """Return those of a listing."""
        telling = [(number, image) for number, image in enumerate(listing.images) if is_telling(image)]
        phashes = tuple((number, int(image.phash, 16)) for number, image in telling if image.phash)
        return cls(phashes, tuple((number, int(pdq, 16)) for number, image in telling for pdq in dict.fromkeys(_turned(image))))

    def without(self, numbers: Collection[int]) -> "Pictures":
        """Return them without those of these numbers."""
        if not numbers:
            return self
        kept = (tuple(pair for pair in pairs if pair[0] not in numbers) for pairs in self)
        return Pictures(*kept)


def telling_pdqs(listing: Listing) -> tuple[str, ...]:
    """Return the PDQ hashes, as they are, of a listing's pictures that tell something."""
    return tuple(image.pdq for image in listing.images[:MOST_PICTURES] if image.pdq and is_telling(image))


def telling_phashes(phashes: Iterable[str]) -> tuple[int, ...]:
    """Return those of some phashes (16 hex digits each) that tell something."""
    return tuple(int(phash, 16) for phash in phashes if _is_telling(phash))


def _turned(image: Image) -> tuple[str, ...]:
    """Return the PDQ hashes of a picture as it is, and as it is turned and mirrored, where those are given."""
    return ((image.pdq,) if image.pdq else ()) + (image.pdq_dihedral or ())


def _is_telling(phash: str) -> bool:
    return _LEAST_SET <= int(phash, 16).bit_count() <= PHASH_BITS - _LEAST_SET
