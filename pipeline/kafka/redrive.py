"""Redriving: the record of a dead letter is written again, as a new record of its topic, with a header that says where it comes from.

The letter's own copy is used where it is exact; else the record is read back from its place, and is known by its hash.
"""

import asyncio
from base64 import b64decode
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from xxhash import xxh3_128_hexdigest

from pipeline.events.dead_letter import DeadLetter
from pipeline.flow import DEAD_LETTERS, INPUTS, OUTPUTS, REFERENCES, writer
from pipeline.kafka.connection import client
from pipeline.kafka.dead_letters import Found, Span, Told, Wanted, letter, letters, spans
from pipeline.kafka.decode import HEADER_LIMIT, HEADERS, KEY_LIMIT, NAME_LIMIT, SIZE_LIMIT
from pipeline.kafka.publish import partitions_of, producer
from pipeline.kafka.reading import batches, bounds, reading
from pipeline.kafka.topics import topic_name
from pipeline.partitions import murmur2
from pipeline.settings import Settings

FROM = "takedown-redriven-from"  # header: <dead-letters topic>/<partition>/<offset>
_REPLACED = "\N{REPLACEMENT CHARACTER}"  # stands where a text was not UTF-8
_AT_ONCE = 1000  # records that wait for their acknowledgement
_NAMED = 20  # letters of one reason that are named


class NotRedrivenError(Exception):
    """Why a record cannot be written again, and what to do instead."""


class Original(NamedTuple):
    """A record as it was."""

    key: bytes | None
    value: bytes
    headers: Sequence[tuple[str, bytes]]


def refuse(letter: DeadLetter) -> None:
    """Raise NotRedrivenError where the record of a letter must not be written again, or it would be of no use."""
    if letter.topic in REFERENCES:
        verbs = "takedown rights load, takedown policy publish or takedown notifiers load"
        raise NotRedrivenError(f"{letter.topic} is reference data: publish it anew, with {verbs}")
    if letter.topic in OUTPUTS:
        raise NotRedrivenError(
            f"{letter.topic} has one writer, {writer(letter.topic)}; mend {letter.stage}, and let it read again: takedown reset --stage "
            f"{letter.stage} --to ..."
        )
    if letter.topic not in INPUTS:
        raise NotRedrivenError(f"{letter.topic} is no input of this release")
    if letter.error.code == "empty":
        raise NotRedrivenError("it has no value and would be refused again; its source has to send it anew")
    if letter.error.code == "too-large":
        raise NotRedrivenError(f"its value has more than {SIZE_LIMIT} bytes and would be refused again; its source has to send less")


class Redriver:
    """Writes the records of letters again; without a producer it only looks whether it could."""

    def __init__(
        self, settings: Settings, consumer: AIOKafkaConsumer, producing: AIOKafkaProducer | None, partitions: dict[str, int]
    ) -> None:
        self._settings, self._consumer, self._producer, self._partitions = settings, consumer, producing, partitions
        self._source = topic_name(settings, DEAD_LETTERS)
        self._sent: list[asyncio.Future[object]] = []

    async def redrive(self, found: Found, letter: DeadLetter) -> None:
        """Write the record of a letter again. Raises NotRedrivenError, and KafkaError."""
        refuse(letter)
        original = _copied(letter) or await self._read_back(letter)
        headers = [(name, value) for name, value in original.headers if name != FROM]
        headers.append((FROM, f"{self._source}/{found.partition}/{found.offset}".encode()))
        if self._producer is None:
            return
        name, partition = topic_name(self._settings, letter.topic), self._partition(letter, original.key)
        self._sent.append(await self._producer.send(name, original.value, key=original.key, partition=partition, headers=headers))
        if len(self._sent) >= _AT_ONCE:
            await self.settle()

    async def settle(self) -> None:
        """Wait until everything is acknowledged. Raises KafkaError."""
        await asyncio.gather(*self._sent)
        self._sent.clear()

    def _partition(self, letter: DeadLetter, key: bytes | None) -> int:
        """Return where a record belongs: by its key, as Kafka's own clients choose it."""
        return letter.partition if key is None else (murmur2(key) & 0x7FFFFFFF) % self._partitions[letter.topic]

    async def _read_back(self, letter: DeadLetter) -> Original:
        """Return the record that a letter is about, from its place. Raises NotRedrivenError where it is no longer there."""
        place = TopicPartition(topic_name(self._settings, letter.topic), letter.partition)
        if letter.partition >= self._partitions[letter.topic]:
            raise NotRedrivenError(f"{place.topic} was made anew, with fewer partitions")
        begin, end = await bounds(self._consumer, place)
        start, behind = (letter.offset, letter.offset + 1) if begin <= letter.offset < end else (end, end)
        for record in [each async for fetched, _ in batches(self._consumer, place, start, behind) for each in fetched]:
            value = record.value or b""
            if xxh3_128_hexdigest(value) != letter.input_hash:
                raise NotRedrivenError(f"another record lies at its place: {place.topic} was made anew")
            return Original(record.key, value, [(name, text or b"") for name, text in record.headers])
        raise NotRedrivenError(f"its letter does not hold all of it, and it is gone from {place.topic}, by retention or otherwise")


