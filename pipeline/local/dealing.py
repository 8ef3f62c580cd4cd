"""Deals a stream out to several partitions, as a topic with a key does: each seller has one, every tick goes to all.

A worker merges the inputs of its own partition, and knows of no other. So what is no listing waits here until a listing of its partition is
as late, or there is none any more: a late listing is handled at the same time in both, whether a worker meets it long after it came or at
once. What comes before a tick that waits gets the tick of its own minute, where ticks are made: far ahead of the clock of its partition it
would seem to be from the future, and whether it does would depend on when a worker looks.
"""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec.structs import replace

from pipeline.events.clock import Tick
from pipeline.local.merge import CLOCK
from pipeline.partitions import partition_of
from pipeline.stages.record import Record

LISTINGS = "listings"  # the one input of which every partition has some at all times
_MOST_WAITING = 10_000  # records; a partition that is silent for a week goes on all the same
_START = datetime.min.replace(tzinfo=UTC)
_Place = tuple[datetime, bool, str]  # in the order of a merge: by time, at the same time the clock first, then by topic


def dealt(records: Iterator[Record], partitions: int) -> Iterator[Record]:
    """Yield records with their partition; what has no key goes to the first."""
    lanes = [_Lane(number) for number in range(partitions)]
    for record in records:
        number = partition_of(record.key, partitions) if record.key is not None else 0
        for lane in lanes if record.topic == CLOCK and record.fault is None else (lanes[number],):
            yield from lane.take(record)
    for lane in lanes:
        yield from lane.rest()


class _Lane:
    """One partition: what waits in it, by topic."""

    def __init__(self, partition: int) -> None:
        self._partition = partition
        self._waiting: dict[str, deque[tuple[datetime, Record]]] = {}
        self._count = 0
        self._last: dict[str, datetime] = {}  # the time of the last record of each topic that came
        self._tick = _START  # the last one that was given out

    def take(self, record: Record) -> Iterator[Record]:
        """Take the next record; give out what comes before it, and a listing at once. What does not decode has no time of its own."""
        record = replace(record, partition=self._partition)
        if record.topic == LISTINGS:
            if record.fault is None:
                yield from self._until(record.event.event_time)
            yield record
            return
        at = record.event.event_time if record.fault is None else self._last.get(record.topic, _START)
        self._last[record.topic] = at
        self._waiting.setdefault(record.topic, deque()).append((at, record))
        self._count += 1
        if self._count > _MOST_WAITING:
            yield self._next()

    def rest(self) -> Iterator[Record]:
        """Give out all that still waits."""
        while self._count:
            yield self._next()

    def _until(self, at: datetime) -> Iterator[Record]:
        """Give out what comes before a listing of some time, and where the next tick was made, the one of the listing's own minute."""
        while self._count and self._first() < (at, True, LISTINGS):
            yield self._next()
        ticks, minute = self._waiting.get(CLOCK), at.replace(second=0, microsecond=0)
        if ticks and not ticks[0][1].raw and minute > self._tick:
            self._tick = minute
            yield replace(ticks[0][1], event=Tick(minute))

    def _first(self) -> _Place:
        """Return the place of the next record that waits."""
        return min((queue[0][0], topic != CLOCK, topic) for topic, queue in self._waiting.items() if queue)

    def _next(self) -> Record:
        *_, topic = self._first()
        at, record = self._waiting[topic].popleft()
        self._count -= 1
        if topic == CLOCK and record.fault is None:
            self._tick = at
        return record
