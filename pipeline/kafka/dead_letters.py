"""The dead letters on Kafka: read as they lie in their topic, partition by partition, or one by its id."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from msgspec.structs import replace

from pipeline.codec import DecodingError, decode
from pipeline.events.dead_letter import DeadLetter
from pipeline.flow import DEAD_LETTERS
from pipeline.kafka.publish import partitions_of
from pipeline.kafka.reading import batches, bounds
from pipeline.kafka.topics import topic_name
from pipeline.settings import Settings

Span = tuple[TopicPartition, int, int]  # a partition, from one offset to another
Told = Callable[[int], None]  # how many offsets more have been passed


class NoSuchLetterError(Exception):
    """There is no dead letter of that id."""


class Found(NamedTuple):
    """A record of the topic: its place, when it came there (milliseconds), and the letter in it; None where it holds none."""

    partition: int
    offset: int
    came: int
    letter: DeadLetter | None

    @property
    def id(self) -> str:
        """What the letter is called."""
        return f"{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters are asked for: None is any."""

    stage: str | None = None
    topic: str | None = None
    code: str | None = None

    def includes(self, letter: DeadLetter) -> bool:
        """Whether a letter is asked for."""
        asked = ((self.stage, letter.stage), (self.topic, letter.topic), (self.code, letter.error.code))
        return all(wanted in (None, there) for wanted, there in asked)


class Newest:
    """Keeps the newest of all letters that it is given, so many at most, without their originals."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[int, int, int, Found, DeadLetter]] = []

    def add(self, found: Found, letter: DeadLetter) -> None:
        """Take one more."""
        slim = replace(letter, original=None)
        heappush(self._heap, (found.came, found.partition, found.offset, found._replace(letter=slim), slim))
        if len(self._heap) > self._most:
            heappop(self._heap)

    def in_order(self) -> list[tuple[Found, DeadLetter]]:
        """Return them, the newest last."""
        return [(found, letter) for *_, found, letter in sorted(self._heap, key=lambda each: each[:3])]


async def spans(settings: Settings, consumer: AIOKafkaConsumer) -> list[Span]:
    """Return what the topic holds now. Raises TopicsError where it does not exist, and KafkaError."""
    name, partitions = topic_name(settings, DEAD_LETTERS), await partitions_of(settings, DEAD_LETTERS)
    return [(place, *await bounds(consumer, place)) for place in (TopicPartition(name, number) for number in range(partitions))]


def offsets(of: Sequence[Span]) -> int:
    """Return how many offsets some spans have."""
    return sum(end - begin for _, begin, end in of)


async def letters(consumer: AIOKafkaConsumer, of: Sequence[Span], told: Told) -> AsyncIterator[Found]:
    """Yield what lies in some spans, one partition after the other, each from its oldest record to its newest. Raises KafkaError."""
    for place, begin, end in of:
        at = begin
        async for fetched, position in batches(consumer, place, begin, end):
            for record in fetched:
                yield Found(place.partition, record.offset, record.timestamp, _decoded(record.value))
            told(position - at)
            at = position


async def letter(consumer: AIOKafkaConsumer, of: Sequence[Span], name: str) -> tuple[Found, DeadLetter]:
    """Return the letter of an id, and where it lies. Raises NoSuchLetterError and KafkaError."""
    partition, offset = _place(name)
    for place, begin, end in of:
        if place.partition == partition and begin <= offset < end:
            for found in [each async for each in letters(consumer, [(place, offset, offset + 1)], lambda _: None)]:
                if found.letter is None:
                    raise NoSuchLetterError(f"what lies at {name} in {place.topic} is no dead letter that this release can read")
                return found, found.letter
    there = ", ".join(f"{place.partition}:{begin} to {place.partition}:{end - 1}" for place, begin, end in of if begin < end) or "none"
    raise NoSuchLetterError(f"there is no dead letter {name}; there are {there}, see them with: takedown dead-letters list")


def _place(name: str) -> tuple[int, int]:
    partition, colon, offset = name.partition(":")
    if not (colon and partition.isascii() and partition.isdecimal() and offset.isascii() and offset.isdecimal()):
        raise NoSuchLetterError(f"{name} is no id of a dead letter; they look like 0:17, see: takedown dead-letters list")
    return int(partition), int(offset)


def _decoded(value: bytes | None) -> DeadLetter | None:
    try:
        return decode(DeadLetter, value or b"")
    except DecodingError:
        return None
