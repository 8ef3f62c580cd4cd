from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import stopping
from pipeline.local.result_file import check_file, write_file
from pipeline.place import OutputError


def test_a_file_is_written_as_it_is_given(tmp_path: Path) -> None:
    write_file(tmp_path / "a.csv", ["é\r\n", "b\n"])
    assert (tmp_path / "a.csv").read_bytes() == "é\r\nb\n".encode()
    write_file(tmp_path / "a.csv", ["new"])
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.csv", "new")]


def test_what_is_not_complete_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[str]:
        yield "first"
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        write_file(tmp_path / "a.csv", broken())
    assert list(tmp_path.iterdir()) == []


def test_a_signal_takes_away_what_is_not_complete_and_says_so(tmp_path: Path) -> None:
    told, under_way = [], list(stopping._under_way)

    def stopped() -> Iterator[str]:
        yield "first"
        told.append(stopping._under_way[-1]())  # what a signal does, but for the end of the process

    with pytest.raises(OutputError):
        write_file(tmp_path / "a.csv", stopped())
    assert (told, list(tmp_path.iterdir()), stopping._under_way) == ([f"{tmp_path / 'a.csv'} was not written"], [], under_way)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("taken.csv", "exists already"),
        ("source/new.csv", "lies in the folder that is read"),
        ("source", "lies in the folder that is read"),
        ("other", "is a folder or a device"),
        ("/dev/null", "is a folder or a device"),
        ("none/new.csv", "a folder that there is not"),
    ],
)
def test_a_place_that_cannot_be_taken_is_refused_at_the_start(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "taken.csv").touch()
    (tmp_path / "source").mkdir()
    (tmp_path / "other").mkdir()
    with pytest.raises(OutputError, match=message):
        check_file(tmp_path / name, force=False, source=tmp_path / "source")


def test_with_force_a_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "taken.csv").touch()
    check_file(tmp_path / "taken.csv", force=True, source=tmp_path / "source")
    check_file(tmp_path / "new.csv", force=False, source=tmp_path / "source")


def test_a_folder_that_is_none_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot be written|is not"):
        write_file(tmp_path / "file" / "a.csv", ["x"])
