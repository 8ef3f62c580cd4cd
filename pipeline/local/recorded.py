"""The recorded sequence as input: what an earlier replay wrote, read again by all stages behind dedupe."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pipeline.codec import DecodingError, decode, marks
from pipeline.events.dead_letter import DeadLetter
from pipeline.events.sequence import SequencedListing, SequencedTick
from pipeline.flow import SEQUENCE, TOPICS
from pipeline.local.errors import DamagedError
from pipeline.local.lines import Lines, TooLong
from pipeline.local.references import STAGE as REFERENCE
from pipeline.stages.record import Record

T = TypeVar("T")

_MARKS = marks(TOPICS[SEQUENCE].events)
BEFORE_THE_SEQUENCE = frozenset({"dedupe", REFERENCE})


def sequence(lines: Lines) -> Iterator[Record]:
    """Yield the records of the sequence. Each partition's part begins with a tick that names it; its offsets begin at 0.

    Raises DamagedError: without one of its records, what follows would be decided otherwise than it was.
    """
    partition = offset = 0
    for number, line in enumerate(lines, 1):
        raw = whole(lines.path, number, line)
        event: Any = read(next((kind for mark, kind in _MARKS.items() if raw.startswith(mark)), SequencedListing), lines.path, number, raw)
        if isinstance(event, SequencedTick) and event.partition != partition:
            partition, offset = event.partition, 0
        yield Record(SEQUENCE, partition, offset, raw, event, key=_key(event))
        offset += 1


def _key(event: Any) -> str | None:
    return event.listing.seller_id if isinstance(event, SequencedListing) else getattr(event, "seller_id", None)


def earlier_dead_letters(lines: Lines) -> Iterator[tuple[DeadLetter, bytes]]:
    """Yield the dead letters of what was read before the sequence was written: a replay of it does not meet them again.

    Raises DamagedError.
    """
    for number, line in enumerate(lines, 1):
        letter = read(DeadLetter, lines.path, number, line)
        if letter.stage in BEFORE_THE_SEQUENCE:
            yield letter, whole(lines.path, number, line)


def check_references(met: Iterable[DeadLetter], earlier: Iterable[DeadLetter], files: Mapping[str, Lines]) -> None:
    """Refuse reference data that was good then and is no more: of what was no good then, there are dead letters. Raises DamagedError."""
    places = {(letter.topic, letter.offset) for letter in earlier if letter.stage == REFERENCE}
    for letter in met:
        if (letter.topic, letter.offset) not in places:
            raise DamagedError(files[letter.topic].path, letter.offset + 1, letter.error.message)


def read(kind: type[T], path: Path, number: int, line: bytes | TooLong) -> T:
    """Decode a line of what a replay wrote. Raises DamagedError."""
    try:
        return decode(kind, whole(path, number, line))
    except DecodingError as error:
        raise DamagedError(path, number, error) from error


def whole(path: Path, number: int, line: bytes | TooLong) -> bytes:
    """Return a line of what a replay wrote that begins and ends as one. Raises DamagedError."""
    if isinstance(line, TooLong):
        raise DamagedError(path, number, line)
    if not (line.startswith(b"{") and line.endswith(b"}")):
        raise DamagedError(path, number, "it is not whole")
    return line
