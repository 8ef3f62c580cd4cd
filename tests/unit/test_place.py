import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.place import OutputError, Place, Written, check_place, write_lines

WRITTEN = Written("test", frozenset({"a.txt", "b.txt"}), "a.txt")


def made(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text("old")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return made(tmp_path / "out", "a.txt")


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_what_is_settled_is_in_its_place_and_replaces_what_was_there(out: Path) -> None:
    with Place(out) as place:
        (place.temporary / "b.txt").write_text("new")
        assert [path.name for path in out.iterdir()] == ["a.txt"]
        place.settle()
    assert [path.name for path in out.iterdir()] == ["b.txt"]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("failure", [OSError("no"), KeyboardInterrupt()])
@pytest.mark.parametrize("when", [1, 2])
def test_a_move_that_fails_leaves_what_was_there(out: Path, monkeypatch: pytest.MonkeyPatch, when: int, failure: BaseException) -> None:
    rename, calls = Path.rename, []

    def failing(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == when:
            raise failure
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises((OutputError, KeyboardInterrupt)), Place(out) as place:
        place.settle()
    assert (out / "a.txt").read_text() == "old"
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_what_is_left_is_said_at_every_step(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def stopped(*_: object, **__: object) -> None:
        monkeypatch.undo()
        said.append(place.abandon())

    place = Place(out)
    monkeypatch.setattr("shutil.rmtree", stopped)
    place.settle()
    assert said == [f"{out} is complete"]
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    place = Place(out)
    monkeypatch.setattr("shutil.rmtree", stopped)
    place.abandon()
    assert said[1:] == ["nothing was written"]
    assert place.abandon() == "nothing was written"
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_what_cannot_be_deleted_does_not_take_the_outcome_with_it(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr("shutil.os.rmdir", refusing)
    monkeypatch.setattr("shutil.os.unlink", refusing)
    with Place(out) as place:
        (place.temporary / "b.txt").write_text("new")
        place.settle()
    assert [path.name for path in out.iterdir()] == ["b.txt"]


def test_what_came_to_the_place_meanwhile_is_left_alone(tmp_path: Path) -> None:
    with Place(tmp_path / "out") as place:
        made(tmp_path / "out", "mine.txt")
        with pytest.raises(OutputError, match="cannot be written"):
            place.settle()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "mine.txt").read_text() == "old"


def test_permissions_follow_the_umask(tmp_path: Path, umask: None) -> None:
    with Place(tmp_path / "out") as place:
        place.settle()
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_a_link_is_followed(out: Path) -> None:
    (out.parent / "link").symlink_to(out)
    with Place(out.parent / "link") as place:
        (place.temporary / "b.txt").write_text("new")
        place.settle()
    assert (out.parent / "link").is_symlink()
    assert [path.name for path in out.iterdir()] == ["b.txt"]


def test_a_place_that_is_free_or_empty_is_good(tmp_path: Path) -> None:
    check_place(tmp_path / "new", WRITTEN, force=False)
    check_place(made(tmp_path / "empty"), WRITTEN, force=False)


def test_a_place_that_is_taken_needs_force(out: Path) -> None:
    with pytest.raises(OutputError, match="exists already"):
        check_place(out, WRITTEN, force=False)
    check_place(out, WRITTEN, force=True)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("b.txt",), r"holds no a\.txt, so no test wrote it"),
        (("a.txt", "dear.txt"), r"holds dear\.txt, which no test wrote"),
        (("a.txt", ".hidden"), r"holds \.hidden"),
    ],
)
def test_force_replaces_only_what_the_command_wrote(tmp_path: Path, names: tuple[str, ...], message: str) -> None:
    with pytest.raises(OutputError, match=message):
        check_place(made(tmp_path / "out", *names), WRITTEN, force=True)


def test_force_does_not_take_a_folder_for_a_file(out: Path) -> None:
    (out / "b.txt").mkdir()
    with pytest.raises(OutputError, match=r"holds b\.txt"):
        check_place(out, WRITTEN, force=True)


@pytest.mark.parametrize("source", ["out/in", "out/deep/er/in", "link/in"])
def test_force_does_not_delete_what_is_read(out: Path, source: str) -> None:
    (out.parent / "link").symlink_to(out)
    with pytest.raises(OutputError, match="holds the folder that is read"):
        check_place(out, WRITTEN, force=True, source=made(out.parent / source))


def test_force_deletes_nothing_of_the_folder_that_is_read(out: Path) -> None:
    with pytest.raises(OutputError, match="lies in the folder that is read"):
        check_place(out, WRITTEN, force=True, source=out.parent)


@pytest.mark.parametrize("name", [".", "..", "../out"])
def test_the_folder_one_is_in_cannot_be_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(made(tmp_path / "out"))
    with pytest.raises(OutputError, match="is the folder that you are in"):
        check_place(Path(name), WRITTEN, force=False)


def test_where_a_file_system_is_mounted_nothing_can_be_moved() -> None:
    with pytest.raises(OutputError, match="is mounted"):
        check_place(Path("/dev/shm"), WRITTEN, force=True)


def test_a_file_of_lines_is_there_when_it_is_complete(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [b"1", b"2"])
    assert (tmp_path / "a.jsonl").read_bytes() == b"1\n2\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_of_a_file_that_was_not_completed_nothing_is_left(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"1"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_lines(tmp_path / "a.jsonl", broken())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match="cannot be written"):
        write_lines(tmp_path / "none" / "a.jsonl", [b"1"])
