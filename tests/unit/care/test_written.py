import os
from pathlib import Path

import pytest

from pipeline.care.written import check_file, written
from pipeline.place import OutputError


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with written(out) as target:
        target.write(b"one\n")
        assert not out.exists()
    assert out.read_bytes() == b"one\n"
    assert list(tmp_path.iterdir()) == [out]


def test_after_a_fault_nothing_is_there_and_what_was_there_stays(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_bytes(b"old\n")
    with pytest.raises(ZeroDivisionError), written(out) as target:
        target.write(b"%d\n" % (1 // 0))
    assert out.read_bytes() == b"old\n"
    assert list(tmp_path.iterdir()) == [out]


def test_a_place_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"), written(tmp_path / "absent" / "out.jsonl"):
        pass


@pytest.mark.parametrize(
    ("name", "force", "message"),
    [
        ("out.json", False, "named as nothing"),
        ("rights.jsonl", True, "is the file that is read"),
        ("link.jsonl", True, "is the file that is read"),
        ("taken.jsonl", False, "exists already"),
        ("folder.jsonl", True, "is no file"),
    ],
)
def test_a_wrong_place_is_refused(tmp_path: Path, name: str, force: bool, message: str) -> None:
    source = tmp_path / "rights.jsonl"
    source.touch()
    (tmp_path / "taken.jsonl").touch()
    (tmp_path / "folder.jsonl").mkdir()
    os.link(source, tmp_path / "link.jsonl")
    check_file(tmp_path / "new.jsonl", force=False, source=source)
    check_file(tmp_path / "taken.jsonl", force=True, source=source)
    with pytest.raises(OutputError, match=message):
        check_file(tmp_path / name, force=force, source=source)
