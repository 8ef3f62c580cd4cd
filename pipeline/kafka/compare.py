"""Compares what was recomputed with what the output topics hold: byte for byte, in order, partition by partition.

Of dead letters, what the broker gave their records (offset, key, headers, time) is left out.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aiokafka import TopicPartition
from msgspec.structs import replace

from pipeline.codec import decode, encode
from pipeline.events.dead_letter import DeadLetter
from pipeline.flow import DEAD_LETTERS, OUTPUTS, SEQUENCE, STAGES
from pipeline.kafka.connection import client
from pipeline.kafka.reading import Consumer, batches, places, reading
from pipeline.kafka.topics import topic_name
from pipeline.settings import Settings

_SHOWN = 300  # characters of a line that differs

Form = Callable[[bytes], bytes | None]  # what is compared of a value; None: it is not compared
Counts = Mapping[tuple[str, int], int]  # recomputed lines by topic and partition


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
                compared += await _topic(settings, consumer, topic, out / f"{topic}.jsonl", counts)
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
            compared.append(await _partition(consumer, topic, place, begin, end, own, count))
            for _ in own:  # so that the next partition's lines come next
                pass
    return compared


async def _dead_letters(settings: Settings, consumer: Consumer, path: Path, stage: str) -> list[Compared]:
    """Compare the dead letters of one stage: several write the topic, each in an order of its own."""
    form = _letters_of(stage)
    by_partition: dict[int, list[bytes]] = {}
    with path.open("rb") as lines:
        for line in lines:
            if (letter := form(line)) is not None:
                by_partition.setdefault(decode(DeadLetter, line).partition, []).append(letter)
    return [
        await _partition(consumer, DEAD_LETTERS, place, begin, end, own := by_partition.get(place.partition, []), len(own), form)
        for place, begin, end in await places(consumer, client(settings), topic_name(settings, DEAD_LETTERS))
    ]


def _letters_of(stage: str) -> Form:
    def form(value: bytes) -> bytes | None:
        letter = decode(DeadLetter, value)
        return encode(replace(letter, offset=0, key=None, headers=None, timestamp=None)) if letter.stage == stage else None

    return form


async def _partition(
    consumer: Consumer,
    topic: str,
    place: TopicPartition,
    begin: int,
    end: int,
    recomputed: Iterable[bytes],
    count: int,
    form: Form | None = None,
) -> Compared:
    """Compare one partition, of which retention may have taken the beginning."""
    expired = 0
    if begin:
        held = [1 async for _ in _held(consumer, place, begin, end, form)]
        expired = max(count - len(held), 0)
    own, number, difference = islice(recomputed, expired, None), 0, None
    async for offset, value in _held(consumer, place, begin, end, form):
        number += 1
        if difference is None:
            difference = _difference(next(own, None), value, f"offset {offset}")
    if difference is None and expired + number < count:
        difference = _difference(next(own, None), None, f"record {number + 1} and {count - expired - number - 1} more")
    return Compared(topic, place.partition, count, number, expired, difference)


async def _held(consumer: Consumer, place: TopicPartition, begin: int, end: int, form: Form | None) -> AsyncIterator[tuple[int, bytes]]:
    async for fetched, _ in batches(consumer, place, begin, end):
        for record in fetched:
            value = record.value or b""
            compared = value if form is None else form(value)
            if compared is not None:
                yield record.offset, compared


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
