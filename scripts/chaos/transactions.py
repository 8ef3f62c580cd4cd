"""Transactions that somebody has begun and not ended, as the broker sees them."""

import asyncio
from collections.abc import Collection

from aiokafka import TopicPartition

from pipeline.kafka.connection import client
from pipeline.kafka.reading import reading
from pipeline.kafka.topics import changelog_name
from pipeline.settings import Settings

_AGAIN = 0.3  # seconds after which what is still open is taken for left open


async def has_open_transaction(settings: Settings, stage: str, partitions: Collection[int]) -> bool:
    """Tell whether a transaction of a stage in some partitions stays open: who began it must be frozen, or dead."""
    before = await _open(settings, stage, partitions)
    if not before:
        return False
    await asyncio.sleep(_AGAIN)
    return bool(before & await _open(settings, stage, partitions))


async def _open(settings: Settings, stage: str, partitions: Collection[int]) -> set[tuple[TopicPartition, int]]:
    """Return the changelog partitions, of these, whose last stable offset lies before their end, with that offset."""
    name = changelog_name(settings, settings.application, stage)
    places = [TopicPartition(name, number) for number in partitions]
    async with reading(client(settings)) as stable, reading(client(settings) | {"isolation_level": "read_uncommitted"}) as written:
        stables, ends = await stable.end_offsets(places), await written.end_offsets(places)
    return {(place, stables[place]) for place in places if stables[place] < ends[place]}
