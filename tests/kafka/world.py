"""What the tests on Kafka share: publishing, writing inputs, reading topics, owning partitions in this process."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer, TopicPartition

from pipeline.codec import encode
from pipeline.events.policy_record import PolicyRecord
from pipeline.flow import INPUTS, TOPICS
from pipeline.kafka.app import plan_of, stages_of
from pipeline.kafka.chunk import Chunk
from pipeline.kafka.connection import client
from pipeline.kafka.decode import decoder_of
from pipeline.kafka.inbox import Inbox
from pipeline.kafka.owner import Owner, Plan
from pipeline.kafka.reading import batches, bounds, reading
from pipeline.kafka.references import LiveReference
from pipeline.kafka.topic_ids import describe
from pipeline.kafka.topics import topic_name
from pipeline.partitions import partition_of
from pipeline.policy.loader import default_text, parse
from pipeline.settings import Settings

_TOPIC_OF = {TOPICS[topic].events[0]: topic for topic in INPUTS}


class Kept(NamedTuple):
    """A record as a topic holds it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    timestamp: int


@asynccontextmanager
async def producing(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(**client(settings), enable_idempotence=True)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def publish_policy(settings: Settings, text: str | None = None) -> None:
    text = text or default_text()
    record = PolicyRecord(parse(text, "a test").version, text)
    async with producing(settings) as producer:
        await producer.send_and_wait(topic_name(settings, "policies"), encode(record), key=record.version.encode(), partition=0)


async def publish_rights(settings: Settings, *rights: Any) -> None:
    async with producing(settings) as producer:
        for right in rights:
            await producer.send_and_wait(topic_name(settings, "rights"), encode(right), key=right.right_id.encode(), partition=0)


async def offer(settings: Settings, *events: Any) -> None:
    """Write what comes from outside to its partition and ticks to every one, each after the one before; bytes go to partition 0."""
    async with producing(settings) as producer:
        for event in events:
            if isinstance(event, bytes):
                await producer.send_and_wait(topic_name(settings, "listings"), event, partition=0)
            elif hasattr(event, "seller_id"):
                name, place = topic_name(settings, _TOPIC_OF[type(event)]), partition_of(event.seller_id, settings.partitions)
                await producer.send_and_wait(name, encode(event), key=event.seller_id.encode(), partition=place)
            else:
                for partition in range(settings.partitions):
                    await producer.send_and_wait(topic_name(settings, "clock"), encode(event), partition=partition)


async def kept(settings: Settings, topic: str, isolation: str = "read_committed") -> list[Kept]:
    """Return all that a topic holds, partition by partition."""
    name = topic_name(settings, topic) if topic in TOPICS else topic
    found: list[Kept] = []
    async with reading(client(settings) | {"isolation_level": isolation}) as consumer:
        for partition in range((await describe(client(settings), [name]))[name].partitions):
            place = TopicPartition(name, partition)
            async for records, _ in batches(consumer, place, *await bounds(consumer, place)):
                found += [Kept(partition, record.offset, record.key, record.value, record.headers, record.timestamp) for record in records]
    return found


async def next_chunk(settings: Settings, stage: str, positions: Mapping[str, int], partition: int = 0, most: int = 1000) -> Chunk:
    """Return the next chunk of a stage, fetched and merged as a worker does it. There must be one."""
    decoders = {topic: decoder_of(topic, topic_name(settings, topic), settings.partitions) for topic in positions}
    inbox = Inbox(partition, dict(positions), lambda topic, each: decoders[topic](each), records=most, size=2**30, ahead=1)
    ends = {}
    async with reading(client(settings)) as consumer:
        for topic, start in positions.items():
            place = TopicPartition(topic_name(settings, topic), partition)
            _, ends[topic] = await bounds(consumer, place)
            async for records, _ in batches(consumer, place, start, ends[topic]):
                inbox.put(topic, records, ends[topic])
    chunk = inbox.take(ends)
    assert chunk is not None
    return chunk


@asynccontextmanager
async def referring(settings: Settings, plan: Plan) -> AsyncIterator[LiveReference]:
    reference = LiveReference(client(settings), plan.names, searched=True)
    await reference.start()
    try:
        yield reference
    finally:
        await reference.close()


@asynccontextmanager
async def owning(settings: Settings, stage: str, reference: LiveReference, partition: int = 0, **changed: Any) -> AsyncIterator[Owner]:
    """Own a partition of a stage in this process; it is not opened yet."""
    owner = Owner(plan_of(settings, stages_of(stage), **changed), partition, reference)
    try:
        yield owner
    finally:
        await owner.close()
