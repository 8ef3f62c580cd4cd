"""A topic with a key of its own: what the writers of two partitions put into one of its partitions, and how it is compared."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from pipeline.codec import encode
from pipeline.events.sequence import SequencedNotice
from pipeline.flow import REFERENCES, Stage
from pipeline.kafka.app import plan_of
from pipeline.kafka.compare import Compared, compare
from pipeline.kafka.messages import source_of, written_by
from pipeline.kafka.owner import NoTopicError, Owner
from pipeline.kafka.references import LiveReference
from pipeline.kafka.topics import topic_name
from pipeline.local.output import OutputFolder
from pipeline.local.run import Run
from pipeline.partitions import partition_of
from pipeline.settings import Settings
from pipeline.stages.clock import CLOCK
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import Reference
from pipeline.state.view import View
from tests.build import at, records, sequenced_tick
from tests.kafka.broker import admin
from tests.kafka.world import kept, next_chunk, producing
from tests.unit.kafka.test_messages import outcome

TOPIC, NOTIFIER = "notice-outcomes", "N1"
ROUNDS, NOTICES = 3, 20  # chunks of each writer, and notices of each chunk


def process(given: Sequence[Record], _view: View, _reference: Reference) -> Outputs:
    """Give every notice its receipt."""
    outputs = Outputs()
    for record in given:
        outputs.tally.taken += 1
        outputs.tally.kept += 1
        if isinstance(record.event, SequencedNotice):
            event = record.event
            receipt = outcome(notice_id=event.notice_id, notifier_id=event.notifier_id, seller_id=event.seller_id, decided_at=event.at)
            outputs.emit(TOPIC, event.notifier_id, receipt, record)
    return outputs


TELLING = Stage("flagging", ("events.matched",), (TOPIC,), (CLOCK,), process)


def notices(partition: int, chunk: int) -> list[SequencedNotice]:
    """Return what one partition is told in a chunk: most of it by one notifier, who is heard in both partitions."""
    names = (f"C{partition}-{chunk}-{number}" for number in range(NOTICES))
    return [
        SequencedNotice(
            "notice", at(minutes=chunk), name, NOTIFIER if number % 4 else f"N{number}", f"S{partition}", "L1", "counterfeit", "0" * 32
        )
        for number, name in enumerate(names)
    ]


@pytest.fixture
async def written(topics: Settings, reference: LiveReference, tmp_path: Path) -> tuple[Settings, Path, Run]:
    """Let two owners write by turns, and write what a recomputation of their sequences writes."""
    name = topic_name(topics, "events.matched")
    async with producing(topics) as producer, AsyncExitStack() as stack:
        plan = plan_of(topics, (TELLING,))
        owners = [Owner(plan, partition, reference) for partition in range(2)]
        positions = []
        for owner in owners:
            stack.push_async_callback(owner.close)
            positions.append(await owner.open())
        for chunk in range(ROUNDS):
            for partition, owner in enumerate(owners):
                for event in (sequenced_tick(at(minutes=chunk)), *notices(partition, chunk)):
                    await producer.send_and_wait(name, encode(event), partition=partition)
                taken = await next_chunk(topics, "flagging", positions[partition], partition)
                await owner.handle(taken)
                positions[partition] = dict(taken.positions)
        residuals = [owner._parts[0].progress.residual for owner in owners]
        counts = [owner._parts[0].progress.written for owner in owners]
    assert residuals == [0, 0]
    assert counts == [{TOPIC: ROUNDS * NOTICES}] * 2
    return topics, *recomputed(reference, tmp_path / "recomputed")


def recomputed(reference: LiveReference, out: Path) -> tuple[Path, Run]:
    with OutputFolder(out) as output:
        run = Run((TELLING,), reference.read, output)
        for partition in range(2):
            events = [event for chunk in range(ROUNDS) for event in (sequenced_tick(at(minutes=chunk)), *notices(partition, chunk))]
            for record in records(events, "events.matched"):
                run.feed(Record(record.topic, partition, record.offset, record.raw, record.event))
        for number in sorted(run.partitions):
            run.partitions[number].flush()
        output.complete((TOPIC, *REFERENCES))
    return out, run


async def compared(settings: Settings, out: Path, run: Run) -> list[Compared]:
    for topic in ("events.matched", "takedowns", "reviews", "seller-warnings", "store-closures", "reinstatements", "dead-letters"):
        (out / f"{topic}.jsonl").touch()
    return [each for each in await compare(settings, out, run.written, fused=True) if each.topic == TOPIC]


async def test_each_record_lies_where_its_key_belongs_and_says_who_wrote_it(written: tuple[Settings, Path, Run]) -> None:
    settings, *_ = written
    held = await kept(settings, TOPIC)
    assert len(held) == 2 * ROUNDS * NOTICES
    assert {each.partition for each in held} == {0, 1}
    for each in held:
        assert each.key is not None
        assert each.partition == partition_of(each.key.decode(), 2)
    home = partition_of(NOTIFIER, 2)
    assert {written_by(each.headers) for each in held if each.partition == home} == {0, 1}


async def test_what_two_writers_put_into_one_partition_is_what_is_recomputed(written: tuple[Settings, Path, Run]) -> None:
    settings, out, run = written
    found = await compared(settings, out, run)
    assert [each.difference for each in found] == [None, None]
    assert sum(each.held for each in found) == sum(each.recomputed for each in found) == 2 * ROUNDS * NOTICES


async def test_a_changed_record_is_seen(written: tuple[Settings, Path, Run]) -> None:
    settings, out, run = written
    file = out / f"{TOPIC}.jsonl"
    file.write_bytes(
        file.read_bytes().replace(b'"C1-2-7","notifier_id":"N1","seller_id":"S1"', b'"C1-2-7","notifier_id":"N1","seller_id":"S0"')
    )
    differing = [each for each in await compared(settings, out, run) if each.difference is not None]
    assert [each.partition for each in differing] == [partition_of(NOTIFIER, 2)]
    assert '"C1-2-7"' in (differing[0].difference or "")


@pytest.mark.parametrize("writer", ["0", "elsewhere"])
async def test_a_record_that_nobody_recomputes_is_seen(written: tuple[Settings, Path, Run], writer: str) -> None:
    """Be it under the name of a writer, or of nobody."""
    settings, out, run = written
    source = source_of("flagging", 0).encode() if writer == "0" else b"elsewhere"
    async with producing(settings) as producer:
        value = encode(outcome(notice_id="C99"))
        await producer.send_and_wait(topic_name(settings, TOPIC), value, key=b"N1", partition=1, headers=[("ce_source", source)])
    differing = [each for each in await compared(settings, out, run) if each.difference is not None]
    assert [each.partition for each in differing] == [1]
    assert "recomputed nothing, held" in (differing[0].difference or "")
    assert '"C99"' in (differing[0].difference or "")


async def test_a_record_that_is_missing_is_seen(written: tuple[Settings, Path, Run]) -> None:
    settings, out, run = written
    file = out / f"{TOPIC}.jsonl"
    file.write_bytes(file.read_bytes() + encode(outcome(notice_id="C99")) + b"\n")
    run.written[TOPIC, 1] += 1
    differing = [each for each in await compared(settings, out, run) if each.difference is not None]
    assert [each.partition for each in differing] == [partition_of(NOTIFIER, 2)]
    assert "held nothing" in (differing[0].difference or "")


async def test_what_retention_has_taken_of_it_is_no_difference(written: tuple[Settings, Path, Run]) -> None:
    settings, out, run = written
    home = partition_of(NOTIFIER, 2)
    (middle,) = [each.offset for each in await kept(settings, TOPIC) if each.partition == home and b'"C1-1-7"' in (each.value or b"")]
    async with admin(settings) as one:
        await one.delete_records({TopicPartition(topic_name(settings, TOPIC), home): RecordsToDelete(middle)})
    found = await compared(settings, out, run)
    assert [each.difference for each in found] == [None, None]
    assert found[home].expired == found[home].recomputed - found[home].held > 0


async def test_a_worker_needs_the_topics_that_it_writes_by_another_key(topics: Settings, reference: LiveReference) -> None:
    lacking = replace(plan_of(topics, (TELLING,)), names={**plan_of(topics, (TELLING,)).names, TOPIC: "not-there"})
    owner = Owner(lacking, 0, reference)
    try:
        with pytest.raises(NoTopicError, match="not-there"):
            await owner.open()
    finally:
        await owner.close()
