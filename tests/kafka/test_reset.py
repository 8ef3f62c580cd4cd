"""A reset: the owner goes on at the new place, and what was read, lost and written still adds up."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import RecordsToDelete

from pipeline.events.clock import Tick
from pipeline.flow import INPUTS
from pipeline.kafka import reset
from pipeline.kafka.connection import client
from pipeline.kafka.messages import Message
from pipeline.kafka.owner import GapError
from pipeline.kafka.progress import KEY, PROGRESS, InputMark, Progress
from pipeline.kafka.reading import bounds, reading
from pipeline.kafka.references import LiveReference
from pipeline.kafka.status import newest_mark, status
from pipeline.kafka.topic_ids import topic_ids
from pipeline.kafka.topics import changelog_name, topic_name
from pipeline.kafka.transaction import FencedError, TransactionalWriter
from pipeline.settings import Settings
from pipeline.state.changelog_form import raw
from pipeline.state.store import Size
from scripts.broker.workers import environment
from tests.build import FAKE, START, at, listing
from tests.cli.command import takedown
from tests.kafka.broker import admin, delete, make
from tests.kafka.world import kept, next_chunk, offer, owning

NOWHERE = dict.fromkeys(INPUTS, 0)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One partition is enough here."""
    return settings.model_copy(update={"partitions": 1})


def offers(number: int, start: int = 0) -> list[Any]:
    return [listing(FAKE, listing_id=f"L{n}", seller_id=f"S{n % 7}", event_time=at(seconds=n)) for n in range(start, start + number)]


def verb(settings: Settings, *arguments: object, **options: Any) -> Any:
    return takedown("reset", *arguments, env=environment(settings), **options)


async def done(settings: Settings, *arguments: object) -> str:
    """Reset without asking; return what was printed."""
    ended = await asyncio.to_thread(verb, settings, *arguments, "--yes")
    assert ended.returncode == 0, ended.stderr
    return str(ended.stdout)


async def ends(settings: Settings, positions: dict[str, int]) -> dict[str, int]:
    async with reading(client(settings)) as consumer:
        return {topic: (await bounds(consumer, TopicPartition(topic_name(settings, topic), 0)))[1] for topic in positions}


async def run(settings: Settings, stage: str, reference: LiveReference, *, most: int = 4, chunks: int = 1000) -> Progress:
    """Run a stage to the end of its inputs in chunks of a few records (each leaves the end of a transaction); return its mark."""
    async with owning(settings, stage, reference) as owner:
        positions = await owner.open()
        end = await ends(settings, positions)
        for _ in range(chunks):
            if positions == end:
                break
            chunk = await next_chunk(settings, stage, positions, most=most)
            await owner.handle(chunk)
            positions = dict(chunk.positions)
        return owner._parts[0].progress


async def opened(settings: Settings, stage: str, reference: LiveReference) -> tuple[dict[str, int], list[dict[str, Size]]]:
    """Open a stage; return where it goes on, and what it holds."""
    async with owning(settings, stage, reference) as owner:
        positions = await owner.open()
        return positions, [part.local.store.sizes() for part in owner._parts]


def but_the_mark(sizes: dict[str, Size]) -> int:
    return sum(size.entries for table, size in sizes.items() if table != PROGRESS.name)


async def mark(settings: Settings, stage: str = "dedupe") -> Progress:
    async with reading(client(settings)) as consumer:
        found = await newest_mark(consumer, TopicPartition(changelog_name(settings, settings.application, stage), 0))
    assert found is not None
    return found


async def sequence(settings: Settings) -> int:
    return len(await kept(settings, "events.unique"))


async def adds_up(settings: Settings) -> bool:
    found = await status(settings)
    return found.lag == 0 and found.residuals() == {}


# -- marks that do not fit


