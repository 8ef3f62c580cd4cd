"""Compares what was recomputed with what the output topics hold: byte for byte, in order, partition by partition.

Where a partition has several writers, in what order their transactions came is chance: there, what each of them wrote is compared in its
own order, and headers say whose a record is. Of dead letters, what the broker gave their records (offset, key, headers, time) is left out.
"""

from array import array
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from aiokafka import TopicPartition
from msgspec.structs import replace

from pipeline.codec import decode, encode
from pipeline.events.dead_letter import DeadLetter
from pipeline.flow import DEAD_LETTERS, OUTPUTS, SEQUENCE, STAGES, TOPICS
from pipeline.kafka.connection import client
from pipeline.kafka.messages import written_by
from pipeline.kafka.reading import Consumer, batches, places, reading
from pipeline.kafka.topics import topic_name
from pipeline.partitions import partition_of
from pipeline.settings import Settings

_SHOWN = 300  # characters of a line that differs

Form = Callable[[bytes], bytes | None]  # what is compared of a value; None: it is not compared
Counts = Mapping[tuple[str, int], int]  # recomputed lines by topic and partition of the sequence
Writer = int | None  # the partition of the sequence whose stage wrote a record; None: nobody that writes the topic
Written = Callable[[Any], Writer]  # the writer of a record that was fetched


@dataclass(frozen=True, slots=True)
class Compared:
    """One topic and partition: records recomputed, records held, records that retention has taken, and where the two first differ."""

    topic: str
    partition: int
    recomputed: int
    held: int
    expired: int
    difference: str | None


async def compare(settings: Settings, out: Path, counts: Counts, *, fused: bool) -> list[Compared]:
    """Compare a folder that `recompute` wrote. `fused`: the stages ran as one, which writes nothing between them. Raises KafkaError."""
    between = {topic for stage in STAGES[2:] for topic in stage.reads} if fused else set()
    compared: list[Compared] = []
    async with reading(client(settings)) as consumer:
        for topic in OUTPUTS:
            if topic != SEQUENCE and topic not in between:
                way = _rekeyed if TOPICS[topic].rekeyed else _topic
                compared += await way(settings, consumer, topic, out / f"{topic}.jsonl", counts)
        for stage in STAGES[1:]:
            compared += await _dead_letters(settings, consumer, out / f"{DEAD_LETTERS}.jsonl", stage.name)
    return compared


async def _topic(settings: Settings, consumer: Consumer, topic: str, path: Path, counts: Counts) -> list[Compared]:
    """Compare a file of lines, in which the partitions follow each other, with its topic."""
    compared = []
    with path.open("rb") as lines:
        for place, begin, end in await places(consumer, client(settings), topic_name(settings, topic)):
            count = counts.get((topic, place.partition), 0)
            own = (line[:-1] for line in islice(lines, count))
            compared.append(await _partition(consumer, topic, place, begin, end, {place.partition: Strand(own, count)}))
            for _ in own:  # so that the next partition's lines come next
                pass
    return compared


async def _rekeyed(settings: Settings, consumer: Consumer, topic: str, path: Path, counts: Counts) -> list[Compared]:
    """Compare a file of lines, in which what each writer wrote follows the other, with a topic whose key says the partition."""
    parts = await places(consumer, client(settings), topic_name(settings, topic))
    writers = {writer: count for (name, writer), count in sorted(counts.items()) if name == topic}
    with path.open("rb") as lines:
        shares = Shares(lines, topic, writers, len(parts))
        return [
            await _partition(consumer, topic, place, begin, end, shares.strands(place.partition), lambda record: written_by(record.headers))
            for place, begin, end in parts
        ]


class Shares:
    """The lines of a file by the partition that their key belongs to and their writer. Where they begin is held, not they."""

    def __init__(self, lines: BinaryIO, topic: str, writers: Mapping[int, int], partitions: int) -> None:
        """`writers`: the number of lines of each, in the order of the file."""
        self._lines = lines
        self._begins: dict[tuple[int, int], array[int]] = {}
        (kind,), key, begin = TOPICS[topic].events, TOPICS[topic].key or "", 0
        for writer, count in writers.items():
            for line in islice(lines, count):
                partition = partition_of(getattr(decode(kind, line), key), partitions)
                self._begins.setdefault((partition, writer), array("Q")).append(begin)
                begin += len(line)

    def strands(self, partition: int) -> dict[Writer, "Strand"]:
        """Return what belongs in a partition, by its writer."""
        return {writer: Strand(self._read(begins), len(begins)) for (place, writer), begins in self._begins.items() if place == partition}

    def _read(self, begins: Iterable[int]) -> Iterator[bytes]:
        for begin in begins:
            self._lines.seek(begin)
            yield self._lines.readline()[:-1]


