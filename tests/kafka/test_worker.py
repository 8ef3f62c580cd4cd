"""Worker processes, as operators run them: together, watched over, killed, stopped, refused, and without Kafka."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from pipeline.codec import decode, encode
from pipeline.events.clock import Tick
from pipeline.events.takedown import Takedown
from pipeline.flow import INPUTS, OUTPUTS, SEQUENCE, STAGES, TOPICS
from pipeline.kafka import apps
from pipeline.kafka.app import plan_of, stages_of
from pipeline.kafka.compare import compare
from pipeline.kafka.connection import client
from pipeline.kafka.messages import written_by
from pipeline.kafka.play import play
from pipeline.kafka.reading import reading
from pipeline.kafka.recompute import recompute
from pipeline.kafka.status import newest_mark
from pipeline.kafka.topics import changelog_name, create, topic_name
from pipeline.local.inputs import files_of
from pipeline.policy.loader import default_text, parse
from pipeline.settings import Settings, SettingsError
from pipeline.simulate.simulate import simulate
from scripts.broker.workers import WorkerProcess, Workers, all_read, environment
from tests.build import FAKE, START, at, listing, right, sequenced, sequenced_tick
from tests.cli.command import takedown
from tests.kafka.broker import delete, make
from tests.kafka.starting import started
from tests.kafka.world import Kept, kept, next_chunk, offer, owning, producing, publish_policy, publish_rights, referring

PATIENCE = 60.0  # seconds
PARTITIONS = 2


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Who is gone is missed soon."""
    return settings.model_copy(update={"session_timeout": 3.0, "connect_timeout": 20.0})


async def said(worker: WorkerProcess, words: str, times: int = 1) -> str:
    """Wait until a worker has said something so often; return its log."""
    until = time.monotonic() + PATIENCE
    while (text := worker.log.read_text(errors="replace")).count(words) < times:
        assert worker.running, text[-3000:]
        assert time.monotonic() < until, text[-3000:]
        await asyncio.sleep(0.1)
    return text


async def ended(worker: WorkerProcess) -> tuple[int, str]:
    """Wait until a worker has ended by itself; return its exit code and its last line."""
    worker.ended_by_us = True
    code = await asyncio.to_thread(worker.process.wait, PATIENCE)
    return code, worker.log.read_text(errors="replace").strip().rpartition("error: ")[2]


