"""What must hold after a run: nothing lost, nothing extra, nothing twice, and every figure adds up."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from pipeline.flow import DEAD_LETTERS, INPUTS, OUTPUTS, SEQUENCE, STAGES
from pipeline.kafka.compare import Compared, compare
from pipeline.kafka.connection import client
from pipeline.kafka.progress import KEY, PROGRESS
from pipeline.kafka.reading import batches, places, reading
from pipeline.kafka.recompute import recompute
from pipeline.kafka.status import status
from pipeline.kafka.topics import changelog_name, topic_name
from pipeline.local.replay import Plan, replay
from pipeline.settings import Settings
from pipeline.state.changelog_form import raw

_TIME_OF_THE_SEQUENCE = "at"  # of a late record: it depends on the ticks around it


@dataclass(slots=True)
class Verdict:
    """Differences between what dedupe wrote and should have written, and between what was decided and recomputed; what does not add up."""

    lost: int = 0
    extra: int = 0
    twice: int = 0
    disordered: int = 0
    compared: list[Compared] = field(default_factory=list)
    residuals: dict[str, int] = field(default_factory=dict)
    aborted: int = 0  # records of aborted transactions that the topics hold
    compacted: int = 0  # changelog records that compaction has taken

    @property
    def faults(self) -> list[str]:
        """Everything that should not be, in words."""
        counts = {"lost": self.lost, "extra": self.extra, "twice": self.twice, "out of order": self.disordered}
        found = [f"{number} records of the sequence {what}" for what, number in counts.items() if number]
        found += [f"{each.topic}-{each.partition}: {each.difference}" for each in self.compared if each.difference is not None]
        return found + [f"{place}: {number} unaccounted for" for place, number in self.residuals.items()]


async def judge(settings: Settings, played: Path, scratch: Path) -> Verdict:
    """Compare what the topics hold with a local dedupe of the files that were played, and with a recomputation."""
    replay(Plan(played, scratch / "local", partitions=settings.partitions))
    verdict = Verdict()
    _compare_sequences(verdict, _local(scratch / "local" / f"{SEQUENCE}.jsonl"), await _held(settings))
    done = await recompute(settings, scratch / "recomputed", lambda *_: None)
    verdict.compared = await compare(settings, scratch / "recomputed", done.lines, fused=False)
    verdict.residuals = (await status(settings)).residuals()
    verdict.residuals |= await _unread(settings)
    verdict.aborted = await _aborted(settings)
    verdict.compacted = await _compacted(settings)
    return verdict


Sequences = dict[int, list[bytes]]  # by partition; ticks apart


def _local(path: Path) -> Sequences:
    found: Sequences = {}
    partition = 0
    with path.open("rb") as lines:
        for line in lines:
            event = orjson.loads(line)
            if event["kind"] == "tick":
                partition = event["partition"]
            else:
                found.setdefault(partition, []).append(_form(event))
    return found


async def _held(settings: Settings) -> Sequences:
    found: Sequences = {}
    async with reading(client(settings)) as consumer:
        for place, begin, end in await places(consumer, client(settings), topic_name(settings, SEQUENCE)):
            async for fetched, _ in batches(consumer, place, begin, end):
                events = (orjson.loads(record.value) for record in fetched)
                found.setdefault(place.partition, []).extend(_form(event) for event in events if event["kind"] != "tick")
    return found


def _form(event: dict[str, Any]) -> bytes:
    if event.get("late"):
        event.pop(_TIME_OF_THE_SEQUENCE)
    return orjson.dumps(event)


def _compare_sequences(verdict: Verdict, wanted: Sequences, held: Sequences) -> None:
    """Compare per partition as a set, and the order of each seller's records."""
    for partition in wanted.keys() | held.keys():
        right, seen = Counter(wanted.get(partition, [])), Counter(held.get(partition, []))
        verdict.lost += (right - seen).total()
        verdict.extra += sum(number for line, number in (seen - right).items() if line not in right)
        verdict.twice += sum(number for line, number in (seen - right).items() if line in right)
        verdict.disordered += _by_key(wanted.get(partition, [])) != _by_key(held.get(partition, []))


def _by_key(lines: Iterable[bytes]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for line in lines:
        found.setdefault(orjson.loads(line)["listing"]["seller_id"], []).append(line)
    return found


async def _unread(settings: Settings) -> dict[str, int]:
    """Return the inputs of which dedupe has counted another number of records than they hold."""
    counted: Counter[tuple[str, int]] = Counter()
    for each in (await status(settings)).standings:
        if each.stage == STAGES[0].name:
            counted.update({(topic, each.partition): number for topic, number in each.progress.read.items()})
    found = {}
    for topic in INPUTS:
        for partition, number in (await _numbers(settings, topic_name(settings, topic))).items():
            found[f"{topic}-{partition}"] = number - counted[topic, partition]
    return {place: number for place, number in found.items() if number}


async def _numbers(settings: Settings, name: str, isolation: str = "read_committed") -> dict[int, int]:
    """Return how many records each partition of a topic holds."""
    found: dict[int, int] = {}
    async with reading(client(settings) | {"isolation_level": isolation}) as consumer:
        for place, begin, end in await places(consumer, client(settings), name):
            found[place.partition] = sum([len(fetched) async for fetched, _ in batches(consumer, place, begin, end)])
    return found


async def _aborted(settings: Settings) -> int:
    total = 0
    for topic in (*OUTPUTS, DEAD_LETTERS):
        name = topic_name(settings, topic)
        committed, all_of_them = await _numbers(settings, name), await _numbers(settings, name, "read_uncommitted")
        total += sum(all_of_them.values()) - sum(committed.values())
    return total


async def _compacted(settings: Settings) -> int:
    """Return about how many records compaction has taken from the changelogs: every transaction leaves one progress mark and one offset
    that holds nothing, so that without compaction there are as many of the one as of the other.
    """
    ((mark, _),) = raw({PROGRESS: {KEY: None}})
    empty = marks = 0
    async with reading(client(settings) | {"isolation_level": "read_uncommitted"}) as consumer:
        for name in changelogs(settings):
            for place, begin, end in await places(consumer, client(settings), name):
                keys = [record.key async for fetched, _ in batches(consumer, place, begin, end) for record in fetched]
                empty += end - len(keys)
                marks += keys.count(mark)
    return empty - marks


def changelogs(settings: Settings) -> Iterator[str]:
    """Yield the names of the changelogs."""
    return (changelog_name(settings, settings.application, stage.name) for stage in STAGES)
