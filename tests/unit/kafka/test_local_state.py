"""The local state is used only where it fits its changelog beyond doubt; each test has one reason why it does not."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.kafka.local_state import FORMAT, LocalState, LocalStateError, Mark, open_local
from pipeline.state.store import StoreError
from pipeline.state.table import LAST, StateFormatError, Table

TABLE = Table("t", bytes, ordered=True)
NOW = 1_000_000.0
DAY = 86_400.0
FITTING: dict[str, Any] = {"changelog_id": "topic-1", "begin": 10, "end": 30, "now": NOW + 60, "max_age": 3.5 * DAY}

HOLDER = """
import sys
from pathlib import Path
from pipeline.kafka.local_state import open_local

state = open_local(Path(sys.argv[1]), (), "topic-1", 0, 30, 0.0, 1.0)
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of a state that was written up to offset 20 of topic-1 and stopped cleanly."""
    folder = tmp_path / "states" / "dedupe-0"
    state = open_local(folder, [TABLE], "topic-1", 10, 30, NOW, 3.5 * DAY)
    state.write({TABLE: {"a": b"1", "b": b"2"}}, 20, NOW)
    state.close()
    return folder


def opened(folder: Path, **changed: Any) -> LocalState:
    return open_local(folder, [TABLE], **FITTING | changed)


def asides(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir() if path != folder)


def entries(state: LocalState) -> dict[str, bytes]:
    return dict(state.store.scan(TABLE, "", LAST))


def assert_begun_anew(folder: Path, why: str, reason: str, **changed: Any) -> None:
    state = opened(folder, **changed)
    assert state.why is not None
    assert state.why.startswith(why)
    assert state.mark is None
    assert entries(state) == {}
    state.close()
    assert asides(folder) == [f"dedupe-0.aside-{reason}-1"]


def remark(folder: Path, meta: bytes) -> None:
    """Put another mark in the place of the one that is there."""
    state = opened(folder)
    state.store.write({}, meta)
    state.close()


# -- what fits


def test_a_state_that_is_not_there_begins_empty(tmp_path: Path) -> None:
    state = opened(tmp_path / "not" / "there")
    assert (state.mark, state.why, entries(state)) == (None, "there is none", {})
    state.close()


def test_a_clean_stop_keeps_everything(folder: Path) -> None:
    state = opened(folder)
    assert (state.mark, state.why) == (Mark("topic-1", 20, NOW), None)
    assert entries(state) == {"a": b"1", "b": b"2"}
    state.write({TABLE: {"a": None}}, 25, NOW + 1)
    assert state.mark == Mark("topic-1", 25, NOW + 1)
    state.close()
    again = opened(folder)
    assert again.mark == Mark("topic-1", 25, NOW + 1)
    assert entries(again) == {"b": b"2"}
    again.close()
    assert asides(folder) == []


@pytest.mark.parametrize("bounds", [{"begin": 20}, {"end": 20}, {"now": NOW + 3.5 * DAY - 1}])
def test_the_bounds_themselves_fit(folder: Path, bounds: dict[str, Any]) -> None:
    state = opened(folder, **bounds)
    assert state.mark is not None
    state.close()


# -- what does not


def test_a_state_without_a_mark_is_set_aside(folder: Path) -> None:
    opened(folder, changelog_id="topic-2").close()  # begins anew, and nothing is written
    state = opened(folder)
    assert state.why == "no mark"
    state.close()
    assert asides(folder) == ["dedupe-0.aside-foreign-1", "dedupe-0.aside-no-mark-2"]


@pytest.mark.parametrize("meta", [b"", b"\xc1", msgspec.msgpack.encode({"format": FORMAT, "changelog_id": 3}), b"\x93\x01\x02\x03"])
def test_an_unreadable_mark_is_set_aside(folder: Path, meta: bytes) -> None:
    remark(folder, meta)
    assert_begun_anew(folder, "unreadable mark: ", "unreadable-mark")


def test_the_changelog_of_another_topic_is_set_aside(folder: Path) -> None:
    assert_begun_anew(folder, "foreign: of topic topic-1, the changelog is topic-2", "foreign", changelog_id="topic-2")


def test_a_mark_beyond_the_end_is_set_aside(folder: Path) -> None:
    assert_begun_anew(folder, "outside its changelog: at 20, which has 10 to 19", "outside-its-changelog", end=19)


def test_a_mark_before_the_begin_is_set_aside(folder: Path) -> None:
    assert_begun_anew(folder, "outside its changelog: at 20, which has 21 to 30", "outside-its-changelog", begin=21)


def test_a_state_that_is_too_old_is_set_aside(folder: Path) -> None:
    assert_begun_anew(folder, "stale: last written 84 hours ago", "stale", now=NOW + 3.5 * DAY)


def test_a_mark_whose_time_is_no_number_is_set_aside(folder: Path) -> None:
    remark(folder, msgspec.msgpack.encode(Mark("topic-1", 20, float("nan"))))
    assert_begun_anew(folder, "stale: ", "stale")


def truncated(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def nonsense(file: Path) -> None:
    file.write_bytes(b"nonsense" * (file.stat().st_size // 8 + 1))


@pytest.mark.parametrize("damage", [truncated, nonsense, Path.unlink])
@pytest.mark.parametrize("files", ["MANIFEST-*", "*.sst", "CURRENT"])
def test_a_damaged_file_is_set_aside(folder: Path, files: str, damage: Any) -> None:
    for file in folder.glob(files):
        damage(file)
    assert_begun_anew(folder, "corrupted: ", "corrupted")


def test_a_damaged_block_with_the_mark_is_set_aside(folder: Path) -> None:
    """RocksDB says `block checksum mismatch`, in which there is a lock too."""
    (file,) = folder.glob("*.sst")
    content = file.read_bytes()
    file.write_bytes(b"\xff" * 10 + content[10:])
    assert_begun_anew(folder, "corrupted: ", "corrupted")


def test_damage_that_a_read_meets_is_set_aside_at_the_close(folder: Path) -> None:
    state = opened(folder)
    state.write({TABLE: {f"{number:05}": os.urandom(500) for number in range(5_000)}}, 25, NOW)
    state.close()
    file = max(folder.glob("*.sst"), key=lambda each: each.stat().st_size)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    damaged = opened(folder)
    assert damaged.why is None
    with pytest.raises(StoreError, match="Corruption"):
        entries(damaged)
    damaged.close()
    assert asides(folder) == ["dedupe-0.aside-corrupted-1"]
    assert not folder.exists()


def test_a_file_in_the_place_of_the_folder_is_set_aside(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("")
    state = opened(folder)
    assert state.why is not None
    state.close()
    assert "dedupe-0.aside-corrupted-1" in asides(folder)


def test_the_two_newest_that_were_set_aside_are_kept(folder: Path) -> None:
    (folder.parent / "dedupe-0.aside-by-hand").mkdir()
    for number in range(2, 13):
        opened(folder, changelog_id=f"topic-{number}").close()
    assert asides(folder) == ["dedupe-0.aside-by-hand", "dedupe-0.aside-no-mark-10", "dedupe-0.aside-no-mark-11"]


# -- what is refused


@pytest.mark.parametrize("mark", [{"changelog_id": "topic-1", "offset": 20, "written_at": NOW}, {"entirely": "different"}])
def test_a_newer_format_is_refused_and_left_alone(folder: Path, mark: dict[str, Any]) -> None:
    remark(folder, msgspec.msgpack.encode(mark | {"format": FORMAT + 1}))
    refusals = []
    for _ in range(2):  # the folder is let go of, also while somebody holds the error
        with pytest.raises(
            StateFormatError, match=rf"dedupe-0: newer format {FORMAT + 1}, this release reads up to {FORMAT}; use that"
        ) as said:
            opened(folder)
        refusals.append(said)
    assert asides(folder) == []


def test_where_another_process_has_the_folder_the_next_one_is_used(folder: Path) -> None:
    """A worker that is frozen must not keep its successor out, though both have the same state_dir."""
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        other = opened(folder)
        assert (other.mark, other.why) == (None, "there is none")
        other.close()
        assert folder.with_name(f"{folder.name}.2").is_dir()
        holder.kill()
    assert asides(folder) == [f"{folder.name}.2"]
    state = opened(folder)
    assert state.mark is not None
    state.close()


def test_nine_folders_are_enough_and_a_tenth_process_is_refused(folder: Path) -> None:
    states = [opened(folder) for _ in range(9)]
    with pytest.raises(LocalStateError, match=r"dedupe-0\.9 is in use by another process"):
        opened(folder)
    for state in states:
        state.close()


@pytest.mark.parametrize("said", ["Permission denied", "No space left on device", "Too many open files", "Read-only file system"])
def test_a_fault_of_the_machine_costs_no_state(folder: Path, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise StoreError(f"IO error: While open a file for appending: {folder}/000021.dbtmp: {said}")

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.kafka.local_state.RocksStore", refuse)
        with pytest.raises(LocalStateError, match=said):
            opened(folder)
    assert asides(folder) == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "states").write_text("no folder")
    with pytest.raises(LocalStateError, match=r"cannot be made: .* state_dir"):
        opened(tmp_path / "states" / "dedupe-0")


# -- restoring


def test_a_restore_moves_the_mark_at_its_end(folder: Path) -> None:
    state = opened(folder)
    state.restore([(b"t\x00c", b"3"), (b"t\x00a", None)], 25, NOW + 60)
    assert state.mark == Mark("topic-1", 20, NOW)
    state.restore((), 30, NOW + 60)
    assert state.mark == Mark("topic-1", 30, NOW + 60)
    state.close()
    again = opened(folder)
    assert again.mark == Mark("topic-1", 30, NOW + 60)
    assert entries(again) == {"b": b"2", "c": b"3"}
    again.close()


def test_a_restore_that_stops_halfway_keeps_the_mark_and_its_age(folder: Path) -> None:
    state = opened(folder, now=NOW + 3 * DAY)
    state.restore([(b"t\x00c", b"3")], 29, NOW + 3 * DAY)
    state.close()
    again = opened(folder, now=NOW + 3 * DAY)
    assert again.mark == Mark("topic-1", 20, NOW)
    again.close()
    assert_begun_anew(folder, "stale", "stale", now=NOW + 4 * DAY)


def test_a_first_restore_that_stops_halfway_is_set_aside(tmp_path: Path) -> None:
    folder = tmp_path / "dedupe-0"
    state = opened(folder)
    state.restore([(b"t\x00c", b"3")], 29, NOW)
    state.close()
    assert_begun_anew(folder, "no mark", "no-mark")
