"""Writes what comes from outside to its topic: reference data, ticks. Each record is acknowledged by all replicas."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer

from pipeline.kafka.batches import BATCH, REQUEST
from pipeline.kafka.connection import client
from pipeline.kafka.topic_ids import describe
from pipeline.kafka.topics import TopicsError, topic_name
from pipeline.settings import Settings

_AT_ONCE = 5000  # records that wait for their acknowledgement


@asynccontextmanager
async def producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """Give a producer that writes each record once and in order; at the end everything is sent. Raises KafkaError."""
    one = AIOKafkaProducer(**client(settings), acks="all", enable_idempotence=True, max_batch_size=BATCH, max_request_size=REQUEST)
    await one.start()
    try:
        yield one
    finally:
        await one.stop()


async def partitions_of(settings: Settings, topic: str) -> int:
    """Return how many partitions a topic of the map has. Raises TopicsError where it does not exist, and KafkaError."""
    name = topic_name(settings, topic)
    there = await describe(client(settings), [name])
    if name not in there:
        raise TopicsError([f"{name} does not exist; make it: takedown topics create"])
    return there[name].partitions


async def publish(settings: Settings, topic: str, records: Iterable[tuple[str, bytes]]) -> int:
    """Write records, each a key and a value, in their order; return how many.

    Raises TopicsError where the topic does not exist, and KafkaError: then some may have been written.
    """
    await partitions_of(settings, topic)
    name, sent, count = topic_name(settings, topic), [], 0
    async with producer(settings) as one:
        for key, value in records:
            sent.append(await one.send(name, value, key=key.encode()))
            count += 1
            if len(sent) == _AT_ONCE:
                await asyncio.gather(*sent)
                sent.clear()
        await asyncio.gather(*sent)
    return count
