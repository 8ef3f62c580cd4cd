"""Numbers that follow from names: the same seed and name give the same number, on every machine and in any order."""

from xxhash import xxh3_64_intdigest

_SEPARATOR = "\x00"


def mix(seed: int, *name: object) -> int:
    """Return 64 bits that belong to a name."""
    return xxh3_64_intdigest(_SEPARATOR.join(map(str, (seed, *name))).encode())


def share(seed: int, *name: object) -> float:
    """Return a number from 0 to below 1 that belongs to a name."""
    return mix(seed, *name) / 2**64


def shares(seed: int, *name: object) -> tuple[float, float, float, float]:
    """Return four numbers from 0 to below 1 that belong to a name: coarser than `share`, and drawn at once."""
    bits = mix(seed, *name)
    return (bits & 0xFFFF) / 65_536, (bits >> 16 & 0xFFFF) / 65_536, (bits >> 32 & 0xFFFF) / 65_536, (bits >> 48) / 65_536


def digits(seed: int, *name: object) -> str:
    """Return 16 hex digits that belong to a name: a hash, or a picture's phash."""
    return f"{mix(seed, *name):016x}"
