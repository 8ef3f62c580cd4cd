"""The protocol of a store: where the state of one stage and one partition is kept between chunks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.state.table import Table

ChangeSet = Mapping[Table[Any], Mapping[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class Size:
    """How much a table holds: entries, and bytes of their keys and values."""

    entries: int
    bytes: int


class StoreError(Exception):
    """The store cannot be opened, read or written; the text is that of what is below. No record's fault."""


class Store(Protocol):
    """Keeps bytes by table and key. Not to be used by two stages or two threads at once."""

    def read(self, table: Table[Any], keys: Iterable[str]) -> dict[str, bytes]:
        """Return the values of those keys that are kept, in one bulk read."""
        ...

    def scan(self, table: Table[Any], start: str, end: str) -> Iterator[tuple[str, bytes]]:
        """Yield keys and values with start <= key < end, in the order of the keys. The table must be ordered."""
        ...

    def write(self, changes: ChangeSet) -> None:
        """Take over a whole change set, or nothing of it; None deletes."""
        ...

    def sizes(self) -> dict[str, Size]:
        """Return what each table holds, by its name."""
        ...
