"""The inbox of one partition: what was fetched from its input topics and not yet delivered, merged by event time.

A stage with one input gets it as it is. Dedupe has several: the smallest head goes first, once every input has a head or is at its
end, asked after the last record was read. At the same time the clock comes first. What does not decode has no time of its own: it keeps
its place behind the record before it.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from msgspec.structs import replace

from pipeline.kafka.chunk import Chunk
from pipeline.stages.record import Record

CLOCK = "clock"
_START = datetime.min.replace(tzinfo=UTC)

Decode = Callable[[str, Any], Record]  # (topic, what was fetched) -> record


class _Input:
    """One input topic: what was fetched, and the offset behind it."""

    def __init__(self, topic: str, position: int) -> None:
        self.topic = topic
        self.fetched: deque[Any] = deque()
        self.size = 0  # bytes of what was fetched
        self.position = position
        self.head: Record | None = None  # decoded, and not yet taken
        self.at = _START

    @property
    def waiting(self) -> int:
        return len(self.fetched) + (self.head is not None)

    def pop(self) -> Any:
        """Take the next record that was fetched."""
        record = self.fetched.popleft()
        self.size -= len(record.value or b"")
        return record

    @property
    def next_offset(self) -> int:
        """The offset of the next record that is not taken."""
        if self.head is not None:
            return self.head.offset
        return int(self.fetched[0].offset) if self.fetched else self.position


class Inbox:
    """Fetched records of one partition. It asks for `ahead` chunks of each input, in records or bytes; one fetch more may come."""

    def __init__(self, partition: int, positions: dict[str, int], decode: Decode, *, records: int, size: int, ahead: int) -> None:
        self.partition = partition
        order = sorted(positions, key=lambda topic: (topic != CLOCK, topic))
        self._inputs = {topic: _Input(topic, positions[topic]) for topic in order}
        self._decode, self._records, self._size, self._ahead = decode, records, size, ahead

    def put(self, topic: str, fetched: Sequence[Any], position: int) -> None:
        """Take over what was fetched, and the offset behind it."""
        source = self._inputs[topic]
        source.fetched.extend(fetched)
        source.size += sum(len(record.value or b"") for record in fetched)
        source.position = max(position, source.position)

    def wants(self, topic: str) -> bool:
        """Tell whether more should be fetched of a topic."""
        source = self._inputs[topic]
        return source.waiting < self._ahead * self._records and source.size < self._ahead * self._size

    @property
    def positions(self) -> dict[str, int]:
        """Where reading goes on, were everything taken that has been delivered."""
        return {source.topic: source.next_offset for source in self._inputs.values()}

    @property
    def waits_for(self) -> list[str]:
        """Inputs without a record while another has one: a chunk can be made only when each of them is known to be at its end."""
        empty = [source.topic for source in self._inputs.values() if not source.waiting]
        return empty if 0 < len(empty) < len(self._inputs) else []

    def take(self, ends: dict[str, int]) -> Chunk | None:
        """Return the next chunk; None while there is none. `ends` are the ends of inputs, asked after what is here was fetched."""
        records = list(self._one_input() if len(self._inputs) == 1 else self._merged(self._ended(ends)))
        return Chunk(self.partition, records, self.positions) if records else None

    def _ended(self, ends: dict[str, int]) -> Collection[str]:
        return {topic for topic, end in ends.items() if self._inputs[topic].position >= end}

    def _one_input(self) -> Iterable[Record]:
        (source,) = self._inputs.values()
        size = taken = 0
        for fetched in islice(source.fetched, self._records):
            size += len(fetched.value or b"")
            if taken and size > self._size:
                break
            taken += 1
        return [self._decode(source.topic, source.pop()) for _ in range(taken)]

    def _merged(self, ended: Collection[str]) -> Iterable[Record]:
        size = taken = 0
        while taken < self._records and (source := self._first(ended)) is not None and source.head is not None:
            size += len(source.head.raw)
            if taken and size > self._size:
                return
            record, source.head = source.head, None
            taken += 1
            yield self._marked(record, ended)

    def _first(self, ended: Collection[str]) -> _Input | None:
        """Return the input with the smallest head; None where an input has none and is not at its end, or none has one."""
        first: _Input | None = None
        for source in self._inputs.values():
            self._look(source)
            if source.head is None:
                if source.topic not in ended:
                    return None
            elif first is None or source.at < first.at:
                first = source
        return first

    def _look(self, source: _Input) -> None:
        """Decode the next record of an input, where its head was taken."""
        if source.head is None and source.fetched:
            source.head = self._decode(source.topic, source.pop())
            if source.head.fault is None:
                source.at = source.head.event.event_time

    def _marked(self, record: Record, ended: Collection[str]) -> Record:
        """Mark a record that comes when the clock is at its end."""
        clock = self._inputs.get(CLOCK)
        if clock is None or record.topic == CLOCK or clock.waiting or CLOCK not in ended:
            return record
        return replace(record, clock_ended=True)
