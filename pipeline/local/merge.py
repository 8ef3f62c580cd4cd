"""One stream from several input files: by event time, in the order of the lines within a file, with a tick before each new minute.

A line that does not decode has no time of its own: it keeps its place behind the line before it.
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from pipeline.events.clock import Tick
from pipeline.stages.record import Record

CLOCK = "clock"
_START = datetime.min.replace(tzinfo=UTC)
_Timed = tuple[datetime, int, Record]


def merged(streams: Mapping[str, Iterator[Record]]) -> Iterator[Record]:
    """Yield the records of all topics: always the smallest head. At the same time the clock comes first.

    Ticks come from the topic `clock` where it is there; else they are made, one before the first record of each minute.
    """
    if CLOCK not in streams:
        return _with_ticks(_by_time(streams))
    return _with_clock(dict(streams))


def _by_time(streams: Mapping[str, Iterator[Record]]) -> Iterator[Record]:
    order = sorted(streams, key=lambda topic: (topic != CLOCK, topic))
    for _, _, record in heapq.merge(*(_timed(streams[topic], rank) for rank, topic in enumerate(order)), key=lambda timed: timed[:2]):
        yield record


def _timed(stream: Iterator[Record], rank: int) -> Iterator[_Timed]:
    at = _START
    for record in stream:
        if record.fault is None:
            at = record.event.event_time
        yield at, rank, record


def _with_ticks(records: Iterator[Record]) -> Iterator[Record]:
    """Put a tick before the first record of each minute that is later than all before it."""
    last, made = _START, 0
    for record in records:
        if record.fault is None:
            minute = record.event.event_time.replace(second=0, microsecond=0)
            if minute > last:
                yield Record(CLOCK, 0, made, b"", Tick(minute))
                last, made = minute, made + 1
        yield record


def _with_clock(streams: dict[str, Iterator[Record]]) -> Iterator[Record]:
    """Mark the records that come when the clock has no later tick."""
    clock = _Ending(streams[CLOCK])
    for record in _by_time({**streams, CLOCK: iter(clock)}):
        yield replace(record, clock_ended=True) if clock.ended and record.topic != CLOCK else record


class _Ending:
    """A stream that knows when it has been read to its end."""

    def __init__(self, stream: Iterator[Record]) -> None:
        self._stream = stream
        self.ended = False

    def __iter__(self) -> Iterator[Record]:
        yield from self._stream
        self.ended = True
