"""What tests do on the broker beside the pipeline: make and delete topics, read what was written."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from pipeline.kafka.connection import client
from pipeline.kafka.topic_ids import topic_ids
from pipeline.kafka.topics import topic_name
from pipeline.settings import Settings


@asynccontextmanager
async def admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Give a client that administers the broker."""
    one = AIOKafkaAdminClient(**client(settings))
    await one.start()
    try:
        yield one
    finally:
        await one.close()


async def make(settings: Settings, topics: Mapping[str, int]) -> None:
    """Make topics, each with so many partitions, and wait until the broker shows them."""
    async with admin(settings) as one:
        await one.create_topics([NewTopic(name, partitions, 1) for name, partitions in topics.items()])
    await _until(settings, topics, there=len(topics))


async def delete(settings: Settings, *topics: str) -> None:
    """Delete topics, and wait until the broker no longer shows them."""
    async with admin(settings) as one:
        await one.delete_topics(list(topics))
    await _until(settings, topics, there=0)


async def _until(settings: Settings, topics: Iterable[str], *, there: int) -> None:
    for _ in range(100):
        if len(await topic_ids(client(settings), topics)) == there:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"the broker does not show what became of {', '.join(topics)}")


async def read(settings: Settings, topic: str, partition: int = 0) -> Sequence[Any]:
    """Return all records of a partition, with key, value, offset and timestamp."""
    place = TopicPartition(topic_name(settings, topic), partition)
    async with AIOKafkaConsumer(**client(settings), enable_auto_commit=False, isolation_level="read_committed") as consumer:
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        end = (await consumer.end_offsets([place]))[place]
        records: list[Any] = []
        while await consumer.position(place) < end:
            records += (await consumer.getmany(place, timeout_ms=1000)).get(place, [])
        return records
