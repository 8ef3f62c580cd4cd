"""The store of workers: RocksDB, as a cache of the changelog.

There is no write-ahead log: after a crash the newest writes may be gone, and the changelog has them. All keys are in one column family, so
what a crash leaves is a prefix of the writes, each of them whole.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rocksdict import AccessType, BlockBasedIndexType, BlockBasedOptions, Cache, Options, Rdict, WriteBatch, WriteOptions

from pipeline.state.changelog_form import SEPARATOR, raw
from pipeline.state.store import ChangeSet, Size, StoreError
from pipeline.state.table import Table

_META = b"\x00meta"  # no table has an empty name, so no change can have this key
_MEBI = 1024 * 1024
_ESTIMATES = ("rocksdb.estimate-num-keys", "rocksdb.total-sst-files-size", "rocksdb.cur-size-all-mem-tables")


class RocksStore:
    """A database in a folder. It takes about 64 MiB of memory at most, however much it holds. Raises StoreError.

    `damage` is what RocksDB said when it first met a damaged file; None until then. Opening does not read all of them.
    """

    def __init__(self, path: str, tables: Iterable[Table[Any]]) -> None:
        self.damage: str | None = None
        self._tables = {table.name: table for table in tables}
        with self._checked():
            self._database = Rdict(path, _options(), access_type=AccessType.read_write())
        self._writing = WriteOptions()
        self._writing.disable_wal = True  # type: ignore[method-assign, assignment]  # an attribute, whatever its stub says

    def read(self, table: Table[Any], keys: Iterable[str]) -> dict[str, bytes]:
        """See Store."""
        wanted = list(keys)
        prefix = _prefix(table)
        with self._checked():
            found: Any = self._database.get([prefix + key.encode() for key in wanted])
        return {key: value for key, value in zip(wanted, found, strict=True) if value is not None}

    def scan(self, table: Table[Any], start: str, end: str) -> Iterator[tuple[str, bytes]]:
        """See Store. The order of UTF-8 bytes is that of code points."""
        prefix = _prefix(table)
        last = prefix + end.encode()
        for key, value in self._entries(prefix + start.encode()):
            if key >= last:
                return
            yield key[len(prefix) :].decode(), value

    def write(self, changes: ChangeSet, meta: bytes | None = None) -> None:
        """See Store. `meta` is kept beside the changes, in the same write."""
        self.write_raw(raw(changes), meta)

    def write_raw(self, entries: Iterable[tuple[bytes, bytes | None]], meta: bytes | None = None) -> None:
        """Take over changes in their raw form, all or nothing; they are collected in memory first."""
        batch = WriteBatch(raw_mode=True)
        for key, value in entries:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        if meta is not None:
            batch.put(_META, meta)
        with self._checked():
            self._database.write(batch, self._writing)

    @property
    def meta(self) -> bytes | None:
        """What was kept beside the newest write that had some."""
        with self._checked():
            found: bytes | None = self._database.get(_META)
        return found

    def sizes(self) -> dict[str, Size]:
        """See Store. Reads everything."""
        return {name: self._size(table) for name, table in self._tables.items()}

    def estimated(self) -> Size:
        """Return about how much there is, of all tables, at no cost."""
        with self._checked():
            entries, *sizes = (self._database.property_int_value(name) or 0 for name in _ESTIMATES)
        return Size(entries, sum(sizes))

    def _size(self, table: Table[Any]) -> Size:
        entries = size = 0
        prefix = _prefix(table)
        for key, value in self._entries(prefix):
            if not key.startswith(prefix):
                break
            entries += 1
            size += len(key) - len(prefix) + len(value)
        return Size(entries, size)

    def close(self) -> None:
        """Write out what is in memory, and let go of the folder, also where the former fails: closing alone would not tell."""
        try:
            with self._checked():
                self._database.flush()
        finally:
            self._database.close()

    def _entries(self, start: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield raw keys and values from a key on. `Rdict.items` is not used: before a damaged block it ends as if there were no more."""
        place = self._database.iter()
        place.seek(start)
        while place.valid():
            yield place.key(), place.value()
            place.next()
        with self._checked():
            place.status()

    @contextmanager
    def _checked(self) -> Iterator[None]:
        """Turn what rocksdict raises, a bare Exception, into StoreError."""
        try:
            yield
        except Exception as error:
            if str(error).startswith("Corruption"):
                self.damage = self.damage or str(error)
            raise StoreError(str(error)) from error


def _prefix(table: Table[Any]) -> bytes:
    return table.name.encode() + SEPARATOR


def _options() -> Options:
    """Three write buffers of 8 MiB, and 32 MiB of blocks. Indexes and filters are among the blocks, since outside they would grow with the
    state, and cut small, since whole ones would drive each other out.
    """
    blocks = BlockBasedOptions()
    blocks.set_block_cache(Cache(32 * _MEBI))
    blocks.set_cache_index_and_filter_blocks(True)
    blocks.set_index_type(BlockBasedIndexType.two_level_index_search())
    blocks.set_partition_filters(True)
    blocks.set_bloom_filter(10, False)
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_block_based_table_factory(blocks)
    options.set_write_buffer_size(8 * _MEBI)
    options.set_max_write_buffer_number(3)
    options.set_keep_log_file_num(2)
    options.set_max_open_files(256)
    return options
