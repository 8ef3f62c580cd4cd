"""What must hold after a run: nothing lost, nothing extra, nothing twice, and every figure adds up."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from pipeline.flow import DEAD_LETTERS, INPUTS, OUTPUTS, SEQUENCE, STAGES
from pipeline.kafka.compare import Compared, compare
from pipeline.kafka.connection import client
from pipeline.kafka.reading import batches, places, reading
from pipeline.kafka.recompute import recompute
from pipeline.kafka.status import status
from pipeline.kafka.topics import changelog_name, topic_name
from pipeline.local.replay import Plan, replay
from pipeline.settings import Settings

_OF_THE_SEQUENCE = ("at", "late")  # of a late record: its time is that of the ticks around it
_NO_ENDS = 4  # offsets in a row that hold nothing
_COMPACTED_WITHIN = 60  # seconds


Letters = Counter[tuple[str, str]]  # error code and hash of the input


@dataclass(slots=True)
class Verdict:
    """Differences between what dedupe wrote and should have written, and between what was decided and recomputed; what does not add up."""

    lost: int = 0
    extra: int = 0
    twice: int = 0
    disordered: int = 0
    compared: list[Compared] = field(default_factory=list)
    residuals: dict[str, int] = field(default_factory=dict)
    letters: tuple[Letters, Letters] = field(default_factory=lambda: (Counter(), Counter()))  # dedupe's, as they should be and are
    aborted: int = 0  # records of aborted transactions that the topics hold
    compacted: int = 0  # changelog records that compaction has taken

    def held(self, topic: str) -> int:
        """Return how many records an output topic holds."""
        return sum(each.held for each in self.compared if each.topic == topic)

    @property
    def faults(self) -> list[str]:
        """Everything that should not be, in words."""
        counts = {"lost": self.lost, "extra": self.extra, "twice": self.twice, "out of order": self.disordered}
        found = [f"{number} records of the sequence {what}" for what, number in counts.items() if number]
        found += [f"{each.topic}-{each.partition}: {each.difference}" for each in self.compared if each.difference is not None]
        if self.letters[0] != self.letters[1]:
            found.append(f"dead letters of dedupe: {self.letters[0].total()} there should be, {self.letters[1].total()} there are")
        return found + [f"{place}: {number} unaccounted for" for place, number in self.residuals.items()]


async def judge(settings: Settings, played: Path, scratch: Path) -> Verdict:
    """Compare what the topics hold with a local dedupe of the files that were played, and with a recomputation."""
    replay(Plan(played, scratch / "local", partitions=settings.partitions))
    verdict = Verdict()
    verdict.letters = _letters(scratch / "local"), await _letters_held(settings)
    _compare_sequences(verdict, _local(scratch / "local" / f"{SEQUENCE}.jsonl"), await _held(settings))
    done = await recompute(settings, scratch / "recomputed", lambda *_: None)
    verdict.compared = await compare(settings, scratch / "recomputed", done.lines, fused=False)
    verdict.residuals = (await status(settings)).residuals()
    verdict.residuals |= await _unread(settings)
    verdict.aborted = await _aborted(settings)
    for _ in range(_COMPACTED_WITHIN):
        verdict.compacted = verdict.compacted or await _compacted(settings)
        await asyncio.sleep(0 if verdict.compacted else 1)
    return verdict


def _letters(folder: Path) -> Letters:
    with (folder / f"{DEAD_LETTERS}.jsonl").open("rb") as lines:
        return _of_dedupe(lines)


async def _letters_held(settings: Settings) -> Letters:
    found: Letters = Counter()
    async with reading(client(settings)) as consumer:
        for place, begin, end in await places(consumer, client(settings), topic_name(settings, DEAD_LETTERS)):
            async for fetched, _ in batches(consumer, place, begin, end):
                found.update(_of_dedupe(record.value for record in fetched))
    return found


def _of_dedupe(letters: Iterable[bytes]) -> Letters:
    """Count dedupe's letters: what the later stages make of the sequence depends on when rights, standings and policies changed."""
    read = (orjson.loads(letter) for letter in letters)
    return Counter((letter["error"]["code"], letter["input_hash"]) for letter in read if letter["stage"] == STAGES[0].name)


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
    return orjson.dumps({name: value for name, value in event.items() if name not in _OF_THE_SEQUENCE})


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
        found.setdefault(_seller(orjson.loads(line)), []).append(line)
    return found


def _seller(event: dict[str, Any]) -> str:
    seller: str = event["listing"]["seller_id"] if event["kind"] == "listing" else event["seller_id"]
    return seller


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
    """Return how many records compaction has certainly taken from the changelogs: the ends of transactions leave no gap of four."""
    taken = 0
    async with reading(client(settings) | {"isolation_level": "read_uncommitted"}) as consumer:
        for name in changelogs(settings):
            for place, begin, end in await places(consumer, client(settings), name):
                offsets = [record.offset async for fetched, _ in batches(consumer, place, begin, end) for record in fetched]
                gaps = (after - before - 1 for before, after in pairwise([begin - 1, *offsets]))
                taken += sum(gap for gap in gaps if gap >= _NO_ENDS)
    return taken


def changelogs(settings: Settings) -> Iterator[str]:
    """Yield the names of the changelogs."""
    return (changelog_name(settings, settings.application, stage.name) for stage in STAGES)
