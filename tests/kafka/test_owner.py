"""The owner of a partition: one chunk, one transaction; fencing; recovery; and what it refuses."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from pipeline.codec import decode
from pipeline.events.clock import Tick
from pipeline.events.dead_letter import DeadLetter
from pipeline.events.sequence import SequencedTick
from pipeline.flow import INPUTS
from pipeline.kafka.app import plan_of, stages_of
from pipeline.kafka.local_state import open_local
from pipeline.kafka.owner import GapError, NoTopicError, Owner, TooManyDeadLettersError
from pipeline.kafka.progress import KEY, PROGRESS, Progress
from pipeline.kafka.references import LiveReference
from pipeline.kafka.topics import changelog_name, topic_name
from pipeline.kafka.transaction import FencedError
from pipeline.settings import Settings
from tests.build import START, at, listing
from tests.kafka.broker import admin, delete, make
from tests.kafka.world import kept, next_chunk, offer, owning, producing, publish_policy, referring

NOWHERE = dict.fromkeys(INPUTS, 0)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One partition is enough here."""
    return settings.model_copy(update={"partitions": 1})


def offers(number: int, start: int = 0) -> list[Any]:
    return [listing(listing_id=f"L{n}", seller_id=f"S{n % 7}", event_time=at(seconds=n)) for n in range(start, start + number)]


async def sequence(settings: Settings) -> list[bytes | None]:
    return [each.value for each in await kept(settings, "events.unique")]


def progress_of(owner: Owner) -> Progress:
    return owner._parts[0].progress


async def test_a_chunk_is_written_with_its_state_and_its_mark(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(5), b"no json")
    async with owning(topics, "dedupe", reference) as owner:
        assert await owner.open() == NOWHERE
        await owner.handle(await next_chunk(topics, "dedupe", NOWHERE))
        progress = progress_of(owner)
    values = await sequence(topics)
    assert len(values) == 6
    assert decode(SequencedTick, values[0] or b"").partition == 0
    assert len(await kept(topics, "dead-letters")) == 1
    assert progress.inputs["listings"].position == 6
    assert progress.read == {"listings": 6, "clock": 1}
    assert progress.residual == 0
    changelog = await kept(topics, changelog_name(topics, topics.application, "dedupe"))
    assert PROGRESS.decode(changelog[-1].value or b"") == progress


