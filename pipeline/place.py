"""A folder that appears when it is complete, or not at all: it is written beside its place, and moved there at the end."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline import stopping


class OutputError(Exception):
    """The output cannot be written; the message says what to do."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Written:
    """What a command writes: the names of its files, and the one that is always among them. --force replaces a folder of nothing else."""

    by: str
    files: frozenset[str]
    always: str


def check_place(out: Path, written: Written, *, force: bool, source: Path | None = None) -> None:
    """Refuse a place that is taken or cannot be moved to, and with force one that holds what is read, or what others wrote.

    Raises OutputError. It asks at the start what would else go wrong after all the work.
    """
    with explained(out):
        place, read = out.resolve(), source and source.resolve()
        if place == read:
            raise OutputError(out, "is the folder that is read; name another place")
        if not out.exists():
            return
        if Path.cwd().is_relative_to(place):
            raise OutputError(out, "is the folder that you are in, or holds it, and would be replaced; name another place")
        if out.is_mount():
            raise OutputError(out, "is where a file system is mounted, and cannot be replaced; name a folder in it")
        if out.is_dir() and not any(out.iterdir()):
            return
        if not force:
            raise OutputError(out, "exists already; name another place, or overwrite it with --force")
        if read is not None and read.is_relative_to(place):
            raise OutputError(out, "holds the folder that is read; --force does not delete it")
        _check_written(out, written)
        if read is not None and place.is_relative_to(read):
            raise OutputError(out, "lies in the folder that is read, of which --force deletes nothing; name another place")


def _check_written(out: Path, written: Written) -> None:
    """Refuse to replace anything but what the command wrote. Raises OutputError."""
    if not (out / written.always).is_file():
        raise OutputError(out, f"holds no {written.always}, so no {written.by} wrote it; --force does not delete it")
    strange = sorted(path.name for path in out.iterdir() if path.name not in written.files or not path.is_file())
    if strange:
        raise OutputError(out, f"holds {strange[0]}, which no {written.by} wrote; --force does not delete it")


@contextmanager
def explained(out: Path) -> Iterator[None]:
    """Turn what the system says into an OutputError."""
    try:
        yield
    except OSError as error:
        raise OutputError(out, _why(error)) from error


def _why(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full; nothing was written; free some space or name a place elsewhere"
    return f"cannot be written: {error.strerror or error}"


def write_lines(out: Path, lines: Iterable[bytes]) -> None:
    """Write a file of lines that appears when it is complete, or not at all. Raises OutputError."""
    with explained(out):
        partial = out.with_name(f".{out.name}.partial-{os.urandom(4).hex()}")
        try:
            with partial.open("xb") as file:
                file.writelines(line + b"\n" for line in lines)
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)


class Place:
    """A folder under way, in a `with` block: fill `temporary`, then `settle`. Without that, nothing is left of it, also after a signal."""

    def __init__(self, out: Path) -> None:
        """Raises OutputError."""
        self._out, name = out, os.urandom(4).hex()
        with explained(out):
            self._place = out.resolve()
            self.temporary = self._place.with_name(f".{self._place.name}.partial-{name}")
            self._aside = self._place.with_name(f".{self._place.name}.old-{name}")
            self._replacing = self._place.exists() and any(self._place.iterdir())
            self._made = False
            stopping.begun(self.abandon)
            self.temporary.parent.mkdir(parents=True, exist_ok=True)
            self.temporary.mkdir()
            self._made = True

    def __enter__(self) -> "Place":
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing that is not complete."""
        self.abandon()
        stopping.ended(self.abandon)

    def settle(self) -> None:
        """Move the folder to its place. What it replaces goes aside first; it is deleted at the end. Raises OutputError."""
        with explained(self._out):
            if self._replacing:
                self._place.rename(self._aside)
            self.temporary.rename(self._place)
        _remove(self._aside)

    def abandon(self) -> str:
        """Undo what is not complete, and say what is left. The disk tells how far it came: a signal may come between any two lines."""
        complete = self._made and not self.temporary.exists()
        if not complete:
            self._made = False
            if self._aside.exists() and not self._place.exists():
                self._aside.rename(self._place)
            _remove(self.temporary)
        if self._place.exists():
            _remove(self._aside)
        return f"{self._out} is complete" if complete else "nothing was written"


def _remove(folder: Path) -> None:
    """Delete a folder as far as that goes: what else could be done is done."""
    shutil.rmtree(folder, ignore_errors=True)
