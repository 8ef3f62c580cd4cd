"""Numbers that follow from names: the same seed and name give the same number, on every machine and in any order."""

from xxhash import xxh3_64_intdigest

_SEPARATOR = "\x00"


def mix(seed: int, *name: object) -> int:
    """Return 64 bits that belong to a name."""
    return xxh3_64_intdigest(_SEPARATOR.join(map(str, (seed, *name))).encode())


def share(seed: int, *name: object) -> float:
    """Return a number from 0 to below 1 that belongs to a name."""
    return mix(seed, *name) / 2**64


def digits(seed: int, *name: object) -> str:
    """Return 16 hex digits that belong to a name: a hash, or a picture's phash."""
    return f"{mix(seed, *name):016x}"
