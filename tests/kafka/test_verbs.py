"""The verbs that prepare a pipeline on Kafka, run as a user does."""

import asyncio
import gzip
import os
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.codec import decode, encode
from pipeline.events.clock import Tick
from pipeline.events.policy_record import PolicyRecord
from pipeline.events.right import Right
from pipeline.events.standing import NotifierStanding
from pipeline.flow import TOPICS
from pipeline.kafka.topics import create, topic_name
from pipeline.policy.loader import default_text, parse
from pipeline.settings import Settings
from scripts.broker.workers import environment
from tests.build import at, right
from tests.cli.command import TAKEDOWN, takedown
from tests.kafka.broker import read

RIGHTS = [right(right_id=f"R{number}", brand=f"Brand {number}") for number in range(20)]
STANDINGS = [NotifierStanding("N1", "fast_track"), NotifierStanding("N2", "suspended", at(days=30)), NotifierStanding("N1", "warned")]
LOADED = [("rights", "rights", RIGHTS), ("notifiers", "notifier-standings", STANDINGS)]


def verb(settings: Settings, *arguments: object) -> Any:
    return takedown(*arguments, env=environment(settings))


def written(folder: Path, *lines: bytes, name: str = "rights.jsonl") -> Path:
    path = folder / name
    text = b"".join(line + b"\n" for line in lines)
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return path


async def rights(settings: Settings) -> list[Right]:
    return [decode(Right, record.value) for record in await read(settings, "rights")]


# -- topics


def test_topics_are_made_once_and_shown(settings: Settings) -> None:
    first = verb(settings, "topics", "create", "--partitions", "3")
    assert first.returncode == 0, first.stderr
    for topic in TOPICS:
        assert topic_name(settings, topic) in first.stdout
    again = verb(settings, "topics", "create", "--partitions", "3")
    assert again.returncode == 0
    assert "0 topics made" in again.stdout
    other = verb(settings, "topics", "create", "--partitions", "4")
    assert other.returncode == 7
    assert "has 3 partitions, not 4" in other.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("topics", "create"),
        ("policy", "publish"),
        ("clock", "--once"),
        ("clock",),
        ("rights", "load", "samples/rights.jsonl.gz"),
        ("notifiers", "load", "samples/notifier-standings.jsonl.gz"),
    ],
)
def test_a_broker_that_is_not_there_is_exit_code_7(settings: Settings, arguments: tuple[str, ...]) -> None:
    ended = verb(settings.model_copy(update={"bootstrap": "127.0.0.1:1"}), *arguments)
    assert ended.returncode == 7
    assert "Kafka at 127.0.0.1:1" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("policy", "publish"), ("clock", "--once"), ("status",)])
def test_a_topic_that_is_not_there_is_exit_code_7(settings: Settings, arguments: tuple[str, ...]) -> None:
    ended = verb(settings, *arguments)
    assert ended.returncode == 7
    assert "does not exist; make it: takedown topics create" in ended.stderr


async def test_what_a_fused_worker_lacks_is_made_by_the_command_that_is_named(settings: Settings) -> None:
    await create(settings)
    ended = verb(settings, "worker", "--fused")
    assert ended.returncode == 7
    assert "fused.dedupe.changelog does not exist; make it: takedown topics create --fused" in ended.stderr


def test_bad_settings_are_exit_code_8(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "takedown.toml").write_text("partitons = 1\nreplication = 0\n", encoding="utf-8")
    ended = verb(settings, "topics", "create", "--settings", tmp_path / "takedown.toml")
    assert ended.returncode == 8
    assert "do you mean partitions?" in ended.stderr
    assert "replication" in ended.stderr
    assert "Traceback" not in ended.stderr


# -- rights and standings


@pytest.mark.parametrize("name", ["rights.jsonl", "rights.jsonl.gz"])
async def test_rights_are_published_by_their_id_in_order(topics: Settings, tmp_path: Path, name: str) -> None:
    ended = verb(topics, "rights", "load", written(tmp_path, *map(encode, RIGHTS), name=name))
    assert ended.returncode == 0, ended.stderr
    assert "20 rights published, 0 lines left out" in ended.stdout
    records = await read(topics, "rights")
    assert [record.key.decode() for record in records] == [one.right_id for one in RIGHTS]
    assert await rights(topics) == RIGHTS


