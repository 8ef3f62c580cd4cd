import os
import resource
from pathlib import Path

import pytest

from pipeline.local.output import OutputFolder, check_place, part_name
from pipeline.place import OutputError


def complete(out: Path, *topics: str) -> OutputFolder:
    folder = OutputFolder(out)
    for topic in topics:
        folder.write(topic, part_name(0), [b"line"])
    folder.complete(topics)
    return folder


def test_nothing_is_there_until_it_is_complete(tmp_path: Path) -> None:
    out = tmp_path / "a" / "out"
    folder = OutputFolder(out)
    folder.write("takedowns", part_name(0), [b"one", b"two"])
    assert not out.exists()
    folder.complete(["takedowns", "reviews"])
    assert (out / "takedowns.jsonl").read_bytes() == b"one\ntwo\n"
    assert (out / "reviews.jsonl").read_bytes() == b""
    assert sorted(path.name for path in out.parent.iterdir()) == ["out"]
    assert folder.lines == {"takedowns": 2}


def test_what_is_not_completed_leaves_nothing(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out") as folder:
        folder.write("takedowns", part_name(0), [b"one"])
    assert list(tmp_path.iterdir()) == []


def test_parts_follow_each_other_by_partition(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path / "out")
    for partition in (10, 2, 0):
        folder.write("takedowns", part_name(partition), [str(partition).encode()])
    folder.complete(["takedowns"])
    assert (tmp_path / "out" / "takedowns.jsonl").read_bytes() == b"0\n2\n10\n"


def test_dead_letters_of_an_input_are_in_the_order_of_its_lines(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path / "out")
    folder.write("dead-letters", part_name(1, "1-listings"), [b'{"offset":1}', b'{"offset":4}'])
    folder.write("dead-letters", part_name(0, "1-listings"), [b'{"offset":2}', b'{"offset":3}'])
    folder.write("dead-letters", part_name(0, "0"), [b'{"offset":9}'])
    folder.complete(["dead-letters"])
    offsets = list((tmp_path / "out" / "dead-letters.jsonl").read_bytes().split())
    assert offsets == [b'{"offset":9}', b'{"offset":1}', b'{"offset":2}', b'{"offset":3}', b'{"offset":4}']


@pytest.mark.parametrize("order", [range(300), range(299, -1, -1)])
def test_few_files_are_open_however_many_partitions_there_are(tmp_path: Path, order: range) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 80, before[1]))
    try:
        with OutputFolder(tmp_path / "out") as folder:
            for turn in range(2):
                for number in order:
                    folder.write("takedowns", part_name(number), [b"%d" % (2 * number + turn)])
                    folder.write("dead-letters", part_name(number, "1-listings"), [b'{"offset":%d}' % (number + 300 * turn)])
            folder.complete(["takedowns", "dead-letters"])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert (tmp_path / "out" / "takedowns.jsonl").read_bytes().split() == [b"%d" % number for number in range(600)]
    assert (tmp_path / "out" / "dead-letters.jsonl").read_bytes().split() == [b'{"offset":%d}' % number for number in range(600)]


def test_a_folder_that_cannot_be_begun_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.local.output._PARTS", "x" * 300)  # a name that no file system takes
    with pytest.raises(OutputError, match="cannot be written"):
        OutputFolder(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_taken_is_refused_without_force(tmp_path: Path) -> None:
    complete(tmp_path / "out", "events.unique")
    with pytest.raises(OutputError, match="--force"):
        check_place(tmp_path / "out", force=False, source=tmp_path)
    check_place(tmp_path / "out", force=True, source=tmp_path / "in")
    check_place(tmp_path / "elsewhere", force=False, source=tmp_path)


def test_force_deletes_only_what_a_replay_wrote(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")
    with pytest.raises(OutputError, match="no replay wrote it"):
        check_place(tmp_path / "letters", force=True, source=tmp_path)
    complete(tmp_path / "out", "events.unique")
    (tmp_path / "out" / "notes.txt").write_text("keep me too")
    with pytest.raises(OutputError, match=r"holds notes\.txt, which no replay wrote"):
        check_place(tmp_path / "out", force=True, source=tmp_path)


def test_the_folder_that_is_read_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is the folder that is read"):
        check_place(tmp_path / "x" / "..", force=True, source=tmp_path)


def test_an_earlier_output_is_replaced_as_a_whole(tmp_path: Path) -> None:
    complete(tmp_path / "out", "events.unique", "takedowns")
    complete(tmp_path / "out", "events.unique")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["events.unique.jsonl"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_full_disk_is_said_in_plain_words(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out") as folder:
        (parts,) = tmp_path.glob(".out.partial-*/.parts")
        (parts / f"takedowns|{part_name(0)}").symlink_to("/dev/full")  # a device that is always full
        with pytest.raises(OutputError, match="the disk is full"):
            folder.write("takedowns", part_name(0), [b"x" * 2_000_000])
    assert list(tmp_path.iterdir()) == []
