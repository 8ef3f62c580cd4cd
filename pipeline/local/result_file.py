"""A file that a command writes beside what it prints: it appears when it is complete, or not at all."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pipeline import stopping
from pipeline.place import OutputError, explained


def check_file(path: Path, *, force: bool, source: Path) -> None:
    """Refuse a place that is taken, or that lies in the folder that is read. It asks at the start what would go wrong after all the work.

    Raises OutputError.
    """
    with explained(path):
        place = path.resolve()
        if place.is_relative_to(source.resolve()):
            raise OutputError(path, "lies in the folder that is read; name another place")
        if path.exists() and not path.is_file():
            raise OutputError(path, "is a folder or a device; name a file")
        if path.exists() and not force:
            raise OutputError(path, "exists already; name another place, or overwrite it with --force")
        if not place.parent.is_dir():
            raise OutputError(path, "lies in a folder that there is not; make it first")


def write_file(path: Path, parts: Iterable[str]) -> None:
    """Write a text in parts, UTF-8. Raises OutputError; what is not complete is taken away, also after a signal."""
    place = path.resolve()
    partial = place.with_name(f".{place.name}.partial-{os.urandom(4).hex()}")
    begun = False

    def tidy() -> str:
        complete = begun and not partial.exists()  # the disk tells how far it came: a signal may come between any two lines
        with suppress(OSError):  # that it cannot be written was said already
            partial.unlink(missing_ok=True)
        return f"{path} is complete" if complete else f"{path} was not written"

    stopping.begun(tidy)
    try:
        with explained(path):
            with partial.open("w", encoding="utf-8", newline="") as file:
                begun = True
                file.writelines(parts)
            partial.replace(place)
    finally:
        tidy()
        stopping.ended(tidy)
