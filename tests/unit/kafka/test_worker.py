import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaConnectionError

from pipeline.flow import STAGES
from pipeline.kafka.chunk import Chunk
from pipeline.kafka.instruments import Instruments
from pipeline.kafka.owner import Limits, Plan
from pipeline.kafka.references import LiveReference
from pipeline.kafka.worker import Buffers, Worker
from pipeline.state.store import StoreError

PLAN = Plan("a", STAGES[:1], {topic: topic for topic in STAGES[0].reads}, {}, {}, Path("nowhere"), Limits(1, 1, 1))


class Failing:
    """An owner that cannot reach Kafka, and then cannot let go of its state either."""

    def __init__(self, *_: Any) -> None:
        pass

    async def open(self) -> Mapping[str, int]:
        raise KafkaConnectionError("away")

    async def handle(self, chunk: Chunk) -> None:
        raise AssertionError("it was never opened")

    async def close(self) -> None:
        raise StoreError("IO error: the disk is gone")


async def test_an_error_at_the_close_is_not_lost_in_a_task() -> None:
    worker = Worker(PLAN, cast(LiveReference, None), 1, Buffers(1, 1, 1), 1.0, Instruments(PLAN.name), cast(Any, Failing))
    worker.assign([0])
    with pytest.raises(StoreError, match="the disk is gone"):
        raise await asyncio.wait_for(worker.failed, 5)
    await worker.revoke([0])
