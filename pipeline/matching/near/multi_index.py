"""Multi-index hashing (Norouzi, Punjani, Fleet, 2012): finds every hash within a distance without looking at the others.

A hash is cut into chunks of 16 bits. Where two hashes of c chunks differ in at most 2c - 1 bits, one chunk differs in at most one bit: so
it is enough to look each chunk up as it is, and with each of its bits flipped. For phash (64 bits) that is distance 7, for PDQ (256) 31.
"""

from collections.abc import Iterable, Iterator

CHUNK = 16
_FLIPS = (0, *(1 << bit for bit in range(CHUNK)))
_MASK = (1 << CHUNK) - 1


def radius(bits: int) -> int:
    """Return up to which distance hashes of so many bits are certainly found."""
    return 2 * (bits // CHUNK) - 1


def chunks(hashed: int, bits: int) -> Iterator[int]:
    """Yield the buckets in which a hash is kept: one for each of its chunks."""
    for place in range(bits // CHUNK):
        yield place << CHUNK | (hashed >> (place * CHUNK)) & _MASK


def probes(hashed: int, bits: int) -> Iterator[int]:
    """Yield the buckets in which all hashes within `radius(bits)` of this one are to be found."""
    for chunk in chunks(hashed, bits):
        for flip in _FLIPS:
            yield chunk ^ flip


class MultiIndex:
    """Hashes of one length, each with the number under which it was put in; those numbers ascend from 0."""

    def __init__(self, hashes: Iterable[int], bits: int) -> None:
        self._bits, self._hashes = bits, tuple(hashes)
        self._buckets: dict[int, list[int]] = {}
        for number, hashed in enumerate(self._hashes):
            for chunk in chunks(hashed, bits):
                self._buckets.setdefault(chunk, []).append(number)

    def within(self, hashed: int, most: int) -> list[tuple[int, int]]:
        """Return distance and number of the hashes at most so far away, the nearest first. Raises ValueError beyond `radius`."""
        if most > radius(self._bits):
            raise ValueError(f"hashes of {self._bits} bits are found up to distance {radius(self._bits)}, not {most}")
        near = {number for probe in probes(hashed, self._bits) for number in self._buckets.get(probe, ())}
        found = ((distance, number) for number in near if (distance := (self._hashes[number] ^ hashed).bit_count()) <= most)
        return sorted(found)
