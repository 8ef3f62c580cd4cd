"""What live workers show: exact counts whatever is killed, each partition by its owner alone, and reference data as it is taken up."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from pipeline import metrics
from pipeline.events.clock import Tick
from pipeline.kafka.topics import create, topic_name
from pipeline.metrics import CATALOGUE
from pipeline.policy.loader import default_text
from pipeline.settings import Settings
from pipeline.watching import Look, look
from scripts.broker.workers import WorkerProcess, Workers
from tests import story
from tests.build import FAKE, START, at, listing, right
from tests.cli.command import takedown
from tests.kafka.starting import started
from tests.kafka.world import kept, offer, producing, publish_policy, publish_rights

PATIENCE = 60.0  # seconds
SELLERS = ("S1", "S2", "S3", "S4", "S5", "S6")  # of both partitions


@pytest.fixture
async def stocked(topics: Settings) -> Settings:
    """Publish reference data and offer a fake of each seller, one of which cannot be read; who is gone is missed soon."""
    await publish_policy(topics)
    await publish_rights(topics, right())
    fakes = [listing(FAKE, listing_id=f"L{seller}", seller_id=seller, event_time=at(minutes=1)) for seller in SELLERS]
    await offer(topics, Tick(START), *fakes, b"no listing", Tick(at(minutes=2)))
    return topics.model_copy(update={"session_timeout": 3.0})


async def seen(workers: Workers, until: Callable[[Look], object]) -> Look:
    """Look at all that run until it is as it should be; return what was seen."""
    end = time.monotonic() + PATIENCE
    while True:
        workers.check()
        urls = [worker.url for worker in workers.running if worker.url]
        found = await asyncio.to_thread(look, urls, CATALOGUE)
        if until(found):
            return found
        assert time.monotonic() < end, found.values
        await asyncio.sleep(0.3)


def asked(worker: WorkerProcess, path: str) -> tuple[int, Any]:
    assert worker.url is not None
    connection = HTTPConnection(urlsplit(worker.url).netloc, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, orjson.loads(answer.read())


def all_done(found: Look) -> bool:
    """All is decided, and looked at since."""
    lags = found.of(metrics.LAG, "stage", "partition", "topic")
    return found.total(metrics.TAKEDOWNS) == len(SELLERS) and len(lags) >= 2 and not any(lags.values())


async def test_counts_outlive_the_worker_that_counted(stocked: Settings, tmp_path: Path) -> None:
    with Workers(stocked, tmp_path / "workers") as workers:
        first = workers.start("fused")
        before = await seen(workers, all_done)
        first.kill()
        workers.start("fused", state=first.state)
        after = await seen(workers, all_done)
    for metric in (metrics.READ, metrics.WRITTEN, metrics.PASSED, metrics.KEPT, metrics.DEAD, metrics.TAKEDOWNS, metrics.OUTCOMES):
        assert after.values[metric.name] == before.values[metric.name], metric.name
    assert before.of(metrics.DEAD, "stage", "code") == {("dedupe", "not-json"): 1}
    assert before.of(metrics.TAKEDOWNS, "source") == {("own_initiative",): len(SELLERS)}
    assert set(before.of(metrics.RESIDUAL, "stage", "partition").values()) == {0}
    assert before.values["takedown_end_to_end_seconds_count"] == {(): len(SELLERS)}
    assert 0 < before.values["takedown_end_to_end_seconds_sum"][()] < len(SELLERS) * PATIENCE


async def test_what_waits_and_what_falls_due_outlive_the_worker_too(topics: Settings, tmp_path: Path) -> None:
    """One notice of three is refused, one waits for an answer and one for its listing; a question waits beside them."""
    await publish_policy(topics)
    await publish_rights(topics, right(notifier_ids=("HOLDER",)))
    said = {"seller_id": "S1", "listing_id": "L1"}
    await offer(
        topics,
        Tick(START),
        listing("Nike Air Max 90", event_time=at(minutes=1)),
        listing("Nike replica", listing_id="L2", event_time=at(minutes=1)),
        story.notice(at(minutes=2), notice_id="N1", **said),
        story.notice(at(minutes=2), notice_id="N2", **said | {"listing_id": "NEVER"}),
        story.notice(at(minutes=2), notice_id="N3", accurate=False, **said),
        Tick(at(minutes=3)),
    )
    settings = topics.model_copy(update={"session_timeout": 3.0})
    with Workers(settings, tmp_path / "workers") as workers:
        first = workers.start("fused")
        before = await seen(workers, lambda found: found.total(metrics.NOTICES, outcome="received") == 3 and not lags(found))
        first.kill()
        workers.start("fused", state=first.state)
        after = await seen(workers, lambda found: found.total(metrics.NOTICES, outcome="received") == 3 and not lags(found))
    for metric in (metrics.NOTICES, metrics.NOTICES_OPEN, metrics.REVIEWS, metrics.REVIEWS_OPEN, metrics.DEADLINE):
        assert after.values[metric.name] == before.values[metric.name], metric.name
    assert before.of(metrics.NOTICES, "outcome", "code") == {("received", "received"): 3, ("refused", "incomplete"): 1}
    assert before.total(metrics.NOTICES_OPEN) == 2
    assert before.of(metrics.REVIEWS, "cause", "assignee") == {("notice", "team"): 1, ("signals", "team"): 1}
    assert before.total(metrics.REVIEWS_OPEN) == 2
    due = before.of(metrics.DEADLINE, "stage", "partition")
    assert min(when for (stage, _), when in due.items() if stage == "flagging") == at(days=2).replace(hour=0).timestamp(), (
        "the day's budget"
    )


def lags(found: Look) -> bool:
    """Tell whether something waits, or nobody knows yet."""
    waiting = found.of(metrics.LAG, "stage", "partition", "topic")
    return not waiting or any(waiting.values())


async def test_a_partition_is_shown_by_its_owner_alone(stocked: Settings, tmp_path: Path) -> None:
    offered = len(SELLERS) + 1 + 2 * stocked.partitions  # listings, a line that is none, and ticks to every partition
    with Workers(stocked, tmp_path / "workers") as workers:
        first = workers.start("dedupe")
        await seen(workers, lambda found: found.total(metrics.READ) == offered)
        second = workers.start("dedupe")
        shared = await seen(workers, lambda found: owned(second) == 1 and found.total(metrics.READ) == offered)
        assert owned(first) == 1
        assert {partition for (partition,) in shared.of(metrics.RESIDUAL, "partition")} == {"0", "1"}


def owned(worker: WorkerProcess) -> int:
    return len(look([worker.url], CATALOGUE).of(metrics.RESIDUAL, "partition")) if worker.url else 0


async def test_it_says_whether_it_is_alive_and_ready_and_where_it_stands(stocked: Settings, tmp_path: Path) -> None:
    with Workers(stocked, tmp_path / "workers") as workers:
        worker = workers.start("dedupe")
        found = await seen(workers, lambda found: len(found.of(metrics.POLICY, "partition")) == stocked.partitions)
        assert asked(worker, "/healthz") == (200, {"well": True, "faults": {}})
        assert asked(worker, "/readyz") == (200, {"well": True, "faults": {}})
        status, said = asked(worker, "/status")
    assert (status, said["worker"], said["ready"]) == (200, "dedupe", True)
    assert said["reference"] == {"rights": 1, "policies": 1, "notifier-standings": 0, "refused": 0}
    assert set(said["partitions"]) == {"0", "1"}
    assert said["partitions"]["0"]["stages"]["dedupe"]["policy"] == "2016.1"
    ((version, registry),) = found.of(metrics.POLICY, "policy_version", "registry_version")
    assert version == "2016.1"
    assert registry.startswith("1-")


async def test_who_still_waits_for_kafka_is_alive_but_not_ready(settings: Settings, tmp_path: Path) -> None:
    with Workers(settings.model_copy(update={"bootstrap": "127.0.0.1:9"}), tmp_path / "workers") as workers:
        worker = workers.start("dedupe")
        end = time.monotonic() + PATIENCE
        while worker.url is None:
            assert time.monotonic() < end, worker.end_of_log()
            await asyncio.sleep(0.1)
        assert asked(worker, "/healthz")[0] == 200
        assert asked(worker, "/readyz") == (503, {"well": False, "faults": {"reference data": "is not read yet"}})


@pytest.mark.timeout(180)
async def test_who_hears_nothing_of_kafka_is_alive_but_not_ready(settings: Settings, tmp_path: Path) -> None:
    broker = started(tmp_path / "broker")
    try:
        own = settings.model_copy(update={"bootstrap": broker.bootstrap})
        await create(own)
        await publish_policy(own)
        with Workers(own, tmp_path / "workers") as workers:
            worker = workers.start("dedupe")
            await until(lambda: worker.url is not None and asked(worker, "/readyz")[0] == 200)
            broker.freeze()
            await until(lambda: asked(worker, "/readyz")[0] == 503)
            assert set(asked(worker, "/readyz")[1]["faults"]) == {"Kafka"}
            assert asked(worker, "/healthz")[0] == 200
            broker.thaw()
            await until(lambda: asked(worker, "/readyz")[0] == 200)
    finally:
        broker.stop()


async def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(true):
        assert time.monotonic() < end, "it did not come to that in time"
        await asyncio.sleep(0.3)


async def test_a_policy_is_taken_up_at_a_tick_and_one_that_is_no_good_is_not(stocked: Settings, tmp_path: Path) -> None:
    with Workers(stocked, tmp_path / "workers") as workers:
        worker = workers.start("fused")
        await seen(workers, all_done)
        async with producing(stocked) as producer:
            bad = b'{"version":"2016.9","text":"version = 2016"}'
            await producer.send_and_wait(topic_name(stocked, "policies"), bad, key=b"2016.9", partition=0)
        await seen(workers, lambda found: found.total(metrics.REFUSED, topic="policies") == 1)
        await offer(stocked, Tick(at(minutes=3)))
        await seen(workers, lambda found: clock(found) == {at(minutes=3)})
        assert versions(await seen(workers, all_done)) == {"2016.1"}, "the last good one holds"
        await publish_policy(stocked, default_text().replace('version = "2016.1"', 'version = "2016.2"'))
        await seen(workers, lambda found: found.total(metrics.REFERENCE, topic="policies") == 3)
        assert versions(await seen(workers, all_done)) == {"2016.1"}, "it holds from a tick on"
        await offer(stocked, Tick(at(minutes=4)))
        await seen(workers, lambda found: versions(found) == {"2016.2"})
        log = worker.log.read_text(errors="replace")
    assert log.count("policies: record 1 is no good, and what was good before it holds") == 1
    assert log.count("policy 2016.2 with registry") == stocked.partitions


def versions(found: Look) -> set[str]:
    return {version for (version,) in found.of(metrics.POLICY, "policy_version")}


def clock(found: Look) -> set[datetime]:
    times = found.of(metrics.CLOCK, "stage", "partition").values()
    return {datetime.fromtimestamp(each, START.tzinfo) for each in times}


async def test_records_say_when_their_cause_came(stocked: Settings, tmp_path: Path) -> None:
    with Workers(stocked, tmp_path / "workers") as workers:
        for stage in ("dedupe", "brand-match", "flagging"):
            workers.start(stage)
        await seen(workers, lambda found: found.total(metrics.TAKEDOWNS) == len(SELLERS))
    came = {each.key: (("came", b"%d" % each.timestamp),) for each in await kept(stocked, "listings") if each.key}
    for topic in ("events.unique", "events.matched"):
        passed = await kept(stocked, topic)
        assert {each.key: tuple(each.headers) for each in passed if each.key} == came, topic
        assert all(each.timestamp > int(each.headers[0][1]) for each in passed if each.key), "retention goes by when it was written"


async def test_every_line_of_a_json_log_is_an_object(stocked: Settings, tmp_path: Path) -> None:
    with Workers(stocked.model_copy(update={"log_format": "json"}), tmp_path / "workers") as workers:
        worker = workers.start("fused")
        await seen(workers, all_done)
        assert worker.stop() == 0
        lines = json_lines(worker)
    assert lines[-1]["message"] == "fused: everything that was begun is finished and committed"
    assert len(lines) < 25, "one line an event worth a person's time"


async def test_a_failure_is_told_as_json_too(stocked: Settings, tmp_path: Path) -> None:
    away = stocked.model_copy(update={"log_format": "json", "connect_timeout": 0.0, "bootstrap": "127.0.0.1:9"})
    with Workers(away, tmp_path / "workers") as workers:
        worker = workers.start("fused")
        worker.ended_by_us = True
        assert await asyncio.to_thread(worker.process.wait, PATIENCE) == 7
        assert "Kafka at 127.0.0.1:9" in json_lines(worker)[-1]["message"]


def json_lines(worker: WorkerProcess) -> list[dict[str, Any]]:
    lines = [orjson.loads(line) for line in worker.log.read_bytes().splitlines()]
    assert {"time", "level", "logger", "message"} <= set.intersection(*(set(line) for line in lines))
    return lines


async def test_watch_shows_workers_and_says_what_does_not_answer(stocked: Settings, tmp_path: Path) -> None:
    with Workers(stocked, tmp_path / "workers") as workers:
        worker = workers.start("fused")
        await seen(workers, all_done)
        done = await asyncio.to_thread(takedown, "watch", worker.url or "", "http://127.0.0.1:9", "--once", "--every", "0.2")
    assert done.returncode == 0, done.stderr
    assert "every record is accounted for" in done.stdout
    assert "http://127.0.0.1:9 does not answer" in done.stdout
    (row,) = [line for line in done.stdout.splitlines() if "takedowns" in line]
    assert f" {len(SELLERS)} " in row


def test_watch_fails_where_nobody_answers() -> None:
    done = takedown("watch", "127.0.0.1:9", "--once")
    assert (done.returncode, done.stdout) == (7, "")
    assert "no worker answers: http://127.0.0.1:9" in done.stderr
