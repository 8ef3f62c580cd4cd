"""What the RocksDB store promises beyond the protocol: what survives a stop, a crash and damage."""

import os
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

from pipeline.state.rocks import RocksStore
from pipeline.state.store import StoreError
from pipeline.state.table import LAST, Table

TABLE = Table("t", bytes, ordered=True)
OTHER = Table("other", bytes, ordered=True)

# Writes number after number: three keys in two tables and the meta value of one write, and says so on its output.
WRITER = """
import sys
from pipeline.state.rocks import RocksStore
from tests.unit.state.test_rocks import OTHER, TABLE, numbered

store = RocksStore(sys.argv[1], [TABLE, OTHER])
for number in range(10_000_000):
    store.write(*numbered(number))
    print(number, flush=True)
"""


def numbered(number: int) -> tuple[dict[Table[bytes], dict[str, bytes | None]], bytes]:
    """Return the write of a number: about 9 kB, so that write buffers fill up and are written out behind it."""
    name, value = f"{number:08}", number.to_bytes(4)
    kept = {name: value + os.urandom(9_000), "newest": value, f"{number - 1:08}-gone": None, f"{name}-gone": value}
    return {TABLE: kept, OTHER: {"newest": value}}, value


def opened(folder: Path) -> RocksStore:
    return RocksStore(str(folder / "store"), [TABLE, OTHER])


def killed_at(folder: Path, number: int) -> int:
    """Let a process write until it has said a number, kill it, and return the last number it said."""
    command = [sys.executable, "-c", WRITER, str(folder / "store")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as writer:
        assert writer.stdout is not None
        said = list(takewhile(lambda line: int(line) < number, writer.stdout))
        writer.kill()
        said += writer.stdout.readlines()
    whole = [line for line in said if line.endswith("\n")]
    return int(whole[-1])


@pytest.mark.parametrize("number", [3, 4_000, 7_000])
def test_a_kill_leaves_a_prefix_of_whole_writes(tmp_path: Path, number: int) -> None:
    last = killed_at(tmp_path, number)
    store = opened(tmp_path)
    meta = store.meta
    count = 0 if meta is None else int.from_bytes(meta) + 1
    kept = dict(store.scan(TABLE, "", LAST))
    expected = {f"{each:08}": each.to_bytes(4) for each in range(count)}
    if count:
        expected |= {"newest": (count - 1).to_bytes(4), f"{count - 1:08}-gone": (count - 1).to_bytes(4)}
    assert {name: value[:4] for name, value in kept.items()} == expected
    assert store.read(OTHER, ["newest"]) == ({"newest": (count - 1).to_bytes(4)} if count else {})
    assert count <= last + 2  # the write after the last that was said may be there
    assert (count > 0) == (number > 3)  # 36 MB do not fit the write buffers: else the test tries nothing
    store.close()


def test_a_clean_stop_keeps_everything(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write({TABLE: {"a": b"1", "b": b"2"}}, meta=b"first")
    store.write({TABLE: {"b": None}}, meta=b"second")
    store.close()
    again = opened(tmp_path)
    assert list(again.scan(TABLE, "", LAST)) == [("a", b"1")]
    assert again.meta == b"second"
    again.close()


def test_meta_is_no_entry_and_stays_until_it_is_written_anew(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert store.meta is None
    store.write({}, meta=b"\x00\xff")
    store.write({TABLE: {"a": b"1"}})
    assert store.meta == b"\x00\xff"
    assert {name: size.entries for name, size in store.sizes().items()} == {"t": 1, "other": 0}
    store.close()


def test_raw_entries_are_those_of_change_sets(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write({TABLE: {"gone": b"0"}})
    store.write_raw([(b"t\x00\xc3\xa9", b"1"), (b"t\x00gone", None), (b"other\x00a", b"2"), (b"other\x00a", b"3")], meta=b"m")
    assert list(store.scan(TABLE, "", LAST)) == [("é", b"1")]
    assert store.read(OTHER, ["a"]) == {"a": b"3"}
    assert store.meta == b"m"
    store.close()


def test_a_write_that_fails_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write({TABLE: {"a": b"1"}}, meta=b"before")
    with pytest.raises(ZeroDivisionError):
        store.write_raw(((b"t\x00b", bytes(1 // number)) for number in (1, 0)), meta=b"after")
    assert list(store.scan(TABLE, "", LAST)) == [("a", b"1")]
    assert store.meta == b"before"
    store.close()


def test_a_database_that_is_open_is_refused(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with pytest.raises(StoreError, match="LOCK"):
        opened(tmp_path)
    store.close()
    opened(tmp_path).close()


def damaged(folder: Path) -> RocksStore:
    """Return a store of 5,000 entries with a damaged block in the midst of them, that opens well."""
    store = opened(folder)
    store.write({TABLE: {f"{number:05}": os.urandom(500) for number in range(5_000)}})
    store.close()
    (file,) = (folder / "store").glob("*.sst")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    return opened(folder)


def test_a_scan_does_not_end_early_at_a_damaged_block(tmp_path: Path) -> None:
    store = damaged(tmp_path)
    assert store.damage is None
    with pytest.raises(StoreError, match="Corruption"):
        list(store.scan(TABLE, "", LAST))
    assert "checksum" in str(store.damage)
    store.close()


def test_a_read_of_a_damaged_block_is_no_missing_key(tmp_path: Path) -> None:
    store = damaged(tmp_path)
    with pytest.raises(StoreError, match="Corruption"):
        store.read(TABLE, [f"{number:05}" for number in range(5_000)])
    assert "checksum" in str(store.damage)
    with pytest.raises(StoreError, match="Corruption"):
        store.sizes()
    store.close()