@pytest.mark.parametrize(("group", "topic", "good"), LOADED)
async def test_one_bad_line_keeps_all_back_unless_they_are_left_out(
    topics: Settings, tmp_path: Path, group: str, topic: str, good: list[Any]
) -> None:
    key = TOPICS[topic].key or ""
    file = written(tmp_path, encode(good[0]), f'{{"{key}": 1}}'.encode(), b"", encode(good[1]), b"{", b"\xff")
    refused = verb(topics, group, "load", file)
    assert refused.returncode == 4
    for line, said in ((2, f"$.{key}"), (3, "the line is empty"), (5, ""), (6, "")):
        assert f"{file}:{line}: {said}" in refused.stderr
    assert "4 lines are no good, so nothing was published" in refused.stderr
    assert await read(topics, topic) == []
    passed = verb(topics, group, "load", file, "--skip-bad")
    assert passed.returncode == 0
    assert "published, 4 lines left out" in passed.stdout
    records = await read(topics, topic)
    assert [(record.key.decode(), record.value) for record in records] == [(getattr(one, key), encode(one)) for one in good[:2]]


@pytest.mark.parametrize("group", ["rights", "notifiers"])
def test_a_file_that_is_not_there_is_exit_code_4(settings: Settings, tmp_path: Path, group: str) -> None:
    ended = verb(settings, group, "load", tmp_path / "none.jsonl")
    assert ended.returncode == 4
    assert "No such file" in ended.stderr


@pytest.mark.parametrize(("group", "topic", "good"), LOADED)
async def test_reference_data_comes_through_a_pipe(topics: Settings, group: str, topic: str, good: list[Any]) -> None:
    """As `kubectl exec -i` and `cat` give it: it cannot be read twice."""
    loaded = piped(topics, group, b"".join(encode(one) + b"\n" for one in good))
    noun = {"rights": "rights", "notifiers": "standings"}[group]
    assert (loaded.returncode, loaded.stdout) == (0, f"{len(good)} {noun} published, 0 lines left out.\n".encode()), loaded.stderr
    assert len(await read(topics, topic)) == len(good)
    empty = piped(topics, group, b"")
    assert (empty.returncode, f"holds no {noun}".encode() in empty.stderr) == (4, True)


def piped(settings: Settings, group: str, lines: bytes) -> subprocess.CompletedProcess[bytes]:
    command = (TAKEDOWN, group, "load", "/dev/stdin")
    return subprocess.run(command, input=lines, env=environment(settings), capture_output=True, check=False, timeout=60)


# -- policies


async def test_policies_are_published_as_they_were_written(topics: Settings, tmp_path: Path) -> None:
    own = default_text().replace(parse(default_text(), "default").version, "my-own")
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    assert verb(topics, "policy", "publish").returncode == 0
    assert verb(topics, "policy", "publish", tmp_path / "own.toml").returncode == 0
    assert verb(topics, "policy", "publish", tmp_path / "own.toml").returncode == 0, "the same again is no harm"
    (tmp_path / "other.toml").write_text((tmp_path / "own.toml").read_text().replace("base_rate = 0.018", "base_rate = 0.03"))
    changed = verb(topics, "policy", "publish", tmp_path / "other.toml")
    assert changed.returncode == 5
    assert "was published with another text" in changed.stderr
    records = await read(topics, "policies")
    policies = [decode(PolicyRecord, record.value) for record in records]
    assert [record.key.decode() for record in records] == [policy.version for policy in policies]
    assert [policy.text for policy in policies] == [default_text(), own, own]
    assert policies[1].version == "my-own"


async def test_a_bad_policy_is_not_published(topics: Settings, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('version = ""\n', encoding="utf-8")
    assert verb(topics, "policy", "publish", tmp_path / "bad.toml").returncode == 5
    assert await read(topics, "policies") == []


# -- the clock


async def ticks(settings: Settings, partition: int) -> list[datetime]:
    return [decode(Tick, record.value).event_time for record in await read(settings, "clock", partition)]


async def test_one_tick_goes_to_every_partition(topics: Settings) -> None:
    before = datetime.now(UTC)
    ended = verb(topics, "clock", "--once")
    assert ended.returncode == 0, ended.stderr
    ((first,), (second,)) = [await ticks(topics, partition) for partition in range(2)]
    assert first == second
    assert first.timestamp() % 60 == 0
    assert before - timedelta(minutes=1) < first <= datetime.now(UTC)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_clock_ticks_at_every_interval_until_it_is_stopped(topics: Settings, number: signal.Signals) -> None:
    quick = {**environment(topics), "TAKEDOWN_CLOCK_INTERVAL": "1"}
    running = subprocess.Popen([TAKEDOWN, "clock"], env=quick, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    for _ in range(3):
        running.stdout.readline()
    running.send_signal(number)
    said, complaint = await asyncio.to_thread(running.communicate, timeout=30)
    assert running.returncode == os.EX_OK, complaint
    assert said.endswith("stopped\n")
    told = await ticks(topics, 0)
    assert len(told) >= 3
    assert told == sorted({time.replace(microsecond=0) for time in told})
    assert await ticks(topics, 1) == told
