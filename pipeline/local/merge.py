"""One stream from several input files: by event time, in the order of the lines within a file, with a tick before each new minute.

A line that does not decode has no time of its own: it keeps its place behind the line before it. A line dated far ahead of the clock and of
the line that follows it does not move the clock: else one wrong date would make all that follows late.
"""

import heapq
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from pipeline.events.clock import Tick
from pipeline.stages.record import Record

CLOCK = "clock"
_START = datetime.min.replace(tzinfo=UTC)
_FAR = timedelta(days=366)  # a stray is dead-lettered, so what may be sparse data is none
_LOOK_AHEAD = 1000  # records
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


class Minutes:
    """The ticks of a stream that brings none: one before the first record of each minute that is later than all before it."""

    def __init__(self) -> None:
        self.last, self.made = _START, 0

    def tick(self, at: datetime) -> Record | None:
        """Return the tick that comes before a record of some time; None where its minute has begun."""
        minute = at.replace(second=0, microsecond=0)
        if minute <= self.last:
            return None
        self.last, self.made = minute, self.made + 1
        return Record(CLOCK, 0, self.made - 1, b"", Tick(minute))


def _with_ticks(records: Iterator[Record]) -> Iterator[Record]:
    """Put a tick before the first record of each minute. A stray record is as if the clock had ended."""
    minutes = Minutes()
    for record, follower in _with_followers(records):
        if record.fault is None:
            stray = _is_stray(record, follower, minutes.last)
            due = follower if stray and follower is not None else record.event.event_time
            tick = minutes.tick(due) if minutes.made == 0 or not stray else None
            if tick is not None:
                yield tick
            if stray:
                yield replace(record, clock_ended=True)
                continue
        yield record


def _is_stray(record: Record, follower: datetime | None, clock: datetime) -> bool:
    """Tell whether a record is far ahead of the clock, and of the record that follows."""
    at = record.event.event_time
    return follower is not None and at - clock > _FAR and at - follower > _FAR


def _with_followers(records: Iterator[Record]) -> Iterator[tuple[Record, datetime | None]]:
    """Yield each record with the time of the next one that has a time; None where that is not among the next _LOOK_AHEAD."""
    waiting: deque[Record] = deque()
    for record in records:
        if record.fault is None or len(waiting) == _LOOK_AHEAD:
            yield from _released(waiting, record.event.event_time if record.fault is None else None)
        waiting.append(record)
    yield from _released(waiting, None)


def _released(waiting: deque[Record], follower: datetime | None) -> Iterator[tuple[Record, datetime | None]]:
    while waiting:
        yield waiting.popleft(), follower


def _with_clock(streams: dict[str, Iterator[Record]]) -> Iterator[Record]:
    """Mark the records that come when the clock has no later tick."""
    clock = _Ending(streams[CLOCK])
    for record in _by_time({**streams, CLOCK: iter(clock)}):
        yield replace(record, clock_ended=True) if clock.ended and record.topic != CLOCK else record


class _Ending:
    """A stream that knows when it has been read to its end. A clock that never ticked has not ended: there is none."""

    def __init__(self, stream: Iterator[Record]) -> None:
        self._stream = stream
        self.ended = False

    def __iter__(self) -> Iterator[Record]:
        ticked = False
        for record in self._stream:
            ticked = ticked or record.fault is None
            yield record
        self.ended = ticked
