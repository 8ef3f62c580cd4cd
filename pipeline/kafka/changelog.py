"""The changelog: every change of a stage's state, compacted; what a new owner reads first."""

import logging
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

log = logging.getLogger(__name__)

_AT_ONCE = 20_000  # entries
_SAY_EVERY = 5.0  # seconds

Entry = tuple[bytes, bytes | None]


async def bounds(consumer: AIOKafkaConsumer, place: TopicPartition) -> tuple[int, int]:
    """Return where a partition begins, and where what is committed in it ends."""
    begins, ends = await consumer.beginning_offsets([place]), await consumer.end_offsets([place])
    return begins[place], ends[place]


def reader(client: Mapping[str, Any]) -> AIOKafkaConsumer:
    """Return a consumer of no group for bulk reading of what is committed."""
    return AIOKafkaConsumer(
        **client,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
        fetch_max_bytes=32 * 1024 * 1024,
        max_partition_fetch_bytes=8 * 1024 * 1024,
        fetch_max_wait_ms=100,
    )


async def recover(
    consumer: AIOKafkaConsumer, place: TopicPartition, start: int, end: int, restore: Callable[[Iterable[Entry], int], None]
) -> int:
    """Read a changelog partition from one offset to another, and hand it over in bulk with the offset behind; return the entries read."""
    consumer.assign([place])
    consumer.seek(place, start)
    began = said = monotonic()
    entries = 0
    while (position := await consumer.position(place)) < end:
        fetched = (await consumer.getmany(place, timeout_ms=200, max_records=_AT_ONCE)).get(place, [])
        if fetched:
            restore(((record.key, record.value) for record in fetched), fetched[-1].offset + 1)
            entries += len(fetched)
        if monotonic() - said > _SAY_EVERY:
            said = monotonic()
            log.info("recovering %s-%d: %d entries, at %d of %d", *place, entries, position, end)
    took = monotonic() - began
    if entries:
        log.info("recovered %s-%d: %d entries in %.1f s, %.0f/s", *place, entries, took, entries / max(took, 1e-6))
    restore((), end)
    return entries
