"""Ids are derived, never random: the same cause gives the same id everywhere."""

from xxhash import xxh3_128_hexdigest

SEPARATOR = "\x00"  # no id holds a control character, so two different lists of parts never join to the same text


def derive(kind: str, *cause: str) -> str:
    """Return `<kind>-<24 hex digits>` of what caused it (96 bits: a collision among a billion ids has odds of 1 to 10^11)."""
    return f"{kind}-{xxh3_128_hexdigest(SEPARATOR.join((kind, *cause)).encode())[:24]}"