async def test_the_next_owner_goes_on_at_the_mark(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    async with owning(topics, "dedupe", reference) as owner:
        positions = await owner.open()
        chunk = await next_chunk(topics, "dedupe", positions, most=4)
        await owner.handle(chunk)
    async with owning(topics, "dedupe", reference) as second:
        assert await second.open() == chunk.positions == NOWHERE | {"clock": 1, "listings": 3}
        await second.handle(await next_chunk(topics, "dedupe", chunk.positions))
    assert len(await sequence(topics)) == 11


async def test_an_owner_that_was_replaced_is_refused_and_leaves_nothing(topics: Settings, reference: LiveReference, tmp_path: Path) -> None:
    """A paused worker that wakes up in the middle of a chunk, while another one owns its partition."""
    await offer(topics, Tick(START), *offers(10))
    chunk = await next_chunk(topics, "dedupe", NOWHERE)
    async with owning(topics, "dedupe", reference) as zombie:
        await zombie.open()
        elsewhere = topics.model_copy(update={"state_dir": tmp_path / "elsewhere"})
        async with owning(elsewhere, "dedupe", reference) as second:
            await second.open()
            with pytest.raises(FencedError):
                await zombie.handle(chunk)
            await second.handle(chunk)
    assert len(await sequence(topics)) == 11


async def test_what_a_dead_owner_left_open_is_aborted(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    chunk = await next_chunk(topics, "dedupe", NOWHERE)
    async with owning(topics, "dedupe", reference) as dying:
        await dying.open()
        writer = dying._writer
        assert writer is not None
        await writer._producer.begin_transaction()
        await writer._send(dying._processed(chunk))
        assert len(await kept(topics, "events.unique", "read_uncommitted")) == 11
        for part in dying._parts:
            part.local.close()
        dying._parts = []
        async with owning(topics, "dedupe", reference) as second:
            assert await second.open() == NOWHERE
            await second.handle(chunk)
    assert len(await sequence(topics)) == 11
    assert len(await kept(topics, "events.unique", "read_uncommitted")) == 22


@pytest.mark.parametrize("loss", ["deleted", "emptied", "corrupted"])
async def test_a_lost_local_state_comes_back_from_the_changelog(topics: Settings, reference: LiveReference, loss: str) -> None:
    await offer(topics, Tick(START), *offers(50))
    async with owning(topics, "dedupe", reference) as owner:
        positions = await owner.open()
        chunk = await next_chunk(topics, "dedupe", positions)
        await owner.handle(chunk)
        before = owner._parts[0].local.store.sizes()
    folder = Path(topics.state_dir) / topics.application / "dedupe-0"
    if loss == "corrupted":
        for file in folder.glob("*.sst"):
            file.write_bytes(b"nonsense")
        (folder / "CURRENT").write_bytes(b"nonsense")
    else:
        shutil.rmtree(folder)
        if loss == "emptied":
            folder.mkdir()
    async with owning(topics, "dedupe", reference) as second:
        assert await second.open() == chunk.positions
        assert second._parts[0].local.store.sizes() == before


async def test_after_a_clean_stop_nothing_is_read_again(
    topics: Settings, reference: LiveReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    await offer(topics, Tick(START), *offers(50))
    async with owning(topics, "dedupe", reference) as owner:
        await owner.handle(await next_chunk(topics, "dedupe", await owner.open()))
    async with owning(topics, "dedupe", reference) as second:
        await second.open()
        local = second._parts[0].local
        assert local.why is None
        (end,) = {each.offset for each in (await kept(topics, second._parts[0].changelog))[-1:]}
        assert local.mark is not None
        assert local.mark.offset == end + 2  # behind the last record and what ends its transaction


# -- marks that do not fit


async def marked(topics: Settings, reference: LiveReference) -> dict[str, int]:
    """Read ten listings and leave a mark behind them."""
    await offer(topics, Tick(START), *offers(10))
    async with owning(topics, "dedupe", reference) as owner:
        chunk = await next_chunk(topics, "dedupe", await owner.open())
        await owner.handle(chunk)
    return dict(chunk.positions)


async def test_a_topic_that_was_made_anew_is_refused(topics: Settings, reference: LiveReference) -> None:
    await marked(topics, reference)
    name = topic_name(topics, "listings")
    await delete(topics, name)
    await make(topics, {name: 1})
    async with owning(topics, "dedupe", reference) as owner:
        with pytest.raises(GapError, match=r"was deleted and made anew .* takedown reset --stage dedupe"):
            await owner.open()


async def test_a_topic_that_is_gone_is_refused(topics: Settings, reference: LiveReference) -> None:
    await delete(topics, topic_name(topics, "listings"))
    async with owning(topics, "dedupe", reference) as owner:
        with pytest.raises(NoTopicError, match=r"do not exist: .*listings; make them: takedown topics create"):
            await owner.open()


async def test_a_mark_beyond_the_end_is_refused(topics: Settings, reference: LiveReference) -> None:
    await marked(topics, reference)
    async with owning(topics, "dedupe", reference) as owner:
        await owner.open()
        part = owner._parts[0]
        mark = replace(part.progress.inputs["listings"], position=99)
        assert part.local.mark is not None
        beyond = replace(part.progress, inputs={**part.progress.inputs, "listings": mark})
        part.local.write({PROGRESS: {KEY: PROGRESS.encode(beyond)}}, part.local.mark.offset, 2e9)
    async with owning(topics, "dedupe", reference) as second:
        with pytest.raises(GapError, match="ends at 10, but 99 records of it were read"):
            await second.open()


async def test_records_lost_to_retention_are_refused_or_counted(topics: Settings, reference: LiveReference) -> None:
    await marked(topics, reference)
    await offer(topics, *offers(10, start=10))
    await delete_records(topics, "listings", before=15)
    async with owning(topics, "dedupe", reference) as owner:
        with pytest.raises(GapError, match=r"5 offsets of .* are gone .* --accept-gap"):
            await owner.open()
    async with owning(topics, "dedupe", reference, accept_gap=True) as second:
        positions = await second.open()
        assert positions["listings"] == 15
        await second.handle(await next_chunk(topics, "dedupe", positions))
        assert progress_of(second).lost == {"listings": 5}
        assert progress_of(second).residual == 0


async def delete_records(settings: Settings, topic: str, before: int) -> None:
    async with admin(settings) as one:
        await one.delete_records({TopicPartition(topic_name(settings, topic), 0): RecordsToDelete(before)})


# -- dead letters


async def test_too_many_dead_letters_stop_before_the_chunk_is_committed(topics: Settings, reference: LiveReference) -> None:
    few = topics.model_copy(update={"dead_letter_limit": 3})
    await offer(topics, Tick(START), *offers(2), *[b"no json"] * 4)
    async with owning(few, "dedupe", reference) as owner:
        with pytest.raises(TooManyDeadLettersError, match=r"4 dead letters .* allowed are 3 .* --accept-dead-letters"):
            await owner.handle(await next_chunk(topics, "dedupe", await owner.open()))
    assert await sequence(topics) == []
    async with owning(few, "dedupe", reference, accept_dead_letters=1) as second:
        await second.handle(await next_chunk(topics, "dedupe", await second.open()))
    assert len(await kept(topics, "dead-letters")) == 4


async def test_dead_letters_are_counted_over_restarts_and_windows(topics: Settings, reference: LiveReference) -> None:
    few = topics.model_copy(update={"dead_letter_limit": 3, "dead_letter_window": 10})
    await offer(topics, Tick(START), *offers(2), *[b"no json"] * 2)
    async with owning(few, "dedupe", reference) as owner:
        chunk = await next_chunk(topics, "dedupe", await owner.open())
        await owner.handle(chunk)
        assert (progress_of(owner).window, progress_of(owner).dead) == (5, 2)
    await offer(topics, *[b"no json"] * 2)
    async with owning(few, "dedupe", reference) as second:
        await second.open()
        with pytest.raises(TooManyDeadLettersError):
            await second.handle(await next_chunk(topics, "dedupe", chunk.positions))
    await offer(topics, *offers(8, start=10))
    async with owning(few, "dedupe", reference, accept_dead_letters=1) as third:
        await third.open()
        second_chunk = await next_chunk(topics, "dedupe", chunk.positions)
        await third.handle(second_chunk)
        assert (progress_of(third).window, progress_of(third).dead) == (15, 4)
    await offer(topics, *[b"no json"] * 3)
    async with owning(few, "dedupe", reference) as fourth:
        await fourth.open()
        await fourth.handle(await next_chunk(topics, "dedupe", second_chunk.positions))
        assert (progress_of(fourth).window, progress_of(fourth).dead) == (3, 3)


async def test_bad_reference_records_have_one_dead_letter_each(topics: Settings) -> None:
    """A record that no verb published: every worker reads it, the owner of dedupe's first partition tells of it, once."""
    await publish_policy(topics)
    async with producing(topics) as producer:
        await producer.send_and_wait(topic_name(topics, "rights"), b"no json", partition=0)
        await producer.send_and_wait(topic_name(topics, "policies"), b'{"version":"2","text":"nonsense = "}', partition=0)
    async with referring(topics, plan_of(topics, stages_of("dedupe"))) as reference:
        await offer(topics, Tick(START), *offers(2))
        async with owning(topics, "dedupe", reference) as owner:
            chunk = await next_chunk(topics, "dedupe", await owner.open())
            await owner.handle(chunk)
            assert progress_of(owner).reported == {"rights": 1, "policies": 1}
            assert progress_of(owner).residual == 0
        await offer(topics, *offers(2, start=2))
        async with owning(topics, "dedupe", reference) as second:
            await second.open()
            await second.handle(await next_chunk(topics, "dedupe", chunk.positions))
    letters = [decode(DeadLetter, each.value or b"") for each in await kept(topics, "dead-letters")]
    assert sorted((letter.stage, letter.topic, letter.offset, letter.error.code) for letter in letters) == [
        ("reference", "policies", 1, "bad-policy"),
        ("reference", "rights", 0, "not-json"),
    ]


# -- formats


async def test_a_state_of_a_newer_release_is_refused(topics: Settings, reference: LiveReference) -> None:
    await marked(topics, reference)
    async with owning(topics, "dedupe", reference) as owner:
        await owner.open()
        part = owner._parts[0]
        assert part.local.mark is not None
        part.local.write({PROGRESS: {KEY: bytes([PROGRESS.version + 1]) + b"new"}}, part.local.mark.offset, 2e9)
    async with owning(topics, "dedupe", reference) as second:
        with pytest.raises(ValueError, match="this release reads up to"):
            await second.open()


def test_the_local_state_is_where_the_settings_say(settings: Settings) -> None:
    folder = Path(settings.state_dir) / "app" / "dedupe-0"
    open_local(folder, (), "id", 0, 1, 0.0, 1.0).close()
    assert folder.is_dir()
