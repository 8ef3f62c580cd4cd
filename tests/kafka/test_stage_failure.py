"""A record that makes a stage raise is a dead letter, in one transaction with its chunk; what would bury all records stops the worker."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from aiokafka import TopicPartition

from pipeline.codec import decode
from pipeline.events.clock import Tick
from pipeline.events.dead_letter import DeadLetter
from pipeline.flow import STAGES, TOPICS, Stage
from pipeline.kafka.app import plan_of
from pipeline.kafka.connection import client
from pipeline.kafka.instruments import Instruments
from pipeline.kafka.owner import Owner, Plan, TooManyDeadLettersError
from pipeline.kafka.reading import bounds, reading
from pipeline.kafka.topics import topic_name
from pipeline.kafka.worker import Buffers, Worker
from pipeline.settings import Settings
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import MissingReferenceError, Reference
from pipeline.state.view import View
from tests.build import START, at, listing
from tests.kafka.world import kept, next_chunk, offer, publish_policy, referring

BAD = "L3"
DEDUPE = STAGES[0]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One partition is enough here."""
    return settings.model_copy(update={"partitions": 1})


def failing(error: Exception) -> Stage:
    """Return a dedupe that raises at one listing, after it has begun to change its state."""

    def process(records: Sequence[Record], view: View, reference: Reference) -> Outputs:
        outputs = DEDUPE.process(records, view, reference)
        if any(getattr(record.event, "listing_id", "") == BAD for record in records):
            raise error
        return outputs

    return replace(DEDUPE, process=process)


def plan(settings: Settings, stage: Stage) -> Plan:
    return plan_of(settings, [stage])


async def offered(settings: Settings) -> None:
    await publish_policy(settings)
    await offer(settings, Tick(START), *(listing(listing_id=f"L{n}", event_time=at(seconds=n)) for n in range(6)))


async def letters(settings: Settings) -> list[DeadLetter]:
    return [decode(DeadLetter, each.value or b"") for each in await kept(settings, "dead-letters")]


async def sequence(settings: Settings, isolation: str = "read_committed") -> list[bytes | None]:
    return [each.value for each in await kept(settings, "events.unique", isolation)]


async def test_a_record_that_makes_the_stage_raise_is_a_dead_letter_and_the_rest_goes_on(topics: Settings) -> None:
    await offered(topics)
    own = plan(topics, failing(ValueError("cannot be")))
    async with referring(topics, own) as reference:
        owner = Owner(own, 0, reference)
        try:
            chunk = await next_chunk(topics, "dedupe", await owner.open())
            await owner.handle(chunk)
            progress = owner._parts[0].progress
        finally:
            await owner.close()
    (letter,) = await letters(topics)
    assert (letter.stage, letter.topic, letter.offset) == ("dedupe", "listings", 3)
    assert (letter.error.code, letter.error.message) == ("stage-failed", "ValueError: cannot be")
    assert [BAD.encode() in (value or b"") for value in await sequence(topics)] == [False] * 6  # the tick and five listings
    assert progress.inputs["listings"].position == 6
    assert progress.fates == {"passed": 6, "dead:stage-failed": 1}
    assert progress.residual == 0
    for topic in ("dead-letters", "events.unique", own.changelogs["dedupe"]):
        assert await transactions(topics, topic) == 1


async def transactions(settings: Settings, topic: str) -> int:
    """Return how many transactions ended in a topic: each leaves an offset that holds no record."""
    name = topic_name(settings, topic) if topic in TOPICS else topic
    async with reading(client(settings)) as consumer:
        _, end = await bounds(consumer, TopicPartition(name, 0))
    return end - len(await kept(settings, topic, "read_uncommitted"))


async def test_more_failures_than_allowed_stop_it_and_nothing_of_the_chunk_is_there(topics: Settings) -> None:
    strict = topics.model_copy(update={"stage_failed_limit": 0})
    await offered(strict)
    error = await failure(strict, failing(ValueError("cannot be")))
    assert isinstance(error, TooManyDeadLettersError)
    assert "1 of them because the stage failed" in str(error)
    assert await letters(topics) == []
    assert await sequence(topics, "read_uncommitted") == []


async def test_what_is_no_records_fault_stops_the_worker_and_acknowledges_nothing(topics: Settings) -> None:
    await offered(topics)
    error = await failure(topics, failing(MissingReferenceError("not there")))
    assert isinstance(error, MissingReferenceError)
    assert await letters(topics) == []
    assert await sequence(topics, "read_uncommitted") == []


async def failure(settings: Settings, stage: Stage) -> BaseException:
    """Run a worker of a stage of ours on what was offered, without Faust; return why it stopped."""
    own = plan(settings, stage)
    async with referring(settings, own) as reference:
        worker = Worker(own, reference, 1, Buffers(1000, 2**20, 4), 6, Instruments(own.name))
        worker.assign([0])
        positions = await opened(worker)
        worker.begin(0, positions)
        worker.deliveries.take_committable()
        chunk = await next_chunk(settings, "dedupe", positions)
        worker.deliveries.deliver(chunk)
        worker.take(chunk)
        async with asyncio.timeout(20):
            error = await worker.failed
        assert worker.deliveries.take_committable() == {}
        await worker.drain(0)
    return error


async def opened(worker: Worker) -> dict[str, int]:
    async with asyncio.timeout(20):
        while not (found := worker.opened()):
            await asyncio.sleep(0.02)
    return found[0]
