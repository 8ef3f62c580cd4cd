"""Perceptual hashes of pictures: how far two are apart, and which say nothing.

Distances are counted in bits of a phash (64). A PDQ hash has four times as many bits, and a quarter of its distance stands for the same
likeness: the distance of 31 up to which its makers call two pictures the same (https://github.com/facebook/ThreatExchange, pdq) is 7 here.
"""

from pipeline.events.listing import Image
from pipeline.events.right import RightImage

PHASH_BITS, PDQ_BITS = 64, 256
PDQ_BITS_A_BIT = PDQ_BITS // PHASH_BITS
LEAST_QUALITY = 50  # of PDQ, of 100: below it its makers advise to leave the picture out
_LEAST_SET = 16  # of a phash's 64 bits, and of those not set: about half are, unless the picture is flat


def is_telling(image: Image | RightImage) -> bool:
    """Tell whether a picture's hashes say something: those of an empty or flat picture are alike whatever was meant to be on it."""
    if image.pdq_quality is not None and image.pdq_quality < LEAST_QUALITY:
        return False
    return image.phash is None or _LEAST_SET <= int(image.phash, 16).bit_count() <= PHASH_BITS - _LEAST_SET


def phash_distance(one: int, other: int) -> int:
    """Return how many of 64 bits two phashes differ in."""
    return (one ^ other).bit_count()


def pdq_distance(one: int, other: int) -> int:
    """Return the distance of two PDQ hashes in bits of a phash."""
    return (one ^ other).bit_count() // PDQ_BITS_A_BIT


def turned(image: Image) -> tuple[str, ...]:
    """Return the PDQ hashes of a picture as it is, and as it is turned and mirrored, where those are given."""
    return ((image.pdq,) if image.pdq else ()) + (image.pdq_dihedral or ())