def _copied(letter: DeadLetter) -> Original | None:
    """Return the record as the letter has it; None where that is not all of it: a letter holds texts, and cuts them."""
    headers = letter.headers or {}
    texts = [(letter.key or "", KEY_LIMIT), *((name, NAME_LIMIT) for name in headers), *((text, HEADER_LIMIT) for text in headers.values())]
    if letter.original is None or len(headers) >= HEADERS or any(_REPLACED in text or len(text) >= limit for text, limit in texts):
        return None
    key = letter.key.encode() if letter.key is not None else None
    return Original(key, b64decode(letter.original), [(name, text.encode()) for name, text in headers.items()])


@asynccontextmanager
async def redriving(settings: Settings, *, dry: bool) -> AsyncIterator[Redriver]:
    """Give a redriver; at the end everything is acknowledged. Raises TopicsError where an input does not exist, and KafkaError."""
    partitions = {topic: await partitions_of(settings, topic) for topic in INPUTS}
    async with reading(client(settings)) as consumer:
        if dry:
            yield Redriver(settings, consumer, None, partitions)
            return
        async with producer(settings) as producing:
            redriver = Redriver(settings, consumer, producing, partitions)
            yield redriver
            await redriver.settle()


# -- what was asked for, all of it


@dataclass(slots=True)
class Left:
    """How many letters were left for one reason, and the ids of some."""

    number: int = 0
    ids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What became of the letters that were asked for: records written by topic, and what was left, by its reason."""

    written: Counter[str] = field(default_factory=Counter)
    left: dict[str, Left] = field(default_factory=dict)

    async def take(self, redriver: Redriver, found: Found, letter: DeadLetter) -> None:
        """Redrive one letter, or note why not. Raises KafkaError."""
        try:
            await redriver.redrive(found, letter)
        except NotRedrivenError as error:
            left = self.left.setdefault(str(error), Left())
            left.number += 1
            left.ids += [found.id] if left.number <= _NAMED else []
        else:
            self.written[letter.topic] += 1


async def redrive_ids(settings: Settings, names: Sequence[str], *, dry: bool) -> Outcome:
    """Redrive letters by their ids; `dry`: only look whether it can be done.

    Where one is not there, or must not be redriven, raises NoSuchLetterError or NotRedrivenError before anything is written; also
    TopicsError and KafkaError.
    """
    async with reading(client(settings)) as consumer:
        of = await spans(settings, consumer)
        chosen = [await letter(consumer, of, name) for name in dict.fromkeys(names)]
    for found, each in chosen:
        try:
            refuse(each)
        except NotRedrivenError as error:
            raise NotRedrivenError(f"{found.id} cannot be redriven: {error}") from None
    outcome = Outcome()
    async with redriving(settings, dry=dry) as redriver:
        for found, each in chosen:
            await outcome.take(redriver, found, each)
    return outcome


async def redrive_all(settings: Settings, of: Sequence[Span], wanted: Wanted, *, dry: bool, told: Told) -> Outcome:
    """Redrive all letters of some spans that are asked for, in their order. Raises TopicsError and KafkaError."""
    outcome = Outcome()
    async with reading(client(settings)) as consumer, redriving(settings, dry=dry) as redriver:
        async for found in letters(consumer, of, told):
            if found.letter is not None and wanted.includes(found.letter):
                await outcome.take(redriver, found, found.letter)
    return outcome
