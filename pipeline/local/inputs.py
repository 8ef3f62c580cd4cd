"""Input topics as files: which files a folder holds, and their lines as records."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.codec import decoder, fault
from pipeline.events.dead_letter import Fault
from pipeline.flow import DEAD_LETTERS, INPUTS, REFERENCES, SEQUENCE, TOPICS
from pipeline.local.errors import InputError
from pipeline.local.lines import LINE_LIMIT, OUTPUT_LIMIT, SUFFIXES, Lines, TooLong, topic_of
from pipeline.stages.record import Record

IGNORED = frozenset({"truth", "truth-people"})  # what a simulator knows and a marketplace does not
_MAY_LACK = frozenset({"notifier-standings"})  # of what a replay wrote: where there is none, everyone is ordinary
_WHICH = ("with one file a topic", "that a replay wrote")
_NO_TOPICS = (".", "readme")  # how the names of files begin that are for people and systems


def files_of(folder: Path, *, recorded: bool = False) -> dict[str, Lines]:
    """Return the files of a folder by topic; hidden files and README files are none.

    Raises InputError where it is no folder, holds nothing, or holds an unknown topic or one with an ending that is not read.
    """
    found: dict[str, Lines] = {}
    for path in _entries(folder):
        topic = topic_of(path)
        if topic is None:
            _check_ending(path, recorded=recorded)
        elif topic not in IGNORED:
            _check(path, topic, found, recorded=recorded)
            found[topic] = Lines(path, LINE_LIMIT if topic in (*INPUTS, *REFERENCES) else OUTPUT_LIMIT)
    for needed in (SEQUENCE, *REFERENCES, DEAD_LETTERS) if recorded else ("listings",):
        if needed not in found and needed not in _MAY_LACK:
            raise InputError(folder, f"holds no {needed}.jsonl, .jsonl.gz or .jsonl.zst; name a folder {_WHICH[recorded]}")
    return found


def file_of(folder: Path, topic: str) -> Path | None:
    """Return the file of a topic; None where there is none. Raises InputError where the folder cannot be read."""
    return next((path for path in _entries(folder) if topic_of(path) == topic), None)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.lower().startswith(_NO_TOPICS))
    except OSError as error:
        raise InputError(folder, f"cannot be read: {error.strerror}; name a folder with one file a topic") from error


def _check(path: Path, topic: str, found: dict[str, Lines], *, recorded: bool) -> None:
    if topic in found:
        raise InputError(path, f"is a second file of the topic {topic}, beside {found[topic].path.name}; keep one of them")
    if topic not in TOPICS:
        raise InputError(
            path, f"is of no known topic; known are {', '.join((*INPUTS, *REFERENCES))} (and truth and truth-people, which are ignored)"
        )
    if not recorded and topic not in (*INPUTS, *REFERENCES):
        raise InputError(path, "is what a replay writes; replay such a folder with --recorded")


def _check_ending(path: Path, *, recorded: bool) -> None:
    """Refuse what is named for a topic that would be read, but for its ending: to pass over all rights would be no help."""
    wanted = (SEQUENCE, DEAD_LETTERS, *REFERENCES) if recorded else (*INPUTS, *REFERENCES)
    topic = next((topic for topic in wanted if path.name.lower().startswith(f"{topic}.")), None)
    if topic is not None:
        raise InputError(path, f"is named for the topic {topic}, but only {', '.join(SUFFIXES)} are read; convert it, or take it away")


def records(topic: str, lines: Lines) -> Iterator[Record]:
    """Yield the lines of an input file as records: decoded, or with what is wrong with them. A seller's key is its id."""
    name = lines.path.name
    record_of = reader_of(topic, name)
    for offset, line in enumerate(lines):
        yield too_long(topic, offset, line, name) if isinstance(line, TooLong) else record_of(offset, line)


def reader_of(topic: str, name: str) -> Callable[[int, bytes], Record]:
    """Return what makes a record of a line, given its number and its bytes; `name` is the file's."""
    (kind,) = TOPICS[topic].events
    decode: Callable[[bytes], Any] = decoder(kind)

    def record_of(offset: int, line: bytes) -> Record:
        try:
            event = decode(line)
        except (ValueError, RecursionError) as error:
            wrong = fault(error) if line.strip() else Fault("empty", "the line is empty")
            return Record(topic, 0, offset, line, fault=wrong, headers=place(name, offset))
        return Record(topic, 0, offset, line, event, key=getattr(event, "seller_id", None))

    return record_of


def too_long(topic: str, offset: int, line: TooLong, name: str) -> Record:
    """Return the record of a line over the limit."""
    wrong = Fault("too-large", str(line))
    return Record(topic, 0, offset, b"", fault=wrong, headers=place(name, offset), digest=line.digest)


def place(name: str, offset: int) -> dict[str, str]:
    """Return the headers that tell an operator where a line stands."""
    return {"file": name, "line": str(offset + 1)}
