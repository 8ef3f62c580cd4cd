"""The clock of a running pipeline: the time of the wall, to every partition. A second ticker is harmless: its ticks are dropped."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer

from pipeline.codec import encode
from pipeline.events.clock import Tick
from pipeline.kafka.publish import partitions_of, producer
from pipeline.kafka.topics import topic_name
from pipeline.settings import Settings

TOPIC = "clock"


async def tick(settings: Settings, *, once: bool, told: Callable[[datetime, int], None]) -> None:
    """Send the tick of the interval that has begun, and, unless `once`, one at the start of every interval for ever.

    `told` is called with the time and the number of partitions after each. Raises TopicsError where there is no such topic, and KafkaError.
    """
    partitions, interval = await partitions_of(settings, TOPIC), settings.clock_interval
    async with producer(settings) as one:
        while True:
            begun = time.time() // interval * interval
            when = datetime.fromtimestamp(begun, UTC)
            await _send(one, topic_name(settings, TOPIC), partitions, encode(Tick(when)))
            told(when, partitions)
            if once:
                return
            while (left := begun + interval - time.time()) > 0:  # a sleep may end early by the wall's time
                await asyncio.sleep(left)


async def _send(one: AIOKafkaProducer, name: str, partitions: int, value: bytes) -> None:
    await asyncio.gather(*[await one.send(name, value, partition=partition) for partition in range(partitions)])