async def _dead_letters(settings: Settings, consumer: Consumer, path: Path, stage: str) -> list[Compared]:
    """Compare the dead letters of one stage: several write the topic, each in an order of its own."""
    form = _letters_of(stage)
    by_partition: dict[int, list[bytes]] = {}
    with path.open("rb") as lines:
        for line in lines:
            if (letter := form(line)) is not None:
                by_partition.setdefault(decode(DeadLetter, line).partition, []).append(letter)
    compared = []
    for place, begin, end in await places(consumer, client(settings), topic_name(settings, DEAD_LETTERS)):
        own = by_partition.get(place.partition, [])
        strands = {place.partition: Strand(own, len(own))}
        compared.append(await _partition(consumer, DEAD_LETTERS, place, begin, end, strands, form=form))
    return compared


def _letters_of(stage: str) -> Form:
    def form(value: bytes) -> bytes | None:
        letter = decode(DeadLetter, value)
        return encode(replace(letter, offset=0, key=None, headers=None, timestamp=None)) if letter.stage == stage else None

    return form


class Strand:
    """What one writer put into a partition, beside what was recomputed of it: `count` lines."""

    def __init__(self, recomputed: Iterable[bytes], count: int) -> None:
        self.count, self.expired, self.number = count, 0, 0
        self.difference: str | None = None
        self._own = iter(recomputed)

    def expire(self, held: int) -> None:
        """Leave out the beginning, so that as many lines are left as the partition holds: retention has taken it."""
        self.expired = max(self.count - held, 0)
        self._own = islice(self._own, self.expired, None)

    def take(self, offset: int, value: bytes) -> None:
        """Compare the next record that is held."""
        self.number += 1
        if self.difference is None:
            self.difference = _difference(next(self._own, None), value, f"offset {offset}")

    def end(self) -> None:
        """Note what was recomputed and is not held."""
        missing = self.count - self.expired - self.number
        if self.difference is None and missing > 0:
            self.difference = _difference(next(self._own, None), None, f"record {self.number + 1} and {missing - 1} more")


async def _partition(
    consumer: Consumer,
    topic: str,
    place: TopicPartition,
    begin: int,
    end: int,
    strands: dict[Writer, Strand],
    written: Written | None = None,
    form: Form | None = None,
) -> Compared:
    """Compare one partition, of which retention may have taken the beginning. `written`: None where its own writer is the only one."""
    writer_of = written or (lambda _: place.partition)
    if begin:
        held: Counter[Writer] = Counter()
        async for _, writer, _ in _held(consumer, place, begin, end, writer_of, form):
            held[writer] += 1
        for writer, strand in strands.items():
            strand.expire(held[writer])
    async for offset, writer, value in _held(consumer, place, begin, end, writer_of, form):
        strands.setdefault(writer, Strand((), 0)).take(offset, value)
    for strand in strands.values():
        strand.end()
    return _compared(topic, place.partition, strands.values())


def _compared(topic: str, partition: int, strands: Iterable[Strand]) -> Compared:
    """Add up the strands of a partition; the first one that differs says where."""
    total = Compared(topic, partition, 0, 0, 0, None)
    for each in strands:
        counts = total.recomputed + each.count, total.held + each.number, total.expired + each.expired
        total = Compared(topic, partition, *counts, total.difference or each.difference)
    return total


async def _held(
    consumer: Consumer, place: TopicPartition, begin: int, end: int, writer_of: Written, form: Form | None
) -> AsyncIterator[tuple[int, Writer, bytes]]:
    async for fetched, _ in batches(consumer, place, begin, end):
        for record in fetched:
            value = record.value or b""
            compared = value if form is None else form(value)
            if compared is not None:
                yield record.offset, writer_of(record), compared


def _difference(recomputed: bytes | None, held: bytes | None, where: str) -> str | None:
    if recomputed == held:
        return None
    return f"{where}: recomputed {_shown(recomputed, held)}, held {_shown(held, recomputed)}"


def _shown(line: bytes | None, other: bytes | None) -> str:
    """Return a line from a little before the place where it differs."""
    if line is None:
        return "nothing"
    start = max(_common(line, other or b"") - _SHOWN // 3, 0)
    return ("…" if start else "") + line[start : start + _SHOWN].decode(errors="replace")


def _common(one: bytes, other: bytes) -> int:
    return next((number for number, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other)))
