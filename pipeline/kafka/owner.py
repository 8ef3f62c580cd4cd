"""What this process owns of one partition: its producer, its state, and its place in the input. One chunk, one transaction.

Opening it fences the owner before, brings the local state up to the changelog's end, and finds the mark at which reading goes on. After
any failure the outcome of the last transaction is unknown, and opening anew is what tells.
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.codec import encode
from pipeline.events.dead_letter import DeadLetter
from pipeline.flow import DEAD_LETTERS, TOPICS, Stage
from pipeline.kafka.batches import Place
from pipeline.kafka.changelog import Entry, recover
from pipeline.kafka.chunk import Chunk
from pipeline.kafka.local_state import LocalState, open_local
from pipeline.kafka.messages import Message, dead_letter_message, message, source_of
from pipeline.kafka.observed import Observed, Recovery, braked_at, came_of_takedowns
from pipeline.kafka.progress import KEY, PROGRESS, InputMark, Progress
from pipeline.kafka.reading import bounds, reading
from pipeline.kafka.references import LiveReference
from pipeline.kafka.topic_ids import Described, describe
from pipeline.kafka.transaction import TransactionalWriter
from pipeline.partitions import partition_of
from pipeline.stages import isolation
from pipeline.stages.clock import CLOCK, Position
from pipeline.stages.record import Output, Outputs, Record
from pipeline.state.changelog_form import raw
from pipeline.state.pending import Pending
from pipeline.state.schedule import EARLIEST, earliest_due
from pipeline.state.store import ChangeSet, Size

log = logging.getLogger(__name__)

MOST_AGE = 3.5 * 86_400  # seconds: half of the changelog's delete.retention.ms
REPORTER = "dedupe"  # the stage that stamps ticks with reference data, and so knows of it first
_MEASURE_EVERY = 5.0  # seconds between two looks at the size of the state
_COMMIT_MARKER = 1  # the record that a transaction leaves behind what it wrote


class GapError(Exception):
    """The mark does not fit the topic: records are missing, or it is another topic of the same name."""


class TooManyDeadLettersError(Exception):
    """More records than the settings allow could not be handled."""


class NoTopicError(Exception):
    """Topics that the worker needs do not exist."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Dead letters that are allowed in a window of so many records, and those of a failed stage among them."""

    window: int
    dead: int
    failed: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What an owner needs to know: stages (one, or several that are fused), topics, places.

    `names` are the topics' names on the broker, `changelogs` those of the stages' changelogs, by stage.
    """

    application: str
    stages: Sequence[Stage]
    names: Mapping[str, str]
    changelogs: Mapping[str, str]
    client: Mapping[str, Any]
    folder: Path
    limits: Limits
    transactions: bool = True
    accept_gap: bool = False

    @property
    def name(self) -> str:
        """What the group of stages is called: in the group, in transactional ids, in the sources of outputs."""
        return self.stages[0].name if len(self.stages) == 1 else "fused"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The topics that are read."""
        return self.stages[0].reads

    @property
    def rekeyed(self) -> tuple[str, ...]:
        """The topics that are written by another key than the sequence's."""
        return tuple(topic for stage in self.stages for topic in stage.writes if TOPICS[topic].rekeyed)

    @property
    def unwritten(self) -> frozenset[str]:
        """Topics between fused stages that nobody reads back: only the sequence itself is recorded."""
        return frozenset(topic for stage in self.stages[1:] for topic in stage.reads) - {"events.unique"}


