"""The one way back where a stage's mark does not fit its topic: a new mark, written as the stage's owner would write it.

Counters go on, so that they still say what was read and written since the beginning; `lost` is what makes them agree with the new position.
In a topic between stages, what the reader read and lost is what the writer wrote before the position: the writer's own count says how much
that is, also where the topic was made anew or lost its end. Offsets cannot: the ends of transactions have some too.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CoordinatorLoadInProgressError, GroupCoordinatorNotAvailableError, NotCoordinatorForGroupError, for_code

from pipeline.flow import STAGES, Stage, writer
from pipeline.kafka.connection import client
from pipeline.kafka.messages import Message
from pipeline.kafka.progress import KEY, PROGRESS, InputMark, Progress
from pipeline.kafka.reading import batches, bounds, reading
from pipeline.kafka.status import newest_mark
from pipeline.kafka.topic_ids import Described, describe
from pipeline.kafka.topics import FUSED, TopicsError, changelog_name, fused_application, topic_name
from pipeline.kafka.transaction import FencedError, TransactionalWriter
from pipeline.settings import Settings
from pipeline.state.changelog_form import raw

START, END = "start", "end"
((_MARK, _),) = raw({PROGRESS: {KEY: None}})  # the key of the mark in a changelog
_PATIENCE = 600.0  # seconds that a transaction may take: forgetting a large state is one
_NOT_YET = (GroupCoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorForGroupError)
_TRIES = 50  # tenths of a second in which the group's coordinator is found

T = TypeVar("T", str, int)

Told = Callable[[int], None]  # how many offsets more have been looked at


class NoSuchPlaceError(Exception):
    """There is no such topic, partition or offset to go to."""


class InUseError(Exception):
    """Workers run that have the partitions, or that took one meanwhile."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is reset: a stage, or all of them where they run fused; then only the first one reads from Kafka."""

    application: str
    name: str
    stages: Sequence[Stage]

    @property
    def reader(self) -> Stage:
        """The stage whose mark says where reading goes on."""
        return self.stages[0]

    @property
    def group(self) -> str:
        """The consumer group of its workers."""
        return f"{self.application}.{self.name}"


@dataclass(frozen=True, slots=True)
class Move:
    """One input of one partition: where reading stands (None: nowhere yet), and where it will go on. `note` says how the old mark fits."""

    topic: str
    partition: int
    topic_id: str
    old: int | None
    new: int
    note: str


@dataclass(frozen=True, slots=True)
class Done:
    """What a reset did to a partition: records by topic that are passed over (or, below 0, read again), and keys that were forgotten."""

    partition: int
    passed_over: Mapping[str, int]
    forgotten: int


def target(settings: Settings, stage: str) -> Target:
    """Return what is reset by the name of a stage, or of all fused. Raises KeyError."""
    if stage == FUSED:
        return Target(fused_application(settings), FUSED, STAGES)
    return Target(settings.application, stage, ({each.name: each for each in STAGES}[stage],))


# -- before: what would be done


async def members(settings: Settings, group: str) -> int:
    """Return how many workers a consumer group has now. Raises KafkaError."""
    admin = AIOKafkaAdminClient(**client(settings))
    await admin.start()
    try:
        for _ in range(_TRIES):
            try:
                return await _members(admin, group)
            except _NOT_YET:  # a broker that never had a group makes room for them first
                await asyncio.sleep(0.1)
        return await _members(admin, group)
    finally:
        await admin.close()


async def _members(admin: AIOKafkaAdminClient, group: str) -> int:
    (response,) = await admin.describe_consumer_groups([group])
    ((error_code, _, _, _, _, found, *_),) = response.groups
    if error_code:
        raise for_code(error_code)(group)
    return len(found)


async def moves(settings: Settings, reset: Target, to: str | int, *, topic: str | None = None, partition: int | None = None) -> list[Move]:
    """Return what a reset would move. `to`: START, END or an offset; without topic or partition, all that the stage reads.

    Raises NoSuchPlaceError, TopicsError where a topic is not there, and KafkaError.
    """
    there = await _described(settings, reset)
    changelog = changelog_name(settings, reset.application, reset.reader.name)
    topics = _chosen(reset.reader.reads, topic, f"{reset.name} reads no topic")
    partitions = _chosen(range(there[changelog].partitions), partition, f"{changelog} has no partition")
    if isinstance(to, int) and len(topics) * len(partitions) > 1:
        raise NoSuchPlaceError(
            f"an offset is a place in one partition of one topic, and here are {len(topics)} topics ({', '.join(topics)}) with "
            f"{len(partitions)} partitions; choose with --topic and --partition"
        )
    async with reading(client(settings)) as consumer:
        found = []
        for number in partitions:
            progress = await newest_mark(consumer, TopicPartition(changelog, number)) or Progress()
            found += [await _move(consumer, settings, there, progress.inputs.get(each), to, each, number) for each in topics]
        return found


