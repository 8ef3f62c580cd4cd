"""The output folder of a replay: written beside its place, moved there when complete, and gone when it is not.

One file a topic. Where several partitions write, their parts follow each other in the order of the partitions; in the sequence each
part begins with a tick that names its partition.
"""

import errno
import heapq
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import orjson

from pipeline.flow import DEAD_LETTERS, SEQUENCE
from pipeline.local.errors import OutputError

_PARTS = ".parts"


def check_place(out: Path, *, force: bool, source: Path | None) -> None:
    """Refuse a place where something stands, or, with force, something that no replay wrote or that is read. Raises OutputError."""
    if source is not None and out.resolve() == source.resolve():
        raise OutputError(out, "is the folder that is read; name another place")
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not force:
        raise OutputError(out, "exists already; name another place, or overwrite it with --force")
    if not (out / f"{SEQUENCE}.jsonl").is_file():
        raise OutputError(out, f"holds no {SEQUENCE}.jsonl, so no replay wrote it; --force does not delete it")


class OutputFolder:
    """Collects the lines of all topics, part by part, until `complete`, in a `with` block. `lines` counts them by topic."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self.lines: Counter[str] = Counter()
        self._files: dict[str, BinaryIO] = {}
        self._sorted: dict[str, list[str]] = {}
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            self._temporary = Path(tempfile.mkdtemp(prefix=f".{out.name}.partial-", dir=out.parent))
            (self._temporary / _PARTS).mkdir()
        except OSError as error:
            raise OutputError(out, _why(error)) from error

    def __enter__(self) -> "OutputFolder":
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing that is not complete, also after Ctrl-C."""
        if self._temporary.exists():
            self._discard()

    def write(self, topic: str, part: str, lines: Iterable[bytes]) -> None:
        """Append lines to a part of a topic; parts are joined in the order of their names. Raises OutputError."""
        lines = list(lines)
        if not lines:
            return
        try:
            self._part(f"{topic}|{part}").write(b"\n".join(lines) + b"\n")
        except OSError as error:
            raise OutputError(self._out, _why(error)) from error
        self.lines[topic] += len(lines)

    def copy(self, topic: str, blocks: Iterable[bytes]) -> None:
        """Write a topic as it was. Raises OutputError."""
        try:
            self._part(f"{topic}|{part_name(0)}").writelines(blocks)
        except OSError as error:
            raise OutputError(self._out, _why(error)) from error

    def _part(self, name: str) -> BinaryIO:
        if name not in self._files:
            self._files[name] = (self._temporary / _PARTS / name).open("wb", buffering=1024 * 1024)
        return self._files[name]

    def complete(self, topics: Iterable[str]) -> None:
        """Join the parts of every topic and move the folder to its place. Raises OutputError."""
        try:
            self._close()
            for topic in topics:
                self._join(topic)
            (self._temporary / _PARTS).rmdir()
            self._temporary.chmod(0o755)
            self._move()
        except OSError as error:
            raise OutputError(self._out, _why(error)) from error

    def _close(self) -> None:
        for file in self._files.values():
            file.close()

    def _join(self, topic: str) -> None:
        """Make one file of a topic's parts; an empty one where it has none."""
        parts, whole = sorted((self._temporary / _PARTS).glob(f"{topic}|*")), self._temporary / f"{topic}.jsonl"
        if len(parts) == 1:
            parts[0].rename(whole)
            return
        with whole.open("wb") as target:
            for group in _by_group(parts):
                target.writelines(_in_order(group))
        for part in parts:
            part.unlink()

    def _move(self) -> None:
        if self._out.exists():
            aside = Path(tempfile.mkdtemp(prefix=f".{self._out.name}.old-", dir=self._out.parent))
            self._out.rename(aside / "old")
            self._temporary.rename(self._out)
            shutil.rmtree(aside)
        else:
            self._temporary.rename(self._out)

    def _discard(self) -> None:
        """Remove what was written so far."""
        for file in self._files.values():
            try:
                file.close()
            except OSError:  # a full disk refuses the last bytes: they are thrown away here anyway
                file.raw.close() if hasattr(file, "raw") else None
        shutil.rmtree(self._temporary, ignore_errors=True)


def part_name(partition: int, group: str = "") -> str:
    """Return the name of a part: it sorts by group, then by partition."""
    return f"{group}|{partition:06d}"


def _by_group(parts: list[Path]) -> Iterator[list[Path]]:
    """Yield the parts that are to be ordered among themselves: dead letters of one input topic; any other part is alone."""
    groups: dict[str, list[Path]] = {}
    for part in parts:
        topic, group, partition = part.name.split("|")
        groups.setdefault(group if topic == DEAD_LETTERS and group.startswith("1-") else f"{group}|{partition}", []).append(part)
    yield from groups.values()


def _in_order(parts: list[Path]) -> Iterator[bytes]:
    if len(parts) == 1:
        with parts[0].open("rb") as lines:
            yield from lines
        return
    files = [part.open("rb") for part in parts]
    yield from heapq.merge(*files, key=lambda line: orjson.loads(line)["offset"])
    for file in files:
        file.close()


def _why(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full; nothing was written; free some space or name a place elsewhere"
    return f"cannot be written: {error.strerror or error}"
