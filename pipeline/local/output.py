"""The output folder of a replay: written beside its place, moved there when complete, and gone when it is not.

One file a topic. Where several partitions write, their parts follow each other in the order of the partitions; in the sequence each
part begins with a tick that names its partition.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import orjson

from pipeline import place
from pipeline.flow import DEAD_LETTERS, OUTPUTS, REFERENCES, SEQUENCE
from pipeline.place import OutputError, Place, Written, explained

WRITTEN = Written("replay", frozenset(f"{topic}.jsonl" for topic in (*OUTPUTS, *REFERENCES, DEAD_LETTERS)), f"{SEQUENCE}.jsonl")
_PARTS = ".parts"
_MOST_OPEN = 64  # files; with many partitions there are thousands of parts, and a process may open 1,024 files, or only 256
_BUFFER = 256 * 1024  # bytes of each


def check_place(out: Path, *, force: bool, source: Path | None) -> None:
    """Refuse a place where something stands, or, with force, something that no replay wrote or that is read. Raises OutputError."""
    place.check_place(out, WRITTEN, force=force, source=source)


class OutputFolder:
    """Collects the lines of all topics, part by part, until `complete`, in a `with` block. `lines` counts them by topic."""

    def __init__(self, out: Path) -> None:
        """Raises OutputError."""
        self._out = out
        self.lines: Counter[str] = Counter()
        self._files: dict[str, BinaryIO] = {}  # those that are open, the one last used at the end
        self._place = Place(out)
        self._parts = self._place.temporary / _PARTS
        try:
            with explained(out):
                self._parts.mkdir()
        except OutputError:
            self._place.__exit__()
            raise

    def __enter__(self) -> "OutputFolder":
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing that is not complete."""
        self._let_go()
        self._place.__exit__()

    def write(self, topic: str, part: str, lines: Iterable[bytes]) -> None:
        """Append lines to a part of a topic; parts are joined in the order of their names. Raises OutputError."""
        lines = list(lines)
        if not lines:
            return
        with explained(self._out):
            self._part(f"{topic}|{part}").write(b"\n".join(lines) + b"\n")
        self.lines[topic] += len(lines)

    def copy(self, topic: str, blocks: Iterable[bytes]) -> None:
        """Write a topic as it was. Raises OutputError."""
        with explained(self._out):
            self._part(f"{topic}|{part_name(0)}").writelines(blocks)

    def _part(self, name: str) -> BinaryIO:
        """Return the file of a part, open. The one that was not used for the longest time is closed for it."""
        file = self._files.pop(name, None)
        if file is None:
            if len(self._files) >= _MOST_OPEN:
                self._files.pop(next(iter(self._files))).close()
            file = (self._parts / name).open("ab", buffering=_BUFFER)
        self._files[name] = file
        return file

    def complete(self, topics: Iterable[str]) -> None:
        """Join the parts of every topic and move the folder to its place. Raises OutputError."""
        with explained(self._out):
            for file in self._files.values():
                file.close()
            for topic in topics:
                self._join(topic)
            self._parts.rmdir()
        self._place.settle()

    def _join(self, topic: str) -> None:
        """Make one file of a topic's parts; an empty one where it has none."""
        parts, whole = sorted(self._parts.glob(f"{topic}|*")), self._place.temporary / f"{topic}.jsonl"
        if len(parts) == 1:
            parts[0].rename(whole)
            return
        with whole.open("wb") as target:
            for group in _by_group(parts):
                target.writelines(_in_order(_few(group)))
        for part in self._parts.glob(f"{topic}|*"):
            part.unlink()

    def _let_go(self) -> None:
        """Close what is open."""
        for file in self._files.values():
            try:
                file.close()
            except OSError:  # a full disk refuses the last bytes: they are thrown away here anyway
                file.raw.close() if hasattr(file, "raw") else None


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


def _few(parts: Sequence[Path]) -> Sequence[Path]:
    """Merge parts that are ordered among themselves until they are few enough to be open at once."""
    while len(parts) > _MOST_OPEN:
        parts = [_merge(parts[start : start + _MOST_OPEN]) for start in range(0, len(parts), _MOST_OPEN)]
    return parts


def _merge(parts: Sequence[Path]) -> Path:
    """Make one part of several, in the place of the first."""
    merged = parts[0].with_name(f"{parts[0].name}+")
    with merged.open("wb") as target:
        target.writelines(_in_order(parts))
    for part in parts:
        part.unlink()
    return merged


def _in_order(parts: Sequence[Path]) -> Iterator[bytes]:
    if len(parts) == 1:
        with parts[0].open("rb") as lines:
            yield from lines
        return
    with ExitStack() as opened:
        files = [opened.enter_context(part.open("rb")) for part in parts]
        yield from heapq.merge(*files, key=lambda line: orjson.loads(line)["offset"])