def child_of(worker: WorkerProcess, stage: str) -> int | None:
    """Return the process of a stage that a supervisor started."""
    pids = Path(f"/proc/{worker.process.pid}/task/{worker.process.pid}/children").read_text(encoding="ascii").split()
    return next((int(pid) for pid in pids if stage.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")), None)


# -- together


@pytest.mark.timeout(180)
async def test_workers_that_are_watched_over_decide_what_is_recomputed(topics: Settings, tmp_path: Path) -> None:
    """A worker is killed, rights and a policy change, all are stopped in good order and start again."""
    simulate(tmp_path / "played", listings=300, seed=5, brands=40, days=0.05)
    fused = topics.model_copy(update={"topic_prefix": f"{topics.topic_prefix}fused."})
    await create(fused, fused=True)
    for each in (topics, fused):
        await publish_policy(each)
        await publish_rights(each, right(), right(right_id="R2", brand_id="B2", brand="Adidas"))
        await play(each, files_of(tmp_path / "played"), None, lambda *_: None)
    with Workers(topics, tmp_path / "staged") as workers, Workers(fused, tmp_path / "fused") as others:
        supervisor, one = workers.start("all", state=topics.state_dir), others.start("fused")
        await said(supervisor, "-0 is owned", 3)
        killed = child_of(supervisor, "brand-match")
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        await all_read(topics, PATIENCE)
        await all_read(fused, PATIENCE, fused=True)
        assert child_of(supervisor, "brand-match") not in (None, killed)
        assert "the worker of brand-match was killed by signal 9" in supervisor.log.read_text()
        await reference_changes(topics, supervisor)
        stages = [child_of(supervisor, stage.name) for stage in STAGES]
        assert supervisor.stop() == 0
        assert one.stop() == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in stages)
        await staged_and_fused_agree(topics, fused)
        await it_is_what_is_recomputed(topics, tmp_path / "recomputed")
        await the_group_is_where_the_marks_are(topics)
        await nothing_is_read_again(topics, workers)


async def reference_changes(settings: Settings, supervisor: WorkerProcess) -> None:
    """A right and a policy that are published while workers run count from the next tick on, and decisions name their versions."""
    later = START.replace(year=2030)
    await offer(settings, Tick(later), fake("before", later))
    await all_read(settings, PATIENCE)
    changed = default_text().replace(f'version = "{parse(default_text(), "").version}"', 'version = "changed"')
    await publish_rights(settings, right(right_id="R9", brand_id="B9", brand="Zyxolith"))
    await publish_policy(settings, changed)
    await said(supervisor, "reference data: 3 rights, 2 policies", len(STAGES))
    await offer(settings, fake("still", later), Tick(later + timedelta(minutes=1)), fake("after", later + timedelta(minutes=1)))
    await all_read(settings, PATIENCE)
    decided = {one.listing_id: one for one in await takedowns(settings)}
    assert "before" not in decided
    assert "still" not in decided
    assert (decided["after"].right_ids, decided["after"].policy_version) == (("R9",), "changed")
    old = next(one for name, one in decided.items() if name != "after")
    assert old.policy_version == parse(default_text(), "").version
    assert (old.registry_version[:2], decided["after"].registry_version[:2]) == ("2-", "3-")  # begins with the number of rights


def fake(listing_id: str, when: datetime) -> object:
    return listing("Zyxolith 莆田 1:1 replica", listing_id=listing_id, seller_id=listing_id, event_time=when, price="9.90", currency="CNY")


async def takedowns(settings: Settings) -> list[Takedown]:
    return [decode(Takedown, each.value or b"") for each in await kept(settings, "takedowns")]


async def values(settings: Settings, topic: str) -> dict[tuple[int, int | None], list[bytes | None]]:
    """Return what the partitions of a topic hold, and where one has several writers, what each of them wrote there."""
    found: dict[tuple[int, int | None], list[bytes | None]] = {}
    for each in await kept(settings, topic):
        writer = written_by(each.headers) if TOPICS[topic].rekeyed else None
        found.setdefault((each.partition, writer), []).append(each.value)
    return found


async def staged_and_fused_agree(settings: Settings, fused: Settings) -> None:
    """What was played before they began gives the same bytes; only what is passed between the stages is not written."""
    for topic in OUTPUTS:
        held, staged = await values(fused, topic), await values(settings, topic)
        if topic == "events.matched":
            assert held == {}
            continue
        for place, own in held.items():
            assert own == staged[place][: len(own)]
        some = topic in ("seller-warnings", "store-closures", "reviews", "reinstatements", "notice-outcomes")
        assert some or {partition for partition, _ in held} == set(range(PARTITIONS))


async def it_is_what_is_recomputed(settings: Settings, out: Path) -> None:
    done = await recompute(settings, out, lambda *_: None)
    compared = await compare(settings, out, done.lines, fused=False)
    assert {each.topic for each in compared} > {"events.matched", "takedowns"}
    assert [each for each in compared if each.difference is not None] == []


async def the_group_is_where_the_marks_are(settings: Settings) -> None:
    """What was acknowledged was finished, and all that was finished is acknowledged."""
    for each in (await all_read(settings, PATIENCE)).standings:
        marks = {topic: mark.position for topic, mark in each.progress.inputs.items()}
        assert await committed(settings, each.stage, each.partition) == marks
        assert each.progress.residual == 0


async def committed(settings: Settings, stage: str, partition: int) -> Mapping[str, int]:
    """Return what the group of a stage has committed of a partition, by topic."""
    reads = next(each.reads for each in STAGES if each.name == stage)
    async with reading(client(settings) | {"group_id": f"{settings.application}.{stage}"}) as consumer:
        found = {topic: await consumer.committed(TopicPartition(topic_name(settings, topic), partition)) for topic in reads}
    return {topic: offset for topic, offset in found.items() if offset is not None}


async def nothing_is_read_again(settings: Settings, workers: Workers) -> None:
    """After a clean stop the local store is as new as its changelog, and the mark stands where reading ended."""
    before = await ends(settings)
    again = workers.start("flagging", state=settings.state_dir)
    log = await said(again, "is owned, at", PARTITIONS)
    assert again.stop() == 0
    for words in ("begins empty", "recovered", "is set aside"):
        assert words not in log
    assert before == await ends(settings)


async def ends(settings: Settings) -> Mapping[TopicPartition, int]:
    """Return where the outputs end."""
    async with reading(client(settings)) as consumer:
        places = [TopicPartition(topic_name(settings, topic), partition) for topic in OUTPUTS for partition in range(PARTITIONS)]
        return dict(await consumer.end_offsets(places))


# -- refused


@pytest.mark.timeout(180)
async def test_what_cannot_go_on_stops_the_worker_and_the_operator_gets_it_going(topics: Settings, tmp_path: Path) -> None:
    """Too many dead letters; then a topic that was made anew under its mark. Each time the reason, and the way on."""
    strict = topics.model_copy(update={"dead_letter_limit": 1})
    await publish_policy(topics)
    await offer(topics, Tick(START), *[b"no json"] * 2)
    with Workers(strict, tmp_path / "workers") as workers:
        first = workers.start("dedupe")
        code, why = await ended(first)
        assert code == 9
        assert why.startswith("dedupe: 2 dead letters")
        assert "--accept-dead-letters N" in why
        assert await kept(topics, "dead-letters") == []
        assert await committed(topics, "dedupe", 0) == dict.fromkeys(INPUTS, 0)
        second = workers.start("dedupe", "--accept-dead-letters", "1", state=first.state)
        await until(topics, "dead-letters", 2)
        assert second.stop() == 0
        await delete(topics, topic_name(topics, "listings"))
        await make(topics, {topic_name(topics, "listings"): PARTITIONS})
        code, why = await ended(workers.start("dedupe", state=first.state))
        assert code == 9
        assert "was deleted and made anew since offset" in why
        assert "choose where to go on: takedown reset --stage dedupe --to ..." in why
    reset = ("reset", "--stage", "dedupe", "--to", "start", "--yes")
    done = await asyncio.to_thread(takedown, *reset, env=environment(topics))
    assert done.returncode == 0, done.stderr
    with Workers(topics, tmp_path / "again") as workers:
        last = workers.start("dedupe")
        await offer(topics, listing())
        await until(topics, SEQUENCE, 2 + 1)
        assert last.stop() == 0


async def until(settings: Settings, topic: str, number: int) -> list[Kept]:
    """Wait until a topic holds so many records, and return them."""
    async with asyncio.timeout(PATIENCE):
        while len(found := await kept(settings, topic)) < number:
            await asyncio.sleep(0.2)
    return found


async def test_a_worker_that_cannot_begin_says_why_and_ends_with_its_code(settings: Settings, tmp_path: Path) -> None:
    nowhere = settings.model_copy(update={"bootstrap": "127.0.0.1:1", "connect_timeout": 0.0})
    with Workers(settings, tmp_path / "a") as one, Workers(nowhere, tmp_path / "b") as two:
        without_topics, without_kafka = one.start("flagging"), two.start("flagging")
        bad = await asyncio.to_thread(takedown, "worker", env=environment(settings) | {"TAKEDOWN_PARTITIONS": "0"})
        assert (bad.returncode, len(bad.stderr.splitlines())) == (8, 1)
        assert "partitions (TAKEDOWN_PARTITIONS)" in bad.stderr
        code, why = await ended(without_topics)
        assert code == 7
        assert f"{settings.topic_prefix}events.matched does not exist; make it: takedown topics create" in why
        code, why = await ended(without_kafka)
        assert code == 7
        assert "flagging: Kafka at 127.0.0.1:1" in why
        assert "is it running" in why


# -- without Kafka


@pytest.mark.timeout(180)
async def test_a_worker_waits_for_kafka_and_does_not_wait_for_it_when_it_is_stopped(settings: Settings, tmp_path: Path) -> None:
    broker = await asyncio.to_thread(started, tmp_path / "broker")
    own = settings.model_copy(update={"bootstrap": broker.bootstrap, "drain_timeout": 1.0, "partitions": 1, "chunk_records": 5})
    try:
        await create(own)
        await publish_policy(own)
        broker.kill()
        with Workers(own, tmp_path / "workers") as workers:
            worker = workers.start("dedupe")
            await said(worker, "Kafka is waited for")
            await asyncio.to_thread(broker.start)
            await offer_at_once(own, 3000)
            await until(own, SEQUENCE, 20)
            broker.freeze()
            worker.signal(signal.SIGTERM)
            began = time.monotonic()
            code, why = await ended(worker)
            assert code == 9
            assert re.fullmatch(r"dedupe: [12] chunks were not finished in 1.0 s; they are done again", why)
            assert time.monotonic() - began < 15
            broker.thaw()
            async with reading(client(own)) as consumer:
                changelog = TopicPartition(changelog_name(own, own.application, "dedupe"), 0)
                mark = await newest_mark(consumer, changelog)
            assert mark is not None
            assert (await committed(own, "dedupe", 0)).get("listings", 0) <= mark.inputs["listings"].position < 3000
    finally:
        broker.thaw()
        broker.remove()


async def offer_at_once(settings: Settings, number: int) -> None:
    async with producing(settings) as producer:
        for each in range(number):
            value = encode(listing(listing_id=f"L{each}", event_time=at(seconds=each)))
            await producer.send(topic_name(settings, "listings"), value, key=b"S1", partition=0)


# -- by Faust's own command


async def test_the_apps_start_by_fausts_own_command(topics: Settings, tmp_path: Path) -> None:
    """Behind what its last records left, an aborted transaction, an input is at its end: the next tick need not wait for a listing."""
    await publish_policy(topics)
    await offer(topics, listing())
    await abort(topics, "listings")
    command = [str(Path(sys.executable).parent / "faust"), "-A", "pipeline.kafka.apps:dedupe", "worker", "--without-web"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment(topics), stdout=log, stderr=log)
    try:
        await until(topics, SEQUENCE, 2)
        await abort(topics, "listings")
        await offer(topics, Tick(at(minutes=1)))
        await until(topics, SEQUENCE, 2 + PARTITIONS)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, PATIENCE) == 0, (tmp_path / "log").read_text()
    finally:
        process.kill()
        process.wait()


