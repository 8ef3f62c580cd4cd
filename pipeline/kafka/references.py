"""Reference data of a worker: rights, policies and standings, read continuously; they take effect at ticks only.

A tick is stamped with how much has been read and made ready; the other stages wait until they have read as far as a tick says. The
registry's search index is built in a thread, off the hot path, and shared by all partitions.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.collector import leave_alone
from pipeline.events.dead_letter import DeadLetter
from pipeline.events.sequence import Offsets
from pipeline.flow import REFERENCES
from pipeline.kafka.decode import decoder_of
from pipeline.kafka.reading import reader
from pipeline.local.references import POLICIES, References, by_topic, offsets_of
from pipeline.stages.record import Record
from pipeline.stages.reference import MissingReferenceError, Snapshot

log = logging.getLogger(__name__)

_POLL = 200  # milliseconds
_SAY_EVERY = 10.0  # seconds


class LiveReference:
    """What the stages ask for reference data (see stages.reference.Reference), kept up to date by `run`."""

    def __init__(self, client: Mapping[str, Any], names: Mapping[str, str], *, searched: bool) -> None:
        """`names` are the topics' names on the broker; `searched`: the stage searches for brand names."""
        self.read = References()
        self._consumer: AIOKafkaConsumer = reader(client)
        self._places = {topic: TopicPartition(names[topic], 0) for topic in REFERENCES}
        self._decoders = {topic: decoder_of(topic, names[topic], 1) for topic in REFERENCES}
        self._searched = searched
        self._ready = Offsets()
        self._moved = asyncio.Condition()
        self._told = 0  # dead letters that are logged

    # -- what a stage asks

    def read_so_far(self) -> Offsets:
        """Return how much has been read and made ready."""
        return self._ready

    def at(self, offsets: Offsets) -> Snapshot:
        """Return the data of exactly these offsets. Raises MissingReferenceError."""
        return self.read.history.at(offsets)

    @property
    def dead_letters(self) -> Sequence[DeadLetter]:
        """What could not be used of the reference topics, in the order of reading."""
        return self.read.dead_letters

    # -- how it is kept up to date

    async def start(self) -> None:
        """Read all that is there. Raises MissingReferenceError where no policy was published."""
        await self._consumer.start()
        places = list(self._places.values())
        self._consumer.assign(places)
        for place, begin in (await self._consumer.beginning_offsets(places)).items():
            if begin:
                raise MissingReferenceError(f"{place.topic} begins at {begin}: a part of its history is gone; it must be kept for ever")
            self._consumer.seek(place, begin)
        ends = await self._consumer.end_offsets(places)
        while any([await self._consumer.position(place) < end for place, end in ends.items()]):
            self._take(await self._consumer.getmany(*places, timeout_ms=_POLL))
        if not self.read.history.has_policy:
            raise MissingReferenceError(f"{self._places[POLICIES].topic} holds no good policy; publish one: takedown policy publish")
        await self._make_ready()

    async def run(self) -> None:
        """Go on reading until cancelled."""
        while True:
            if self._take(await self._consumer.getmany(*self._places.values(), timeout_ms=_POLL)):
                await self._make_ready()

    def _take(self, fetched: Mapping[TopicPartition, Sequence[Any]]) -> int:
        """Take over records; a gap in the offsets (an aborted transaction) keeps its place, so that offsets and counts agree."""
        for topic, place in self._places.items():
            for each in fetched.get(place, ()):
                self.read.skip_to(topic, each.offset)
                self.read.add(self._decoders[topic](each))
        return sum(map(len, fetched.values()))

    async def _make_ready(self) -> None:
        """Build what a stage needs of the newest data, then let it be seen."""
        offsets = self.read.history.read_so_far()
        await asyncio.to_thread(self._build, offsets)
        leave_alone()
        async with self._moved:
            self._ready = offsets
            self._moved.notify_all()
        log.info("reference data: %d rights, %d policies, %d standings", offsets.rights, offsets.policies, offsets.standings)
        for letter in self.dead_letters[self._told :]:
            said = "%s: record %d is no good, and what was good before it holds: %s"
            log.error(said, letter.topic, letter.offset, letter.error.message, extra={"fields": {"topic": letter.topic}})
        self._told = len(self.dead_letters)

    def _build(self, offsets: Offsets) -> None:
        snapshot = self.read.history.at(offsets)
        if self._searched:
            snapshot.registry.index  # noqa: B018 - built once, then kept

    async def bring_to(self, records: Sequence[Record], wanted: Offsets | None) -> None:
        """Wait until all that the ticks among some records ask for is ready, and the data of `wanted`, where the stage stands."""
        asked = {record.event.reference for record in records if hasattr(record.event, "reference")}
        if wanted is not None:
            asked.add(wanted)
        for offsets in sorted(asked, key=lambda each: tuple(by_topic(each).values())):
            await self._until_ready(offsets)
            await asyncio.to_thread(self._build, offsets)

    async def _until_ready(self, wanted: Offsets) -> None:
        """Wait, and say so where it takes long. Raises MissingReferenceError where the topics do not hold so much."""
        while not _covers(self._ready, wanted):
            try:
                async with asyncio.timeout(_SAY_EVERY), self._moved:
                    await self._moved.wait_for(lambda: _covers(self._ready, wanted))
            except TimeoutError:
                ends = await self._consumer.end_offsets(list(self._places.values()))
                held = offsets_of({topic: ends[place] for topic, place in self._places.items()})
                log.warning("waiting for reference data: a tick asks for %s, %s are ready, the topics hold %s", wanted, self._ready, held)
                if not _covers(held, wanted):
                    raise MissingReferenceError(f"the sequence asks for {wanted}, the topics hold {held}: were they made anew?") from None

    async def ends(self, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        """Ask the broker where what is committed ends, in any topics. Raises KafkaError."""
        found: Mapping[TopicPartition, int] = await self._consumer.end_offsets(list(places)) if places else {}
        return found

    async def close(self) -> None:
        """Stop reading."""
        await self._consumer.stop()


def _covers(ready: Offsets, wanted: Offsets) -> bool:
    there = by_topic(ready)
    return all(there[topic] >= number for topic, number in by_topic(wanted).items())