def _chosen(all_of_them: Sequence[T], one: T | None, refusal: str) -> Sequence[T]:
    if one is None:
        return all_of_them
    if one not in all_of_them:
        raise NoSuchPlaceError(f"{refusal} {one}; there is {', '.join(map(str, all_of_them))}")
    return [one]


async def _described(settings: Settings, reset: Target) -> dict[str, Described]:
    """Return what the broker has of the topics of a reset. Raises TopicsError where one is missing, or they do not fit together."""
    changelogs = [changelog_name(settings, reset.application, stage.name) for stage in (*reset.stages, *_writers(reset))]
    wanted = [*changelogs, *(topic_name(settings, topic) for topic in reset.reader.reads)]
    there = await describe(client(settings), wanted)
    if missing := [f"{name} does not exist; make it: takedown topics create" for name in wanted if name not in there]:
        raise TopicsError(missing)
    count = there[wanted[0]].partitions
    if other := [name for name in wanted if there[name].partitions != count]:
        raise TopicsError([f"{name} has {there[name].partitions} partitions, {wanted[0]} has {count}" for name in other])
    return there


def _writers(reset: Target) -> list[Stage]:
    """Return the stages that write what a reset reads; what comes from outside has none."""
    names = {writer(topic) for topic in reset.reader.reads}
    return [stage for stage in STAGES if stage.name in names]


async def _move(
    consumer: AIOKafkaConsumer,
    settings: Settings,
    there: Mapping[str, Described],
    mark: InputMark | None,
    to: str | int,
    topic: str,
    partition: int,
) -> Move:
    name = topic_name(settings, topic)
    begin, end = await bounds(consumer, TopicPartition(name, partition))
    new = {START: begin, END: end}.get(to) if isinstance(to, str) else to
    if new is None or not begin <= new <= end:
        raise NoSuchPlaceError(f"{name}-{partition} has no place {to}: it goes from {begin} to {end}")
    topic_id = there[name].topic_id
    return Move(topic, partition, topic_id, mark.position if mark else None, new, _note(mark, topic_id, begin, end))


def _note(mark: InputMark | None, topic_id: str, begin: int, end: int) -> str:
    if mark is None:
        return "not read yet"
    if mark.topic_id != topic_id:
        return "the topic was made anew"
    if mark.position > end:
        return f"beyond the end, {end}"
    return f"before the start, {begin}" if mark.position < begin else ""


# -- doing it


async def apply(settings: Settings, reset: Target, wanted: Iterable[Move], *, forget: bool, told: Told) -> list[Done]:
    """Write the new marks, partition by partition, each in one transaction; with `forget` also that no key is kept any more.

    Workers that have a partition are fenced. Holds the keys of one partition's state in memory, where they are to be forgotten. Raises
    InUseError where a worker took a partition meanwhile, TopicsError, and KafkaError; then some partitions may be done.
    """
    by_partition: dict[int, list[Move]] = {}
    for move in wanted:
        by_partition.setdefault(move.partition, []).append(move)
    done = []
    async with reading(client(settings)) as consumer:
        for partition, moved in by_partition.items():
            done.append(await _Reset(settings, reset, partition, consumer, told).apply(moved, forget=forget))
    return done


