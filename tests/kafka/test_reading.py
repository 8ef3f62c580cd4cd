"""Reading partitions in bulk."""

import asyncio

from aiokafka import TopicPartition

from pipeline.events.clock import Tick
from pipeline.kafka.connection import client
from pipeline.kafka.reading import batches, bounds, reading
from pipeline.kafka.topics import topic_name
from pipeline.settings import Settings
from tests.build import at
from tests.kafka.world import offer


async def test_a_consumer_stops_while_it_lets_an_assignment_go(topics: Settings) -> None:
    first, second = (TopicPartition(topic_name(topics, "listings"), partition) for partition in (0, 1))
    async with asyncio.timeout(20), reading(client(topics)) as consumer:
        consumer.assign([first])
        consumer.seek(first, 0)
        await consumer.getmany(first, timeout_ms=50)  # a fetch is under way
        consumer.assign([second])


async def test_a_part_of_a_partition_is_read(topics: Settings) -> None:
    await offer(topics, *(Tick(at(seconds=number)) for number in range(10)))
    place = TopicPartition(topic_name(topics, "clock"), 0)
    async with reading(client(topics)) as consumer:
        assert await bounds(consumer, place) == (0, 10)
        found = [(record.offset, behind) async for fetched, behind in batches(consumer, place, 3, 7) for record in fetched]
        assert [offset for offset, _ in found] == [3, 4, 5, 6]
        assert found[-1][1] == 7
        assert [each async for each in batches(consumer, place, 7, 7)] == []
