"""Deals a stream out to several partitions, as a topic with a key does: each seller has one, every tick goes to all.

A worker merges the clock and the listings of its own partition, and knows of no other. So a tick that another partition's listing has
brought waits here until a listing of this partition is as late, or there is none any more: a late record is handled at the same time in
both. What comes meanwhile gets the tick of its own minute, where ticks are made: before the clock of its partition it would seem to be
from the future, and whether it does would depend on when a worker looks.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from pipeline.events.clock import Tick
from pipeline.local.merge import CLOCK
from pipeline.partitions import partition_of
from pipeline.stages.record import Record

_MOST_WAITING = 10_000  # ticks: a partition that is silent for a week goes on all the same


def dealt(records: Iterator[Record], partitions: int) -> Iterator[Record]:
    """Yield records with their partition; what has no key goes to the first."""
    clocks = [_Clock(number) for number in range(partitions)]
    for record in records:
        if record.topic == CLOCK and record.fault is None:
            for clock in clocks:
                yield from clock.add(record)
            continue
        number = partition_of(record.key, partitions) if record.key is not None else 0
        if record.fault is None:
            yield from clocks[number].until(record.event.event_time)
        yield replace(record, partition=number)
    for clock in clocks:
        yield from clock.rest()


class _Clock:
    """The ticks that wait in one partition."""

    def __init__(self, partition: int) -> None:
        self._partition = partition
        self._waiting: deque[Record] = deque()
        self._at: datetime | None = None  # the last tick that was given out

    def add(self, tick: Record) -> Iterator[Record]:
        """Take a tick; give out the oldest where too many wait."""
        self._waiting.append(replace(tick, partition=self._partition))
        if len(self._waiting) > _MOST_WAITING:
            yield self._next()

    def until(self, at: datetime) -> Iterator[Record]:
        """Give out the ticks that come before a record of some time, the last of them of its own minute where ticks are made."""
        while self._waiting and self._waiting[0].event.event_time <= at:
            yield self._next()
        minute = at.replace(second=0, microsecond=0)
        if self._waiting and not self._waiting[0].raw and (self._at is None or minute > self._at):
            self._waiting.appendleft(replace(self._waiting[0], event=Tick(minute)))
            yield self._next()

    def rest(self) -> Iterator[Record]:
        """Give out all that still wait."""
        while self._waiting:
            yield self._next()

    def _next(self) -> Record:
        tick = self._waiting.popleft()
        self._at = tick.event.event_time
        return tick
