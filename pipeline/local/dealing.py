"""Deals a stream out to several partitions, as a topic with a key does: each seller has one, every tick goes to all.

A worker merges the clock and the listings of its own partition, and knows of no other. So a tick that another partition's listing has
brought waits here until a listing of this partition is as late, or there is none any more: a late record is handled at the same time in
both.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from pipeline.local.merge import CLOCK
from pipeline.partitions import partition_of
from pipeline.stages.record import Record

_MOST_WAITING = 10_000  # ticks: a partition that is silent for a week goes on all the same


def dealt(records: Iterator[Record], partitions: int) -> Iterator[Record]:
    """Yield records with their partition; what has no key goes to the first."""
    waiting: list[deque[Record]] = [deque() for _ in range(partitions)]
    for record in records:
        if record.topic == CLOCK and record.fault is None:
            for number, ticks in enumerate(waiting):
                ticks.append(replace(record, partition=number))
                if len(ticks) > _MOST_WAITING:
                    yield ticks.popleft()
            continue
        number = partition_of(record.key, partitions) if record.key is not None else 0
        if record.fault is None:
            yield from _due(waiting[number], record.event.event_time)
        yield replace(record, partition=number)
    for ticks in waiting:
        yield from ticks


def _due(ticks: deque[Record], at: datetime) -> Iterator[Record]:
    while ticks and ticks[0].event.event_time <= at:
        yield ticks.popleft()