class _Part:
    """One stage of the partition: its local state, its mark, and what the chunk under way changed."""

    def __init__(self, stage: Stage, changelog: str, local: LocalState) -> None:
        self.stage, self.changelog, self.local = stage, changelog, local
        kept = local.store.read(PROGRESS, (KEY,))
        self.progress = PROGRESS.decode(kept[KEY]) if kept else Progress()
        self._pending = Pending(local.store)
        self._next = self.progress
        self._ticked_at = time.time()
        self._position: Position | None = None
        self._due = earliest_due(local.store) if EARLIEST in stage.tables else None
        self._newest: dict[str, datetime | None] = {}
        self._measured = -math.inf
        self._size = Size(0, 0)

    def handle(self, records: Sequence[Record], reference: LiveReference) -> Outputs:
        """Run the stage on a chunk; state changes wait for the transaction."""
        self._pending = Pending(self.local.store)
        outputs = isolation.run(self.stage.name, lambda each, view: self.stage.process(each, view, reference), records, self._pending)
        written = Counter(output.topic for output in outputs.events)
        written[DEAD_LETTERS] += len(outputs.dead_letters)
        self._next = self.progress.counted(Counter(record.topic for record in records), +written, outputs.tally, braked_at(outputs))
        self._newest |= {record.topic: record.timestamp for record in records}
        return outputs

    def report(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        """Return the dead letters of reference data that are not written yet, in the order in which each topic holds its records."""
        if len(letters) == sum(self.progress.reported.values()):
            return []
        seen: Counter[str] = Counter()
        fresh = []
        for letter in letters:
            seen[letter.topic] += 1
            if seen[letter.topic] > self.progress.reported.get(letter.topic, 0):
                fresh.append(letter)
        self._next = self._next.with_reports((letter.topic for letter in fresh), DEAD_LETTERS)
        return fresh

    def move(self, positions: Mapping[str, int], limits: Limits) -> None:
        """Move the mark behind the chunk, in inputs that the stage reads from Kafka. Raises TooManyDeadLettersError."""
        self._next = _within(limits, self.progress, self._next.moved(positions))

    @property
    def changes(self) -> ChangeSet:
        """The state changes of the chunk, the mark among them."""
        return {**self._pending.changes, PROGRESS: {KEY: PROGRESS.encode(self._next)}}

    def settle(self, end: int) -> None:
        """Take over the changes that the transaction made durable; `end` is the offset behind them in the changelog."""
        self.local.write(self.changes, end, time.time())
        self.progress = self._next

    def observed(self, partition: int, reference: LiveReference | None) -> Observed:
        """Return what the last committed chunk left. `reference`: None before the first one, when it may not be read so far."""
        now = time.time()
        if self._position is None or CLOCK in self._pending.changes:
            kept = self.local.store.read(CLOCK, ("",))
            self._position = CLOCK.decode(kept[""]) if kept else None
            self._ticked_at = now
        if EARLIEST in self._pending.changes:
            self._due = earliest_due(self.local.store)
        if now - self._measured > _MEASURE_EVERY:
            self._size, self._measured = self.local.store.estimated(), now
        snapshot = reference.at(self._position.reference) if reference and self._position else None
        return Observed(
            self.stage.name,
            partition,
            self.progress,
            self._size,
            self._position,
            snapshot.policy.version if snapshot else None,
            snapshot.registry.version if snapshot else None,
            now,
            self._ticked_at,
            dict(self._newest),
            self._due,
        )


class Owner:
    """The owner of one partition. `open`, then `handle` chunk by chunk, then `close`."""

    def __init__(self, plan: Plan, partition: int, reference: LiveReference) -> None:
        self.partition = partition
        self._plan, self._reference = plan, reference
        self._parts: list[_Part] = []
        self._writer: TransactionalWriter | None = None
        self._source = source_of(plan.name, partition)
        self._spread: Mapping[str, int] = {}  # partitions of the topics that are written by another key than the sequence's
        self.observed: tuple[Observed, ...] = ()  # replaced as a whole after each chunk: other threads read it
        self.recoveries: dict[str, Recovery] = {}
        self._taken_down: Sequence[datetime] = ()
        self.ages: tuple[float, ...] = ()  # of the listings that the last chunk took down, in seconds by the broker's time

    # -- opening

    async def open(self) -> dict[str, int]:
        """Fence, recover, and return where reading goes on by topic. Raises GapError, StateFormatError, FencedError, KafkaError."""
        plan = self._plan
        self._writer = TransactionalWriter(plan.client, f"{plan.application}.{plan.name}.{self.partition}", transactions=plan.transactions)
        await self._writer.start()
        there = await self._described()
        ids = {name: topic.topic_id for name, topic in there.items()}
        self._spread = {topic: there[plan.names[topic]].partitions for topic in plan.rekeyed}
        async with reading(plan.client) as consumer:
            for stage in plan.stages:
                self._parts.append(await self._part(consumer, stage, ids))
            positions = await self._marks(consumer, ids)
        self.observed = tuple(part.observed(self.partition, None) for part in self._parts)
        return positions

    async def _described(self) -> dict[str, Described]:
        plan = self._plan
        wanted = [*(plan.names[topic] for topic in (*plan.inputs, *plan.rekeyed)), *plan.changelogs.values()]
        there = await describe(plan.client, wanted)
        missing = sorted(set(wanted) - set(there))
        if missing:
            raise NoTopicError(f"these topics do not exist: {', '.join(missing)}; make them: takedown topics create")
        return there

    async def _part(self, consumer: AIOKafkaConsumer, stage: Stage, ids: Mapping[str, str]) -> _Part:
        """Bring a stage's local state to the end of its changelog."""
        name = self._plan.changelogs[stage.name]
        place = TopicPartition(name, self.partition)
        begin, end = await bounds(consumer, place)
        folder = self._plan.folder / self._plan.application / f"{stage.name}-{self.partition}"
        local = open_local(folder, (*stage.tables, PROGRESS), ids[name], begin, end, time.time(), MOST_AGE)
        try:
            start = local.mark.offset if local.mark is not None else begin
            if start < end:
                await self._recover(consumer, place, (start, end), stage.name, local)
            return _Part(stage, name, local)
        except BaseException:
            local.close()
            raise

    async def _recover(
        self, consumer: AIOKafkaConsumer, place: TopicPartition, span: tuple[int, int], stage: str, local: LocalState
    ) -> None:
        """Read a span of the changelog into the local state, and show how far it has come."""
        start, end = span
        recovery = self.recoveries[stage] = Recovery(end - start, time.monotonic())

        def restore(entries: Iterable[Entry], offset: int) -> None:
            local.restore(entries, offset, time.time())
            recovery.left = end - offset

        await recover(consumer, place, start, end, restore)
        recovery.took = recovery.seconds

    async def _marks(self, consumer: AIOKafkaConsumer, ids: Mapping[str, str]) -> dict[str, int]:
        """Check the mark of every input against its topic; return the positions."""
        part, positions = self._parts[0], {}
        for topic in self._plan.inputs:
            name = self._plan.names[topic]
            begin, end = await bounds(consumer, TopicPartition(name, self.partition))
            mark = part.progress.inputs.get(topic) or InputMark(ids[name], begin)
            position = self._checked(topic, mark, ids[name], begin, end)
            part.progress = _at(part.progress, topic, InputMark(ids[name], position), lost=position - mark.position)
            positions[topic] = position
        return positions

    def _checked(self, topic: str, mark: InputMark, topic_id: str, begin: int, end: int) -> int:
        where = f"{self._plan.names[topic]}-{self.partition}"
        which = f"--stage {self._plan.name}" if len(self._plan.stages) == 1 else "--fused"
        back = f"choose where to go on: takedown reset {which} --to ..."
        if mark.topic_id != topic_id:
            raise GapError(f"{where} was deleted and made anew since offset {mark.position} was read; {back}")
        if mark.position > end:
            raise GapError(f"{where} ends at {end}, but {mark.position} records of it were read: it lost its end; {back}")
        if mark.position < begin and not self._plan.accept_gap:
            lost = f"{begin - mark.position} offsets of {where} are gone by retention before they were read"
            raise GapError(f"{lost}; count them as lost and go on with --accept-gap, or {back}")
        return max(mark.position, begin)

    # -- a chunk

    async def handle(self, chunk: Chunk) -> None:
        """Handle a chunk: all of it or nothing. Raises TooManyDeadLettersError, FencedError, KafkaError, and what isolation calls FATAL."""
        assert self._writer is not None, "the owner is not open"
        await self._bring_reference(chunk.records)
        messages = self._processed(chunk)
        ends = await self._writer.write(messages)
        for part in self._parts:
            part.settle(ends[part.changelog, self.partition] + (_COMMIT_MARKER if self._plan.transactions else 0))
        self._observe()

    def _observe(self) -> None:
        """Note what the chunk left, for whoever watches."""
        before, self.observed = self.observed, tuple(part.observed(self.partition, self._reference) for part in self._parts)
        self._tell_reference(before[0], self.observed[0])
        now = time.time()
        self.ages = tuple(now - came.timestamp() for came in self._taken_down)

    def _tell_reference(self, before: Observed, after: Observed) -> None:
        """Log which policy and registry hold: when the partition is begun, and where that has changed."""
        if (before.policy_version, before.registry_version) != (after.policy_version, after.registry_version):
            how = "holds" if before.policy_version is None else "holds from now on"
            fields = {
                "stage": self._plan.name,
                "partition": self.partition,
                "policy": after.policy_version,
                "registry": after.registry_version,
            }
            said = "%s-%d: policy %s with registry %s %s; the clock stands at %s"
            clock = after.clock.at if after.clock else None
            where = self._plan.name, self.partition
            log.info(said, *where, after.policy_version, after.registry_version, how, clock, extra={"fields": fields})

    async def _bring_reference(self, records: Sequence[Record]) -> None:
        kept = self._parts[0].local.store.read(CLOCK, ("",))
        position = CLOCK.decode(kept[""]) if kept else None
        await self._reference.bring_to(records, position.reference if position else None)

    def _processed(self, chunk: Chunk) -> dict[Place, list[Message]]:
        """Take the chunk through the stages; return all that is to be written."""
        messages: dict[Place, list[Message]] = {}
        records: Sequence[Record] = chunk.records
        for part in self._parts:
            outputs = part.handle(records, self._reference)
            lines = [(output, encode(output.event)) for output in outputs.events]
            letters = part.report(self._reference.dead_letters) if self._reports_on(part) else []
            self._add(messages, lines, [*letters, *outputs.dead_letters])
            self._tell(part, outputs)
            self._taken_down = came_of_takedowns(outputs)
            records = self._passed_on(part, lines)
        for part in self._parts:
            part.move(chunk.positions, self._plan.limits)
            place = part.changelog, self.partition
            messages[place] = [Message(key, value) for key, value in raw(part.changes)]
        return messages

    def _tell(self, part: _Part, outputs: Outputs) -> None:
        """Log dead letters: how many of which kind, where the first is, and each error that a record made the stage raise."""
        where = f"{part.stage.name}-{self.partition}"
        for error in outputs.failures:
            log.error("%s: a record made the stage fail", where, exc_info=error)
        if outputs.dead_letters:
            first, codes = outputs.dead_letters[0], Counter(letter.error.code for letter in outputs.dead_letters)
            fields = {"stage": part.stage.name, "partition": self.partition, "dead_letters": dict(codes)}
            place = first.topic, first.partition, first.offset
            log.warning("%s: dead letters %s, the first is %s-%d at %d", where, dict(codes), *place, extra={"fields": fields})

    def _reports_on(self, part: _Part) -> bool:
        """Whether this is the one place that tells of bad reference records: every worker reads them."""
        return part.stage.name == REPORTER and self.partition == 0

    def _add(self, messages: dict[Place, list[Message]], lines: Iterable[tuple[Output, bytes]], letters: Iterable[DeadLetter]) -> None:
        names, unwritten = self._plan.names, self._plan.unwritten
        for output, line in lines:
            if output.topic not in unwritten:
                place = names[output.topic], self._destination(output)
                messages.setdefault(place, []).append(message(output, line, self._source))
        for letter in letters:
            messages.setdefault((names[DEAD_LETTERS], self.partition), []).append(dead_letter_message(letter, self._source))

    def _destination(self, output: Output) -> int:
        """Return the partition that an output goes to: the one that is owned, or, by another key, the one that the key belongs to."""
        partitions = self._spread.get(output.topic)
        if partitions is None:
            return self.partition
        assert output.key is not None, f"{output.topic} is written by its key"
        return partition_of(output.key, partitions)

    def _passed_on(self, part: _Part, lines: Sequence[tuple[Output, bytes]]) -> Sequence[Record]:
        """Return a fused stage's outputs as the records of the next; their offsets count them, since none has been given yet."""
        if part is self._parts[-1]:
            return ()
        written = part.progress.written
        counted = Counter({topic: written.get(topic, 0) for topic in part.stage.writes})
        records = []
        for output, line in lines:
            offset, since = counted[output.topic], output.cause.since
            records.append(Record(output.topic, self.partition, offset, line, output.event, key=output.key, came=since))
            counted[output.topic] += 1
        return records

    # -- the end

    async def close(self) -> None:
        """Let go of producer and state; what is not committed is not there."""
        parts, self._parts = self._parts, []
        writer, self._writer = self._writer, None
        try:
            for part in parts:
                part.local.close()
        finally:
            if writer is not None:
                await writer.close()


def _at(progress: Progress, topic: str, mark: InputMark, lost: int) -> Progress:
    """Return the mark with the position of one input, and what was lost before it counted."""
    losses = {**progress.lost, topic: progress.lost.get(topic, 0) + lost} if lost else progress.lost
    return replace(progress, inputs={**progress.inputs, topic: mark}, lost=losses)


def _within(limits: Limits, before: Progress, after: Progress) -> Progress:
    """Add a chunk's dead letters to the window. Raises TooManyDeadLettersError where there are too many in it."""
    letters, failures = _dead(after) - _dead(before), _failed(after) - _failed(before)
    taken = sum(after.read.values()) - sum(before.read.values())
    fresh = before.window >= limits.window  # the window before this chunk is full: a new one begins
    window = taken if fresh else before.window + taken
    dead, failed = letters + (0 if fresh else before.dead), failures + (0 if fresh else before.failed)
    if dead > limits.dead or failed > limits.failed:
        raise TooManyDeadLettersError(
            f"{dead} dead letters ({failed} of them because the stage failed) in {window} records; allowed are {limits.dead} "
            f"({limits.failed}); look at them in the log, mend their source, or let more pass: --accept-dead-letters N"
        )
    return replace(after, window=window, dead=dead, failed=failed)


def _dead(progress: Progress) -> int:
    return sum(number for fate, number in progress.fates.items() if fate.startswith("dead:"))


def _failed(progress: Progress) -> int:
    return progress.fates.get("dead:stage-failed", 0)
