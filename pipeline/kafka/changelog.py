"""The changelog: every change of a stage's state, compacted; what a new owner reads first."""

import logging
from collections.abc import Callable, Iterable
from time import monotonic

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.kafka.reading import batches

log = logging.getLogger(__name__)

_SAY_EVERY = 5.0  # seconds

Entry = tuple[bytes, bytes | None]


async def recover(
    consumer: AIOKafkaConsumer, place: TopicPartition, start: int, end: int, restore: Callable[[Iterable[Entry], int], None]
) -> int:
    """Read a changelog partition from one offset to another, and hand it over in bulk with the offset behind; return the entries read."""
    began = said = monotonic()
    entries = 0
    async for fetched, position in batches(consumer, place, start, end):
        if fetched:
            restore(((record.key, record.value) for record in fetched), position)
            entries += len(fetched)
        if monotonic() - said > _SAY_EVERY:
            said = monotonic()
            log.info("recovering %s-%d: %d entries, at %d of %d", *place, entries, position, end)
    took = monotonic() - began
    if entries:
        log.info("recovered %s-%d: %d entries in %.1f s, %.0f/s", *place, entries, took, entries / max(took, 1e-6))
    restore((), end)
    return entries
