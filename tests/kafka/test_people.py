"""Notices, rulings and appeals through workers: what people write is told nowhere, and what is decided is what is recomputed."""

from collections.abc import AsyncIterator, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.codec import decode
from pipeline.events.dead_letter import DeadLetter
from pipeline.events.notice import NoticeOutcome
from pipeline.flow import DEAD_LETTERS, OUTPUTS, STAGES
from pipeline.kafka.compare import compare
from pipeline.kafka.messages import written_by
from pipeline.kafka.play import play
from pipeline.kafka.publish import publish
from pipeline.kafka.recompute import recompute
from pipeline.kafka.topics import changelog_name
from pipeline.local.inputs import files_of
from pipeline.partitions import partition_of
from pipeline.settings import Settings
from scripts.broker.workers import Workers, all_read
from tests.build import right, write_topics
from tests.kafka.world import kept, publish_policy, publish_rights
from tests.properties.personal import DAMAGES, MARK, SELLERS, Damage, Event, appeal, notice, ruling, whole
from tests.properties.test_personal_data import OFFERS, subjects

PATIENCE = 60.0  # seconds


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Everything is told that can be told, and many bad records are no reason to stop."""
    return settings.model_copy(update={"log_level": "DEBUG", "dead_letter_limit": 1000})


def written(damage: Damage, number: int) -> Iterator[tuple[str, bytes]]:
    """Yield a notice, an appeal and a ruling of each seller, all of them damaged in one way."""
    for which, seller in enumerate(SELLERS):
        ident, minute = number * len(SELLERS) + which, 60 * 24 * 3 + number
        takedowns = subjects()[seller]["takedown_id"]
        about = {"takedown_id": takedowns[number % len(takedowns)]}
        events: tuple[tuple[str, Event], ...] = (
            ("notices", notice(ident, seller, f"L{number % 6}-{seller}", minute)),
            ("appeals", appeal(ident, seller, minute, **about)),
            ("rulings", ruling(ident, seller, minute, **about)),
        )
        yield from ((topic, damage(topic, event)) for topic, event in events)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return a folder with all ways to be no good, and as many good records."""
    topics: dict[str, list[object]] = {"listings": [*OFFERS], "notices": [], "appeals": [], "rulings": []}
    for number, damage in enumerate((*DAMAGES, *(whole for _ in DAMAGES))):
        for topic, line in written(damage, number):
            topics[topic].append(line)
    return write_topics(tmp_path / "played", topics)


def metrics_of(workers: Workers) -> Iterator[str]:
    for worker in workers.running:
        connection = HTTPConnection(urlsplit(worker.url or "").netloc, timeout=10)
        for path in ("/metrics", "/status"):
            connection.request("GET", path)
            yield connection.getresponse().read().decode()


async def told(settings: Settings) -> AsyncIterator[tuple[str, bytes]]:
    """Yield all that the stages have written, each record with the topic that holds it."""
    changelogs = [changelog_name(settings, settings.application, stage.name) for stage in STAGES]
    for topic in (*OUTPUTS, DEAD_LETTERS, *changelogs):
        for each in await kept(settings, topic):
            yield topic, b"\n".join([each.key or b"", each.value or b"", *(value for _, value in each.headers)])


@pytest.mark.timeout(240)
async def test_nothing_that_people_write_is_told_and_all_is_as_it_is_recomputed(topics: Settings, files: Path, tmp_path: Path) -> None:
    await publish_policy(topics)
    await publish_rights(topics, right(notifier_ids=("N1",)))
    await publish(topics, "notifier-standings", [("N1", b'{"notifier_id":"N1","tier":"fast_track"}')])
    with Workers(topics, tmp_path / "workers") as workers:
        for stage in STAGES:
            workers.start(stage.name)
        await play(topics, files_of(files), None, lambda *_: None)
        found = await all_read(topics, PATIENCE)
        assert found.residuals() == {}
        shown = [*metrics_of(workers)]
        workers.stop()
        assert len(shown) == 2 * len(STAGES)
        assert [text for text in (*shown, workers.logs()) if MARK in text.lower()] == []
    assert [(topic, text) async for topic, text in told(topics) if MARK.encode() in text.lower()] == []
    await every_outcome_lies_with_its_notifier(topics)
    await every_letter_is_without_its_bytes(topics)
    done = await recompute(topics, tmp_path / "recomputed", lambda *_: None)
    assert done.summary.conservation == 0
    compared = await compare(topics, tmp_path / "recomputed", done.lines, fused=False)
    assert [each for each in compared if each.difference is not None] == []
    assert sum(each.held for each in compared if each.topic == "notice-outcomes") > 0


async def every_outcome_lies_with_its_notifier(settings: Settings) -> None:
    """Notifiers complain of sellers of both partitions, so that a partition has two writers."""
    writers = set()
    for each in await kept(settings, "notice-outcomes"):
        outcome = decode(NoticeOutcome, each.value or b"")
        assert each.key == outcome.notifier_id.encode()
        assert each.partition == partition_of(outcome.notifier_id, settings.partitions)
        assert written_by(each.headers) == partition_of(outcome.seller_id, settings.partitions)
        writers.add((each.partition, written_by(each.headers)))
    assert {(partition, writer) for partition, writer in writers if partition != writer}


async def every_letter_is_without_its_bytes(settings: Settings) -> None:
    letters = [decode(DeadLetter, each.value or b"") for each in await kept(settings, DEAD_LETTERS)]
    assert {letter.topic for letter in letters} >= {"notices", "appeals", "rulings"}
    assert [letter for letter in letters if letter.topic in ("notices", "appeals", "rulings") and letter.original is not None] == []