async def test_a_topic_that_was_made_anew_is_read_after_a_reset(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    await run(topics, "dedupe", reference)
    await delete(topics, topic_name(topics, "listings"))
    await make(topics, {topic_name(topics, "listings"): 1})
    await offer(topics, *offers(3, start=10))
    with pytest.raises(GapError, match=r"made anew .* takedown reset --stage dedupe --to"):
        await opened(topics, "dedupe", reference)
    shown = await done(topics, "--stage", "dedupe", "--to", "start", "--topic", "listings")
    assert "the topic was made anew" in shown
    assert "no record is skipped or read again" in shown
    assert (await opened(topics, "dedupe", reference))[0] == NOWHERE | {"clock": 1}
    progress = await run(topics, "dedupe", reference)
    assert progress.read == {"listings": 13, "clock": 1}
    assert progress.lost == {"listings": 0}
    assert await sequence(topics) == 14


async def test_a_mark_beyond_the_end_is_moved_to_it(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    before = await run(topics, "dedupe", reference)
    await leave_mark(topics, before, 99)
    with pytest.raises(GapError, match="ends at 10, but 99 records of it were read"):
        await opened(topics, "dedupe", reference)
    shown = await done(topics, "--stage", "dedupe", "--to", "end")
    assert "beyond the end, 10" in shown
    assert (await opened(topics, "dedupe", reference))[0] == NOWHERE | {"listings": 10, "clock": 1}


async def leave_mark(settings: Settings, progress: Progress, position: int) -> None:
    """Write a mark with another position in `listings`, as the owner would."""
    name = topic_name(settings, "listings")
    inputs = {**progress.inputs, "listings": InputMark((await topic_ids(client(settings), [name]))[name], position)}
    moved = Progress(inputs, progress.read, progress.written, progress.fates)
    writer = TransactionalWriter(client(settings), f"{settings.application}.dedupe.0")
    await writer.start()
    messages = [Message(*each) for each in raw({PROGRESS: {KEY: PROGRESS.encode(moved)}})]
    await writer.write({(changelog_name(settings, settings.application, "dedupe"), 0): messages})
    await writer.close()


async def test_what_retention_took_is_lost(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    await run(topics, "dedupe", reference)
    await offer(topics, *offers(10, start=10))
    async with admin(topics) as one:
        await one.delete_records({TopicPartition(topic_name(topics, "listings"), 0): RecordsToDelete(15)})
    shown = await done(topics, "--stage", "dedupe", "--to", "17", "--topic", "listings", "--partition", "0")
    assert "before the start, 15" in shown
    assert "listings 7 records lost" in shown
    progress = await run(topics, "dedupe", reference)
    assert progress.lost == {"listings": 7}
    assert progress.read["listings"] + progress.lost["listings"] == 20


# -- back and forth


async def test_back_to_the_start_dedupe_drops_what_it_knows(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    await run(topics, "dedupe", reference)
    shown = await done(topics, "--stage", "dedupe", "--to", "start")
    assert "listings 10 records read again, clock 1 records read again" in shown
    progress = await run(topics, "dedupe", reference)
    assert await sequence(topics) == 11
    assert progress.read == {"listings": 20, "clock": 2}
    assert progress.lost == NOWHERE | {"listings": -10, "clock": -1}
    assert progress.fates == {"passed": 11, "dropped:repeated": 10, "dropped:repeated-tick": 1}
    assert progress.residual == 0


async def test_without_its_state_a_stage_begins_anew_and_its_counters_go_on(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    await run(topics, "dedupe", reference)
    _, (before,) = await opened(topics, "dedupe", reference)
    shown = await done(topics, "--stage", "dedupe", "--to", "start", "--forget-state")
    assert f"{but_the_mark(before)} keys forgotten" in shown
    _, (caught_up,) = await opened(topics, "dedupe", reference)  # from where its local state was
    _, (rebuilt,) = await opened(topics.model_copy(update={"state_dir": Path(topics.state_dir) / "new"}), "dedupe", reference)
    assert caught_up == rebuilt
    assert caught_up[PROGRESS.name].entries == 1
    assert but_the_mark(before) == 11
    assert but_the_mark(caught_up) == 0
    progress = await run(topics, "dedupe", reference)
    assert await sequence(topics) == 22
    assert progress.written == {"events.unique": 22}
    _, (after,) = await opened(topics, "dedupe", reference)
    assert but_the_mark(after) == but_the_mark(before)


@pytest.mark.parametrize(("to", "lost"), [("start", -5), ("end", 6), ("7", 0)])
async def test_between_stages_everything_adds_up(topics: Settings, reference: LiveReference, to: str, lost: int) -> None:
    """The offsets of the sequence: 0 to 3, the end of a transaction, 5 to 8, an end, 10 to 12, an end."""
    await offer(topics, Tick(START), *offers(10))
    await run(topics, "dedupe", reference, most=4)
    await run(topics, "brand-match", reference, most=5, chunks=1)
    where = ("--partition", "0") if to.isdecimal() else ()
    await done(topics, "--stage", "brand-match", "--to", to, *where)
    assert (await mark(topics, "brand-match")).lost == {"events.unique": 1 if to == "7" else lost}
    await run(topics, "brand-match", reference)
    await run(topics, "flagging", reference)
    assert await adds_up(topics)


async def test_a_sequence_that_was_made_anew_adds_up_too(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    await run(topics, "dedupe", reference)
    await run(topics, "brand-match", reference, most=5, chunks=1)
    await delete(topics, topic_name(topics, "events.unique"))
    await make(topics, {topic_name(topics, "events.unique"): 1})
    await offer(topics, Tick(at(minutes=1)), *offers(4, start=10))
    await run(topics, "dedupe", reference)
    with pytest.raises(GapError, match="made anew"):
        await opened(topics, "brand-match", reference)
    assert "events.unique 6 records lost" in await done(topics, "--stage", "brand-match", "--to", "start")
    assert (await run(topics, "brand-match", reference)).read == {"events.unique": 10}
    await run(topics, "flagging", reference)
    assert await adds_up(topics)


async def test_a_stage_that_never_ran_can_begin_at_the_end(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    shown = await done(topics, "--stage", "dedupe", "--to", "end")
    assert "not read yet" in shown
    assert "listings 10 records lost" in shown
    assert (await opened(topics, "dedupe", reference))[0] == NOWHERE | {"listings": 10, "clock": 1}


# -- fused


async def test_fused_stages_are_reset_together(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    await run(topics, "fused", reference)
    before = await opened(topics, "fused", reference)
    assert all(but_the_mark(each) for each in before[1])
    await delete(topics, topic_name(topics, "listings"))
    await make(topics, {topic_name(topics, "listings"): 1})
    with pytest.raises(GapError, match=r"takedown reset --fused --to"):
        await opened(topics, "fused", reference)
    await offer(topics, *offers(2, start=10))
    await done(topics, "--fused", "--to", "start", "--forget-state")
    for state in (topics.state_dir, Path(topics.state_dir) / "new"):
        positions, sizes = await opened(topics.model_copy(update={"state_dir": state}), "fused", reference)
        assert positions == NOWHERE
        assert [but_the_mark(each) for each in sizes] == [0, 0, 0]
    await run(topics, "fused", reference)
    assert await sequence(topics) == 14
    found = await status(topics, fused=True)
    assert (found.lag, found.residuals()) == (0, {})


# -- owners that are there


async def test_a_worker_that_has_the_partition_is_fenced(topics: Settings, reference: LiveReference) -> None:
    await offer(topics, Tick(START), *offers(10))
    async with owning(topics, "dedupe", reference) as owner:
        chunk = await next_chunk(topics, "dedupe", await owner.open())
        await done(topics, "--stage", "dedupe", "--to", "end")
        with pytest.raises(FencedError):
            await owner.handle(chunk)
    assert await sequence(topics) == 0


async def test_a_worker_that_comes_meanwhile_wins(topics: Settings, reference: LiveReference, monkeypatch: pytest.MonkeyPatch) -> None:
    await offer(topics, Tick(START), *offers(10))
    before = await run(topics, "dedupe", reference)

    async def keys(*_: object) -> set[bytes]:
        await opened(topics, "dedupe", reference)
        return set()

    monkeypatch.setattr(reset._Reset, "_keys", keys)
    chosen = reset.target(topics, "dedupe")
    with pytest.raises(reset.InUseError, match="a worker took dedupe-0 meanwhile"):
        await reset.apply(topics, chosen, await reset.moves(topics, chosen, "start"), forget=True, told=lambda _: None)
    assert await mark(topics) == before


async def test_it_is_refused_while_workers_run_unless_forced(topics: Settings) -> None:
    await offer(topics, Tick(START), *offers(10))
    consumer = AIOKafkaConsumer(topic_name(topics, "listings"), **client(topics), group_id=f"{topics.application}.dedupe")
    await consumer.start()
    try:
        refused = await asyncio.to_thread(verb, topics, "--stage", "dedupe", "--to", "end", "--yes")
        assert refused.returncode == 7
        assert "1 workers of dedupe run; stop them first" in refused.stderr
        await done(topics, "--stage", "dedupe", "--to", "end", "--force")
    finally:
        await consumer.stop()
    assert (await mark(topics)).inputs["listings"].position == 10
    await done(topics, "--stage", "dedupe", "--to", "end")


# -- what is asked for


IMPOSSIBLE: tuple[tuple[tuple[str, ...], int, str], ...] = (
    (("--to", "start"), 2, "should be dedupe, brand-match, flagging, or leave it out and say --fused"),
    (("--stage", "notifier", "--to", "start"), 2, "should be dedupe"),
    (("--fused", "--stage", "flagging", "--to", "start"), 2, "only dedupe has a place to go to"),
    (("--stage", "dedupe", "--to", "-3"), 2, "should be start, end or an offset"),
    (("--stage", "dedupe", "--to", "0"), 4, "choose with --topic and --partition"),
    (("--stage", "flagging", "--to", "1"), 4, "events.matched-0 has no place 1: it goes from 0 to 0"),
    (("--stage", "flagging", "--to", "end", "--topic", "listings"), 4, "flagging reads no topic listings; there is events.matched"),
    (("--stage", "flagging", "--to", "end", "--partition", "7"), 4, "has no partition 7; there is 0"),
    (("--stage", "flagging", "--to", "end"), 2, "nobody answers; say --yes"),
)


def test_what_cannot_be_is_one_message(topics: Settings) -> None:
    for arguments, code, said in IMPOSSIBLE:
        ended = verb(topics, *arguments, stdin=subprocess.DEVNULL)
        assert ended.returncode == code, ended.stderr
        assert said in " ".join(ended.stderr.replace("│", " ").split()), arguments
        assert "Traceback" not in ended.stderr


async def test_nothing_is_done_where_the_answer_is_no(topics: Settings) -> None:
    await offer(topics, Tick(START), *offers(2))
    answered = await asyncio.to_thread(verb, topics, "--stage", "dedupe", "--to", "end", input="n\n")
    assert (answered.returncode, "nothing was done" in answered.stdout) == (0, True)
    assert await kept(topics, changelog_name(topics, topics.application, "dedupe")) == []
    agreed = await asyncio.to_thread(verb, topics, "--stage", "dedupe", "--to", "end", input="y\n")
    assert agreed.returncode == 0
    assert (await mark(topics)).inputs["listings"].position == 2


def test_topics_that_are_not_there_are_exit_code_7(settings: Settings) -> None:
    ended = verb(settings, "--stage", "dedupe", "--to", "start")
    assert ended.returncode == 7
    assert "does not exist; make it: takedown topics create" in ended.stderr
