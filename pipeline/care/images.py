"""Faults of a right's images, of which only hashes are known.

A perceptual hash compares each of its parts with their median, so about half of its bits are set, whatever the picture shows (phash:
imagehash; PDQ: Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019). One with few bits of either
kind, or a short pattern again and again, is of a plain surface, and near every other plain surface.
"""

from collections.abc import Iterator

from pipeline.care.book import Book, Entry
from pipeline.care.fault import Fault, Kind
from pipeline.care.kinds import FLAT_HASH, IMAGE_OF_BOTH, IMAGE_SHARED, IMAGE_TWICE, NO_HASH, PDQ_WITHOUT_QUALITY, POOR_PDQ
from pipeline.events.right import RightImage

_POOR = 50  # quality below which PDQ's authors discard a hash
_FEW = 8  # one bit in so many, or less, of one kind
_PATTERN = 2  # different bytes of a hash, or less


def faults(entry: Entry, book: Book) -> Iterator[Fault]:
    """Yield the faults of a right's images."""
    seen: set[tuple[str | None, str | None, str]] = set()
    for number, image in enumerate(entry.right.images):
        same = (image.phash and image.phash.lower(), image.pdq and image.pdq.lower(), image.of)
        if not hashes(image):
            yield _fault(NO_HASH, entry, number, "no phash, no pdq")._replace(place=("images", number))
        elif same in seen:
            yield _fault(IMAGE_TWICE, entry, number, hashes(image)[0])._replace(place=("images", number))
        else:
            yield from _of_hashes(entry, number, image, book)
        seen.add(same)


def hashes(image: RightImage) -> tuple[str, ...]:
    """Return the hashes that there are of an image."""
    return tuple(filter(None, (image.phash, image.pdq)))


def is_flat(one: str) -> bool:
    """Tell whether a hash, in hexadecimal digits, says nothing of its image."""
    bits, length = int(one, 16).bit_count(), 4 * len(one)
    return min(bits, length - bits) * _FEW <= length or len(set(bytes.fromhex(one))) <= _PATTERN


def _of_hashes(entry: Entry, number: int, image: RightImage, book: Book) -> Iterator[Fault]:
    flat = [one for one in hashes(image) if is_flat(one)]
    for one in flat:  # an image goes as a whole, or stays as it is: what else it has may be good
        fault = _fault(FLAT_HASH, entry, number, one)
        yield fault._replace(place=("images", number)) if len(flat) == len(hashes(image)) else fault
    for one in hashes(image):
        if one not in flat:
            yield from _of_uses(entry, number, one, book)
    if image.pdq and image.pdq_quality is None:
        yield _fault(PDQ_WITHOUT_QUALITY, entry, number, image.pdq)
    if image.pdq and image.pdq_quality is not None and image.pdq_quality < _POOR:
        yield _fault(POOR_PDQ, entry, number, f"quality {image.pdq_quality}")


def _of_uses(entry: Entry, number: int, one: str, book: Book) -> Iterator[Fault]:
    uses = book.uses_of(one)
    if len({of for _, of in uses}) > 1:
        yield _fault(IMAGE_OF_BOTH, entry, number, one)
    if others := sorted({brand_id for brand_id, _ in uses} - {entry.right.brand_id}):
        yield _fault(IMAGE_SHARED, entry, number, one, f"also of the brand {', '.join(others[:3])}{' and more' if len(others) > 3 else ''}")


def _fault(kind: Kind, entry: Entry, number: int, what: str, why: str = "") -> Fault:
    return Fault(kind, entry.line, entry.right.right_id, entry.right.brand, f"image {number + 1}: {what}", why)