class _Reset:
    """The reset of one partition."""

    def __init__(self, settings: Settings, reset: Target, partition: int, consumer: AIOKafkaConsumer, told: Told) -> None:
        self._settings, self._reset, self._partition = settings, reset, partition
        self._consumer, self._told = consumer, told

    async def apply(self, moved: Sequence[Move], *, forget: bool) -> Done:
        """Fence, read, and write. Raises InUseError and KafkaError."""
        owner = self._writer(self._reset.group)
        try:
            await owner.start()
            before = await self._mark(self._reset.reader)
            after = before
            for move in moved:
                after = await self._moved(after, move)
            forgotten = {stage.name: await self._keys(stage) if forget else set() for stage in self._reset.stages}
            await owner.write(self._messages(after, forgotten))
        except FencedError as error:
            raise InUseError(f"a worker took {self._reset.name}-{self._partition} meanwhile: it is not reset; stop the workers") from error
        finally:
            await owner.close()
        passed_over = {move.topic: after.lost.get(move.topic, 0) - before.lost.get(move.topic, 0) for move in moved}
        return Done(self._partition, passed_over, sum(map(len, forgotten.values())))

    def _writer(self, group: str) -> TransactionalWriter:
        return TransactionalWriter(client(self._settings), f"{group}.{self._partition}", timeout=_PATIENCE)

    def _changelog(self, stage: Stage) -> TopicPartition:
        return TopicPartition(changelog_name(self._settings, self._reset.application, stage.name), self._partition)

    async def _mark(self, stage: Stage) -> Progress:
        return await newest_mark(self._consumer, self._changelog(stage)) or Progress()

    async def _moved(self, progress: Progress, move: Move) -> Progress:
        """Return the progress with one input at its new place, and what that loses."""
        writing = next((stage for stage in _writers(self._reset) if move.topic in stage.writes), None)
        lost = await (self._lost_on_the_way(progress, move) if writing is None else self._lost_in_between(progress, move, writing))
        inputs = {**progress.inputs, move.topic: InputMark(move.topic_id, move.new)}
        return replace(progress, inputs=inputs, lost={**progress.lost, move.topic: lost})

    async def _lost_on_the_way(self, progress: Progress, move: Move) -> int:
        """Return what is lost of a topic that comes from outside: what lies between the old place and the new one.

        Of what retention took, offsets are all that is known. A topic that was made anew has not been read at all.
        """
        place = self._place(move)
        begin, end = await bounds(self._consumer, place)
        mark = progress.inputs.get(move.topic)
        old = mark.position if mark is not None and mark.topic_id == move.topic_id else begin
        still = min(max(old, begin), end)
        way = await self._records(place, min(still, move.new), max(still, move.new))
        return progress.lost.get(move.topic, 0) + max(begin - old, 0) + (way if move.new > still else -way)

    async def _lost_in_between(self, progress: Progress, move: Move, writing: Stage) -> int:
        """Return what is lost of a topic that a stage writes: what it wrote before the new place and the reader did not read.

        That stage is stopped for a moment (its worker is fenced, and does its chunk again), so that its count is of what the topic holds.
        """
        place = self._place(move)
        fence = self._writer(f"{self._reset.application}.{writing.name}")
        try:
            await fence.start()
            wrote = (await self._mark(writing)).written.get(move.topic, 0)
            _, end = await bounds(self._consumer, place)
        finally:
            await fence.close()
        return wrote - await self._records(place, move.new, end) - progress.read.get(move.topic, 0)

    def _place(self, move: Move) -> TopicPartition:
        return TopicPartition(topic_name(self._settings, move.topic), self._partition)

    async def _records(self, place: TopicPartition, start: int, end: int) -> int:
        """Count what is committed from one offset to another."""
        count, at = 0, start
        async for fetched, position in batches(self._consumer, place, start, end):
            count += len(fetched)
            self._told(position - at)
            at = position
        return count

    async def _keys(self, stage: Stage) -> set[bytes]:
        """Return the keys of a stage's state but the mark: all that have a value in the changelog."""
        keys: set[bytes] = set()
        place = self._changelog(stage)
        begin, end = await bounds(self._consumer, place)
        at = begin
        async for fetched, position in batches(self._consumer, place, begin, end):
            for record in fetched:
                keys.discard(record.key) if record.value is None else keys.add(record.key)
            self._told(position - at)
            at = position
        return keys - {_MARK}

    def _messages(self, progress: Progress, forgotten: Mapping[str, set[bytes]]) -> dict[tuple[str, int], Iterable[Message]]:
        """Return what is written: the mark as the last of its changelog, where it is looked for."""
        messages: dict[tuple[str, int], Iterable[Message]] = {}
        for stage in self._reset.stages:
            gone = (Message(key, None) for key in forgotten[stage.name])
            marks = (Message(_MARK, PROGRESS.encode(progress)),) if stage is self._reset.reader else ()
            messages[self._changelog(stage)] = chain(gone, marks)
        return messages
