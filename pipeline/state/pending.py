"""What a chunk changed, over a store that does not know of it yet: it is taken over when the chunk's transaction is committed."""

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Any

from pipeline.state.store import ChangeSet, Size, Store
from pipeline.state.table import Table


class Pending:
    """A store whose writes stay here. Most chunks write once, at their end; so reads go straight through until then."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._written: dict[Table[Any], dict[str, bytes | None]] = {}

    @property
    def changes(self) -> ChangeSet:
        """All that was written, the last write of each key."""
        return self._written

    def read(self, table: Table[Any], keys: Iterable[str]) -> dict[str, bytes]:
        """See Store."""
        written = self._written.get(table)
        if not written:
            return self._store.read(table, keys)
        wanted = list(keys)
        found = self._store.read(table, [key for key in wanted if key not in written])
        found.update((key, value) for key in wanted if (value := written.get(key)) is not None)
        return found

    def scan(self, table: Table[Any], start: str, end: str) -> Iterator[tuple[str, bytes]]:
        """See Store."""
        written = self._written.get(table)
        if not written:
            return self._store.scan(table, start, end)
        fresh = sorted((key, value) for key, value in written.items() if value is not None and start <= key < end)
        kept = ((key, value) for key, value in self._store.scan(table, start, end) if key not in written)
        return merge(kept, fresh)

    def write(self, changes: ChangeSet) -> None:
        """See Store."""
        for table, values in changes.items():
            self._written.setdefault(table, {}).update(values)

    def sizes(self) -> dict[str, Size]:
        """Return the sizes of the store below."""
        return self._store.sizes()
