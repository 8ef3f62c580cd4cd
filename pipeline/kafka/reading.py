"""Consumers, and reading in bulk what is committed in a partition."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from pipeline.kafka.topic_ids import describe

_AT_ONCE = 20_000  # records
_WAIT = 200  # milliseconds that one fetch waits for records
_PATIENCE = 2.0  # seconds that a consumer is given to stop, before it is told again


class Consumer(AIOKafkaConsumer):
    """aiokafka's consumer, with a `stop` that always ends.

    A fetcher that is just letting an earlier assignment go swallows the cancellation that is to end it, and its consumer waits for ever
    (aiokafka 0.14, Fetcher._fetch_requests_routine): it is told again.
    """

    async def stop(self) -> None:
        """See AIOKafkaConsumer."""
        stopping = asyncio.ensure_future(super().stop())
        while not (await asyncio.wait((stopping,), timeout=_PATIENCE))[0]:
            stopping.cancel()
        if not stopping.cancelled():
            stopping.result()


def reader(client: Mapping[str, Any]) -> Consumer:
    """Return a consumer of no group that reads what is committed; start it, and stop it."""
    return Consumer(
        **{"isolation_level": "read_committed", **client},
        enable_auto_commit=False,
        auto_offset_reset="none",
        fetch_max_bytes=32 * 1024 * 1024,
        max_partition_fetch_bytes=8 * 1024 * 1024,
        fetch_max_wait_ms=100,
    )


@asynccontextmanager
async def reading(client: Mapping[str, Any]) -> AsyncIterator[Consumer]:
    """Give a started reader. Raises KafkaError."""
    consumer = reader(client)
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def bounds(consumer: AIOKafkaConsumer, place: TopicPartition) -> tuple[int, int]:
    """Return where a partition begins, and where what is committed in it ends."""
    begins, ends = await consumer.beginning_offsets([place]), await consumer.end_offsets([place])
    return begins[place], ends[place]


async def batches(consumer: AIOKafkaConsumer, place: TopicPartition, start: int, end: int) -> AsyncIterator[tuple[Sequence[Any], int]]:
    """Yield the records of a partition from one offset to another in bulk, each time with the offset behind them.

    A batch may be empty: where nothing came in time, or where only the ends of transactions were passed.
    """
    if start >= end:
        return
    consumer.assign([place])
    consumer.seek(place, start)
    while (position := await consumer.position(place)) < end:
        fetched = (await consumer.getmany(place, timeout_ms=_WAIT, max_records=_AT_ONCE)).get(place, [])
        while fetched and fetched[-1].offset >= end:
            fetched.pop()
        yield fetched, fetched[-1].offset + 1 if fetched else position


async def spans(
    consumer: AIOKafkaConsumer, wanted: Mapping[TopicPartition, tuple[int, int]]
) -> AsyncIterator[tuple[TopicPartition, Sequence[Any]]]:
    """Yield the records of several partitions, each from one offset to another, all at once: for looks at many that hold little."""
    left = {place: end for place, (start, end) in wanted.items() if start < end}
    if left:
        consumer.assign(list(left))
        for place in left:
            consumer.seek(place, wanted[place][0])
    while left:
        fetched = await consumer.getmany(*left, timeout_ms=_WAIT)
        for place, end in list(left.items()):
            if records := [record for record in fetched.get(place, ()) if record.offset < end]:
                yield place, records
            if await consumer.position(place) >= end:
                del left[place]


async def places(consumer: AIOKafkaConsumer, client: Mapping[str, Any], name: str) -> list[tuple[TopicPartition, int, int]]:
    """Return the partitions of a topic, each with its bounds. Raises UnknownTopicOrPartitionError."""
    there = await describe(client, [name])
    if name not in there:
        raise UnknownTopicOrPartitionError(name)
    return [(place, *await bounds(consumer, place)) for place in (TopicPartition(name, number) for number in range(there[name].partitions))]
