"""Known failures of Faust around rebalances and exceptions, made to happen: workers of one stage join and leave while records come."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import TopicPartition

from pipeline.codec import encode
from pipeline.flow import SEQUENCE
from pipeline.kafka.compare import Compared, compare
from pipeline.kafka.connection import client
from pipeline.kafka.reading import bounds, reading
from pipeline.kafka.recompute import recompute
from pipeline.kafka.topics import create, topic_name
from pipeline.settings import Settings
from scripts.broker.workers import WorkerProcess, Workers
from tests.build import FAKE, START, at, listing, right, sequenced, sequenced_tick
from tests.kafka.world import kept, producing, publish_policy, publish_rights

PATIENCE = 60.0  # seconds
PARTITIONS = 2
AT_ONCE = 10  # listings that are written to each partition every tenth of a second
OWNED = "is owned, at"


@dataclass(frozen=True, slots=True)
class Rebalanced:
    """What is there after workers of brand-match have come and gone: outputs against a recomputation, and the group's offsets."""

    written: int
    compared: list[Compared]
    matched: int
    committed: list[Mapping[int, int]]  # by partition, after each time that all partitions had come back to one worker
    ends: Mapping[int, int]


@pytest.fixture(scope="module")
def rebalanced(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Rebalanced:
    own, folder = f"t{uuid4().hex[:12]}", tmp_path_factory.mktemp("rebalanced")
    settings = Settings(
        bootstrap=bootstrap,
        application=own,
        topic_prefix=f"{own}.",
        state_dir=folder / "state",
        partitions=PARTITIONS,
        session_timeout=3,
        chunk_records=5,
    )
    return asyncio.run(rebalancing(settings, folder))


async def rebalancing(settings: Settings, folder: Path) -> Rebalanced:
    """Let a second worker join and leave, twice; then let it take over."""
    await create(settings)
    await publish_policy(settings)
    await publish_rights(settings, right())
    committed = []
    with Workers(settings, folder / "workers") as workers:
        stays = workers.start("brand-match")
        await owns(stays, PARTITIONS)
        enough = asyncio.Event()
        writing = asyncio.create_task(write(settings, enough))
        for time_around in (1, 2):
            await come_and_go(workers, stays, time_around)
            committed.append(await offsets(settings))
        comes = workers.start("brand-match")
        await owns(comes, 1)
        assert await asyncio.to_thread(stays.stop) == 0
        enough.set()
        written = await writing
        ends = await ends_of(settings)
        committed.append(await reaching(settings, ends))
        assert await asyncio.to_thread(comes.stop) == 0
        done = await recompute(settings, folder / "recomputed", lambda *_: None)
        compared = await compare(settings, folder / "recomputed", done.lines, fused=False)
        matched = [each for each in compared if each.topic == "events.matched"]
        return Rebalanced(written, matched, len(await kept(settings, "events.matched")), committed, ends)


async def come_and_go(workers: Workers, stays: WorkerProcess, time_around: int) -> None:
    other = workers.start("brand-match")
    await owns(other, 1)
    assert await asyncio.to_thread(other.stop) == 0
    await owns(stays, PARTITIONS + time_around * (1 + PARTITIONS))  # each time it has opened one, and then both again


async def owns(worker: WorkerProcess, times: int) -> None:
    """Wait until a worker has opened partitions so often."""
    until = time.monotonic() + PATIENCE
    while worker.log.read_text(errors="replace").count(OWNED) < times:
        assert worker.running, worker.end_of_log()
        assert time.monotonic() < until, worker.end_of_log()
        await asyncio.sleep(0.1)


async def write(settings: Settings, enough: asyncio.Event) -> int:
    """Write a sequence to both partitions, little by little; return the number of records."""
    name, number = topic_name(settings, SEQUENCE), 0
    async with producing(settings) as producer:
        for partition in range(PARTITIONS):
            await producer.send_and_wait(name, encode(sequenced_tick(rights=1, policies=1)), partition=partition)
        while not enough.is_set():
            number += 1
            for partition in range(PARTITIONS):
                one = listing(FAKE, listing_id=f"L{number}", seller_id=f"S{partition}", event_time=at(seconds=number))
                await producer.send(name, encode(sequenced(one)), key=one.seller_id.encode(), partition=partition)
            if number % AT_ONCE == 0:
                await producer.flush()
                await asyncio.sleep(0.1)
    return PARTITIONS * (1 + number)


async def offsets(settings: Settings) -> Mapping[int, int]:
    """Return what the group has committed by partition."""
    name = topic_name(settings, SEQUENCE)
    async with reading(client(settings) | {"group_id": f"{settings.application}.brand-match"}) as consumer:
        found = {number: await consumer.committed(TopicPartition(name, number)) for number in range(PARTITIONS)}
    return {number: offset for number, offset in found.items() if offset is not None}


async def ends_of(settings: Settings) -> Mapping[int, int]:
    name = topic_name(settings, SEQUENCE)
    async with reading(client(settings)) as consumer:
        return {number: (await bounds(consumer, TopicPartition(name, number)))[1] for number in range(PARTITIONS)}


async def reaching(settings: Settings, ends: Mapping[int, int]) -> Mapping[int, int]:
    """Wait until the group has committed so much, while its worker runs; return what it has at last."""
    until = time.monotonic() + PATIENCE / 2
    while (found := await offsets(settings)) != ends and time.monotonic() < until:
        await asyncio.sleep(0.3)
    return found


def test_no_event_that_was_prefetched_before_a_rebalance_is_lost(rebalanced: Rebalanced) -> None:
    """Faust skips what it prefetched, or offsets behind it: https://github.com/faust-streaming/faust/issues/216 and /221."""
    assert [each.difference for each in rebalanced.compared] == [None] * PARTITIONS
    assert sum(each.recomputed for each in rebalanced.compared) == rebalanced.written


def test_no_event_is_handled_again_after_a_scale_out(rebalanced: Rebalanced) -> None:
    """Faust repeats processed messages after a worker has joined: https://github.com/faust-streaming/faust/issues/502."""
    assert rebalanced.matched == rebalanced.written


def test_offsets_are_committed_though_a_partition_has_come_back_twice(rebalanced: Rebalanced) -> None:
    """Faust never commits again after two rebalances: https://github.com/faust-streaming/faust/issues/318."""
    first, second, last = rebalanced.committed
    assert last == rebalanced.ends
    for partition in range(PARTITIONS):
        assert first[partition] < second[partition] < last[partition]


async def test_what_raises_is_not_acknowledged(topics: Settings, tmp_path: Path) -> None:
    """Faust acknowledges what made an agent raise, and goes on behind it: https://github.com/robinhood/faust/issues/604.

    A sequence that does not begin with a tick is no record's fault: the worker stops in front of it.
    """
    await publish_policy(topics)
    async with producing(topics) as producer:
        await producer.send_and_wait(topic_name(topics, SEQUENCE), encode(sequenced(listing(event_time=START))), partition=0)
        await producer.send_and_wait(topic_name(topics, SEQUENCE), encode(sequenced_tick(rights=0)), partition=0)
    with Workers(topics, tmp_path / "workers") as workers:
        worker = workers.start("brand-match")
        worker.ended_by_us = True
        assert await asyncio.to_thread(worker.process.wait, PATIENCE) == 9
        assert worker.end_of_log().endswith("error: brand-match: the sequence does not begin with a tick\n")
    assert (await offsets(topics)).get(0, 0) == 0
    assert await kept(topics, "events.matched", "read_uncommitted") == []
    assert await kept(topics, "dead-letters", "read_uncommitted") == []