async def abort(settings: Settings, topic: str) -> None:
    """Begin a transaction in each partition of a topic, and take it back."""
    producer = AIOKafkaProducer(**client(settings), transactional_id=f"{settings.application}.outsider")
    await producer.start()
    try:
        await producer.begin_transaction()
        for partition in range(settings.partitions):
            await producer.send_and_wait(topic_name(settings, topic), b"never mind", partition=partition)
        await producer.abort_transaction()
    finally:
        await producer.stop()


def test_importing_the_apps_makes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the settings are looked at before an app is asked for."""
    monkeypatch.setenv("TAKEDOWN_PARTITIONS", "0")
    code = "import pipeline.kafka.apps as apps; assert apps._app.cache_info().currsize == 0; print('imported')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "imported\n"
    with pytest.raises(SettingsError, match="partitions"):
        _ = apps.dedupe
    with pytest.raises(AttributeError, match="it has dedupe, brand_match, flagging, fused"):
        _ = apps.nothing


# -- reference data


async def test_a_stage_waits_for_the_reference_data_that_a_tick_asks_for(topics: Settings) -> None:
    """A right published after the workers started: dedupe has read it and stamped a tick with it, this worker has not yet."""
    await publish_policy(topics)
    async with referring(topics, plan_of(topics, stages_of("brand-match"))) as reference, producing(topics) as producer:
        for event in (sequenced_tick(rights=1, policies=1), sequenced(listing(FAKE))):
            await producer.send_and_wait(topic_name(topics, SEQUENCE), encode(event), partition=0)
        following = asyncio.create_task(reference.run())
        async with owning(topics, "brand-match", reference) as owner:
            chunk = await next_chunk(topics, "brand-match", await owner.open())
            handling = asyncio.create_task(owner.handle(chunk))
            done, _ = await asyncio.wait([handling], timeout=1)
            assert not done
            assert await kept(topics, "events.matched", "read_uncommitted") == []
            await publish_rights(topics, right())
            async with asyncio.timeout(PATIENCE):
                await handling
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    _, matched = [each.value for each in await kept(topics, "events.matched")]
    assert b'"right_id":"R1"' in (matched or b"")
