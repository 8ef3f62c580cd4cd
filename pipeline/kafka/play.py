"""Plays files into Kafka: what a marketplace would have sent, in the order of event time, with the ticks of its clock.

Records and ticks are dealt to the partitions as a local replay deals them. What follows another topic in its partition, a tick or what
follows a tick, is written after that is acknowledged: so a worker, however fast, meets them in the order in which the replay meets them.
No other clock may run on the application meanwhile.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaProducer

from pipeline.codec import encode
from pipeline.flow import INPUTS
from pipeline.kafka.batches import send
from pipeline.kafka.messages import Message
from pipeline.kafka.publish import partitions_of, producer
from pipeline.kafka.topics import TopicsError, topic_name
from pipeline.local.dealing import dealt
from pipeline.local.inputs import records
from pipeline.local.lines import Lines
from pipeline.local.merge import CLOCK, merged
from pipeline.settings import Settings
from pipeline.stages.record import Record

_AT_ONCE = 5000  # records that are collected, where no tick comes between

Told = Callable[[int, int, int], None]  # bytes read, bytes in all, records so far


@dataclass(slots=True)
class Played:
    """What was played: records by topic (a tick counts once, though every partition gets it), and lines too long to be held."""

    records: Counter[str]
    too_long: int = 0


async def play(settings: Settings, files: Mapping[str, Lines], speed: float | None, told: Told) -> Played:
    """Write the input topics among the files. `speed`: seconds of event time a second; None: as fast as it goes.

    Raises InputError, TopicsError where topics are missing or have different numbers of partitions, and KafkaError.
    """
    inputs = {topic: files[topic] for topic in INPUTS if topic in files}
    partitions = await _partitions(settings)
    size = sum(lines.size for lines in inputs.values())
    async with producer(settings) as one:
        player = _Player(settings, one, speed)
        for record in dealt(merged({topic: records(topic, lines) for topic, lines in inputs.items()}), partitions):
            if player.is_to_write_before(record):
                await player.flush()
                told(sum(lines.read for lines in inputs.values()), size, player.played.records.total())
            player.take(record)
        await player.flush()
    told(size, size, player.played.records.total())
    return player.played


async def _partitions(settings: Settings) -> int:
    """Return the number of partitions that all input topics have."""
    found = {topic: await partitions_of(settings, topic) for topic in INPUTS}
    if len(set(found.values())) > 1:
        raise TopicsError(
            [f"{topic_name(settings, topic)} has {number} partitions; inputs must have the same" for topic, number in found.items()]
        )
    return found[INPUTS[0]]


class _Player:
    """Collects what can be written together: in each partition nothing that comes after a tick that is collected."""

    def __init__(self, settings: Settings, producer: AIOKafkaProducer, speed: float | None) -> None:
        self.played = Played(Counter())
        self._producer = producer
        self._names = {topic: topic_name(settings, topic) for topic in INPUTS}
        self._waiting: dict[tuple[str, int], list[Message]] = {}
        self._count = 0
        self._pace = _Pace(speed) if speed is not None else None
        self._due: datetime | None = None

    def is_to_write_before(self, record: Record) -> bool:
        """Tell whether what is collected must be written before a record is taken, or should not wait for it.

        Topics are written side by side, so what is collected of another topic of its partition must be there first: a worker that finds
        a topic at its end goes on with the others. Only a tick comes behind all that is collected.
        """
        name = self._names[record.topic]
        others = ((other, record.partition) for other in self._names.values() if other != name)
        after_another = record.topic != CLOCK and any(other in self._waiting for other in others)
        early = self._pace is not None and record.fault is None and self._pace.is_early(record.event.event_time)
        return after_another or early or self._count >= _AT_ONCE

    def take(self, record: Record) -> None:
        """Collect a record. A tick counts once, though every partition gets it."""
        if record.digest is not None:
            self.played.too_long += 1
            return
        self.played.records[record.topic] += record.topic != CLOCK or record.partition == 0
        key = record.key.encode() if record.key is not None else None
        value = record.raw if record.raw or record.fault is not None else encode(record.event)  # a tick that was made has no bytes yet
        self._waiting.setdefault((self._names[record.topic], record.partition), []).append(Message(key, value))
        self._count += 1
        if record.fault is None:
            self._due = record.event.event_time

    async def flush(self) -> None:
        """Write what is collected, the ticks behind all else, and wait until it is acknowledged."""
        if self._pace is not None and self._due is not None:
            await self._pace.until(self._due)
        clock = self._names[CLOCK]
        await self._write({place: each for place, each in self._waiting.items() if place[0] != clock})
        await self._write({place: each for place, each in self._waiting.items() if place[0] == clock})
        self._waiting.clear()
        self._count = 0

    async def _write(self, messages: Mapping[tuple[str, int], Sequence[Message]]) -> None:
        await asyncio.gather(*[future for _, _, future in await send(self._producer, messages)])


class _Pace:
    """Event time at a multiple of the wall's."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began: tuple[float, datetime] | None = None

    def is_early(self, due: datetime | None) -> bool:
        """Tell whether an event time is not due yet, so that what came before it should not wait for it."""
        return due is not None and self._early_by(due) > 0

    async def until(self, due: datetime) -> None:
        """Wait until an event time is due."""
        await asyncio.sleep(max(self._early_by(due), 0.0))

    def _early_by(self, due: datetime) -> float:
        """Return the seconds until an event time is due; the first one is due at once."""
        if self._began is None:
            self._began = time.monotonic(), due
        wall, event = self._began
        return (due - event).total_seconds() / self._speed - (time.monotonic() - wall)
