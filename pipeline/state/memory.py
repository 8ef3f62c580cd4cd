"""The store of replays and tests: everything in memory, values in their kept form."""

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

from sortedcontainers import SortedDict

from pipeline.state.store import ChangeSet, Size
from pipeline.state.table import Table


class MemoryStore:
    """A dictionary a table; a sorted one where the table is ordered."""

    def __init__(self, tables: Iterable[Table[Any]]) -> None:
        self._tables: dict[Table[Any], MutableMapping[str, bytes]] = {table: SortedDict() if table.ordered else {} for table in tables}

    def read(self, table: Table[Any], keys: Iterable[str]) -> dict[str, bytes]:
        """See Store."""
        kept = self._tables[table]
        return {key: kept[key] for key in keys if key in kept}

    def scan(self, table: Table[Any], start: str, end: str) -> Iterator[tuple[str, bytes]]:
        """See Store."""
        kept = self._tables[table]
        if not isinstance(kept, SortedDict):
            raise TypeError(f"table {table.name} is not ordered")
        for key in kept.irange(start, end, inclusive=(True, False)):
            yield key, kept[key]

    def write(self, changes: ChangeSet) -> None:
        """See Store."""
        for table, values in changes.items():
            kept = self._tables[table]
            for key, value in values.items():
                if value is None:
                    kept.pop(key, None)
                else:
                    kept[key] = value

    def keys(self, table: Table[Any]) -> list[str]:
        """Return all keys of a table, in their order."""
        return sorted(self._tables[table])

    @property
    def entries(self) -> int:
        """How many entries there are, of all tables."""
        return sum(map(len, self._tables.values()))

    def sizes(self) -> dict[str, Size]:
        """See Store."""
        return {
            table.name: Size(len(kept), sum(len(key.encode()) + len(value) for key, value in kept.items()))
            for table, kept in self._tables.items()
        }
