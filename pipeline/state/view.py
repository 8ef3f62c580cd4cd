"""What a stage sees of its state while it handles one chunk: reads come from the store in bulk, writes stay here until the end."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, cast

from pipeline.state.store import ChangeSet, Store
from pipeline.state.table import AFTER, LAST, SEPARATOR, Table

V = TypeVar("V")


class View:
    """The state of one stage and partition during one chunk. Values are frozen: a change is a `put`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[Table[Any], dict[str, Any]] = {}  # what was read or written; None: absent
        self._written: dict[Table[Any], dict[str, None]] = {}  # keys in the order of their first write

    def prefetch(self, table: Table[Any], keys: Iterable[str]) -> None:
        """Read these keys in one go, so that `get` finds them here."""
        known = self._known.setdefault(table, {})
        wanted = [key for key in dict.fromkeys(keys) if key not in known]
        found = self._store.read(table, wanted)
        for key in wanted:
            known[key] = table.decode(found[key]) if key in found else None

    def get(self, table: Table[V], key: str) -> V | None:
        """Return the value of a key; None where there is none."""
        known = self._known.get(table)
        if known is None or key not in known:
            self.prefetch(table, (key,))
            known = self._known[table]
        return cast("V | None", known[key])

    def put(self, table: Table[V], key: str, value: V) -> None:
        """Set the value of a key."""
        self._set(table, key, value)

    def delete(self, table: Table[Any], key: str) -> None:
        """Forget a key."""
        self._set(table, key, None)

    def _set(self, table: Table[Any], key: str, value: Any) -> None:
        self._known.setdefault(table, {})[key] = value
        self._written.setdefault(table, {})[key] = None

    def scan(self, table: Table[V], start: str, end: str) -> list[tuple[str, V]]:
        """Return keys and values with start <= key < end in the order of the keys, this chunk's changes included."""
        known = self._known.get(table, {})
        fresh = [key for key in self._written.get(table, ()) if start <= key < end]
        kept = {key: known[key] if key in known else table.decode(data) for key, data in self._store.scan(table, start, end)}
        if not fresh:
            return list(kept.items())
        kept.update((key, known[key]) for key in fresh)
        return [(key, kept[key]) for key in sorted(kept) if kept[key] is not None]

    def first(self, table: Table[Any], start: str) -> str | None:
        """Return the first key at or after `start`, this chunk's changes included."""
        known, written = self._known.get(table, {}), self._written.get(table, {})
        kept = next((key for key, _ in self._store.scan(table, start, LAST) if key not in written), None)
        fresh = min((key for key in written if key >= start and known[key] is not None), default=None)
        return min((key for key in (kept, fresh) if key is not None), default=None)

    def within(self, table: Table[V], first: str) -> list[tuple[str, V]]:
        """Return keys and values of all keys whose first part is `first`."""
        return self.scan(table, first + SEPARATOR, first + AFTER)

    def changes(self) -> ChangeSet:
        """Return everything that was written, in its kept form."""
        return {table: dict(self._encoded(table, keys)) for table, keys in self._written.items()}

    def _encoded(self, table: Table[Any], keys: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        known = self._known[table]
        for key in keys:
            value = known[key]
            yield key, None if value is None else table.encode(value)
