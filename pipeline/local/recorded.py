"""The recorded sequence as input: what an earlier replay wrote, read again by all stages behind dedupe."""

from collections.abc import Iterator

from pipeline.codec import decode, decoder, fault
from pipeline.events.dead_letter import DeadLetter, Fault
from pipeline.events.sequence import SequencedListing, SequencedTick
from pipeline.flow import SEQUENCE
from pipeline.local.inputs import place, too_long
from pipeline.local.lines import Lines, TooLong
from pipeline.stages.record import Record

BEFORE_THE_SEQUENCE = frozenset({"dedupe", "reference"})


def sequence(lines: Lines) -> Iterator[Record]:
    """Yield the records of the sequence. Each partition's part begins with a tick that names it; its offsets begin at 0."""
    partition = offset = 0
    for number, line in enumerate(lines):
        record = _record(lines.path.name, number, line)
        if isinstance(record.event, SequencedTick) and record.event.partition != partition:
            partition, offset = record.event.partition, 0
        yield Record(SEQUENCE, partition, offset, record.raw, record.event, record.fault, record.key, record.headers, None, record.digest)
        offset += 1


def _record(name: str, number: int, line: bytes | TooLong) -> Record:
    if isinstance(line, TooLong):
        return too_long(SEQUENCE, number, line, name)
    try:
        event = _event(line)
    except (ValueError, RecursionError) as error:
        wrong = fault(error) if line.strip() else Fault("empty", "the line is empty")
        return Record(SEQUENCE, 0, number, line, fault=wrong, headers=place(name, number))
    return Record(SEQUENCE, 0, number, line, event, key=event.listing.seller_id if isinstance(event, SequencedListing) else None)


def _event(line: bytes) -> SequencedListing | SequencedTick:
    """Decode by the kind, which stands first."""
    return decoder(SequencedTick)(line) if line.startswith(b'{"kind":"tick"') else decoder(SequencedListing)(line)


def earlier_dead_letters(lines: Lines) -> Iterator[tuple[DeadLetter, bytes]]:
    """Yield the dead letters of what was read before the sequence was written: a replay of it does not meet them again."""
    for line in lines:
        if isinstance(line, bytes):
            letter = decode(DeadLetter, line)
            if letter.stage in BEFORE_THE_SEQUENCE:
                yield letter, line
