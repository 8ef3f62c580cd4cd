"""A table of a stage's state: what its values are, and in which form they are kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

V = TypeVar("V")

SEPARATOR = "\x00"  # parts of a key; no id holds a control character
AFTER = "\x01"  # the least character above the separator: the end of a range of keys

LAST = "\U0010ffff"  # above every key


def key(*parts: str) -> str:
    """Join the parts of a key, so that keys sort by their first part, then by the next."""
    return SEPARATOR.join(parts)


class StateFormatError(ValueError):
    """A kept value that this release cannot read, because a newer one wrote it."""


@dataclass(frozen=True, slots=True, eq=False)
class Table(Generic[V]):
    """One table. A kept value is one byte of format version and then MessagePack.

    `ordered` tables can be scanned in the order of their keys. `migrate` turns a value of an older version into one of this version.
    """

    name: str
    kind: type[V]
    ordered: bool = False
    version: int = 1
    migrate: Callable[[int, Any], V] | None = None
    _decode: Callable[[memoryview], V] = field(init=False, repr=False, compare=False)
    _encode: Callable[[V], bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_decode", msgspec.msgpack.Decoder(self.kind).decode)
        object.__setattr__(self, "_encode", msgspec.msgpack.Encoder().encode)

    def encode(self, value: V) -> bytes:
        """Return the kept form of a value."""
        return bytes((self.version,)) + self._encode(value)

    def decode(self, data: bytes) -> V:
        """Read a kept value. Raises StateFormatError where a newer release wrote it, or an older one of which nothing is known."""
        version = data[0]
        if version == self.version:
            return self._decode(memoryview(data)[1:])
        if version > self.version:
            raise StateFormatError(f"table {self.name}: a value has format {version}, this release reads up to {self.version}")
        if self.migrate is None:
            raise StateFormatError(f"table {self.name}: no way from format {version} to {self.version}")
        return self.migrate(version, msgspec.msgpack.decode(memoryview(data)[1:]))
