"""The store of workers: RocksDB, as a cache of the changelog.

There is no write-ahead log: after a crash the newest writes may be gone, and the changelog has them. All keys are in one column family, so
what a crash leaves is a prefix of the writes, each of them whole.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from rocksdict import AccessType, BlockBasedOptions, Cache, Options, Rdict, WriteBatch, WriteOptions

from pipeline.state.changelog_form import SEPARATOR, raw
from pipeline.state.store import ChangeSet, Size
from pipeline.state.table import Table

_META = b"\x00meta"  # no table has an empty name, so no change can have this key
_MEBI = 1024 * 1024

__all__ = ["RocksStore"]


class RocksStore:
    """A database in a folder. It takes tens of megabytes of memory at most, however much it holds. Raises what rocksdict does."""

    def __init__(self, path: str, tables: Iterable[Table[Any]]) -> None:
        self._tables = {table.name: table for table in tables}
        self._database = Rdict(path, _options(), access_type=AccessType.read_write())
        self._writing = WriteOptions()
        self._writing.disable_wal = True

    def read(self, table: Table[Any], keys: Iterable[str]) -> dict[str, bytes]:
        """See Store."""
        wanted = list(keys)
        prefix = _prefix(table)
        found = self._database.get([prefix + key.encode() for key in wanted])
        return {key: value for key, value in zip(wanted, found, strict=True) if value is not None}

    def scan(self, table: Table[Any], start: str, end: str) -> Iterator[tuple[str, bytes]]:
        """See Store. The order of UTF-8 bytes is that of code points."""
        prefix = _prefix(table)
        last = prefix + end.encode()
        for key, value in self._database.items(from_key=prefix + start.encode()):
            if key >= last:
                return
            yield key[len(prefix) :].decode(), value

    def write(self, changes: ChangeSet, meta: bytes | None = None) -> None:
        """See Store. `meta` is kept beside the changes, in the same write."""
        self.write_raw(raw(changes), meta)

    def write_raw(self, entries: Iterable[tuple[bytes, bytes | None]], meta: bytes | None = None) -> None:
        """Take over changes in their raw form, all or nothing."""
        batch = WriteBatch(raw_mode=True)
        for key, value in entries:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        if meta is not None:
            batch.put(_META, meta)
        self._database.write(batch, self._writing)

    @property
    def meta(self) -> bytes | None:
        """What was kept beside the newest write that had some."""
        found: bytes | None = self._database.get(_META)
        return found

    def sizes(self) -> dict[str, Size]:
        """See Store. Reads everything."""
        return {name: self._size(table) for name, table in self._tables.items()}

    def _size(self, table: Table[Any]) -> Size:
        entries = size = 0
        prefix = _prefix(table)
        for key, value in self._database.items(from_key=prefix):
            if not key.startswith(prefix):
                break
            entries += 1
            size += len(key) - len(prefix) + len(value)
        return Size(entries, size)

    def close(self) -> None:
        """Write out what is in memory, and let go of the folder."""
        self._database.flush()
        self._database.close()


def _prefix(table: Table[Any]) -> bytes:
    return table.name.encode() + SEPARATOR


def _options() -> Options:
    blocks = BlockBasedOptions()
    blocks.set_block_cache(Cache(16 * _MEBI))
    blocks.set_bloom_filter(10, False)
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_block_based_table_factory(blocks)
    options.set_write_buffer_size(16 * _MEBI)
    options.set_max_write_buffer_number(3)
    options.set_keep_log_file_num(2)
    options.set_max_open_files(256)
    return options
