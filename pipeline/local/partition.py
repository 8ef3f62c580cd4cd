"""One partition of the flow: its stages one behind the other, a chunk at a time, each with its own store."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import Protocol

from pipeline.codec import encode
from pipeline.counted import Counted
from pipeline.flow import DEAD_LETTERS, TOPICS, Stage
from pipeline.stages import isolation
from pipeline.stages.record import MADE_TICKS, Output, Outputs, Record, Tally
from pipeline.stages.reference import Reference
from pipeline.state.memory import MemoryStore
from pipeline.state.view import View

SEQUENCES = tuple(topic.name for topic in TOPICS.values() if topic.role == "sequence")
CHUNK_BYTES = 512 * 1024  # the most that a chunk holds; a larger record is a chunk of its own

Transport = Callable[[Sequence[Record]], Sequence[Record]]
Line = tuple[Output, bytes]


def deliver(records: Sequence[Record]) -> Sequence[Record]:
    """Carry records to a stage: all of them, as they are."""
    return records


class Sink(Protocol):
    """Where the outputs of the stages go."""

    def take(self, stage: Stage, partition: int, lines: Sequence[Line], outputs: Outputs) -> None:
        """Take what a stage made of a chunk: its events, each with its JSON form, and its dead letters."""
        ...


class StageRun:
    """One stage of one partition, and what it has counted: `given` and `made` by topic, `seconds` spent, and the tally of its records."""

    def __init__(self, stage: Stage, partition: int, reference: Reference) -> None:
        self.stage, self.partition = stage, partition
        self.store = MemoryStore(stage.tables)
        self.given: Counter[str] = Counter()
        self.made: Counter[str] = Counter()
        self.tally = Tally()
        self.seconds = 0.0
        self.counted = Counted(stage.name, partition, 0)  # after the last chunk; replaced as a whole: other threads read it
        self._reference = reference

    def handle(self, records: Sequence[Record]) -> Outputs:
        """Process a chunk."""
        began = perf_counter()
        outputs = isolation.run(self.stage.name, self._process, records, self.store)
        self.given.update(record.topic for record in records)
        self.made.update(output.topic for output in outputs.events)
        self.made[DEAD_LETTERS] += len(outputs.dead_letters)
        self.tally.add(outputs.tally)
        self.seconds += perf_counter() - began
        self.counted = self._counted()
        return outputs

    @property
    def residual(self) -> int:
        """Records that were given to the stage and have no disposition, or have one of which nothing came: 0, or something was lost."""
        unmade = self.tally.passed + self.tally.facts[MADE_TICKS] - sum(self.made[topic] for topic in SEQUENCES)
        unburied = self.tally.dead.total() - self.made[DEAD_LETTERS]
        return abs(self.given.total() - self.tally.taken) + abs(self.tally.residual) + abs(unmade) + abs(unburied)

    def _counted(self) -> Counted:
        tally, name = self.tally, self.stage.name
        made = {topic: number for topic, number in self.made.items() if number}
        return Counted(name, self.partition, self.residual, dict(self.given), made, tally.fates, dict(tally.facts), dict(tally.decided))

    def _process(self, records: Sequence[Record], view: View) -> Outputs:
        return self.stage.process(records, view, self._reference)


class Partition:
    """Collects records up to a chunk, and takes each chunk through all stages."""

    def __init__(
        self, number: int, stages: Iterable[Stage], reference: Reference, sink: Sink, chunk: int, transport: Transport = deliver
    ) -> None:
        self.runs = [StageRun(stage, number, reference) for stage in stages]
        self._number, self._sink, self._chunk, self._transport = number, sink, chunk, transport
        self._pending: list[Record] = []
        self._bytes = 0  # of what is pending
        self._written: Counter[str] = Counter()  # records by topic: the offset of the next one

    def feed(self, record: Record) -> bool:
        """Take a record; tell whether a chunk was processed."""
        full = bool(self._pending) and self._bytes + len(record.raw) > CHUNK_BYTES
        if full:
            self.flush()
        self._pending.append(record)
        self._bytes += len(record.raw)
        if len(self._pending) < self._chunk:
            return full
        self.flush()
        return True

    def flush(self) -> None:
        """Process what has been collected."""
        records: Sequence[Record] = self._pending
        self._pending, self._bytes = [], 0
        for run in self.runs:
            records = self._transport(records)
            if not records:
                return
            outputs = run.handle(records)
            lines = [(output, encode(output.event)) for output in outputs.events]
            self._sink.take(run.stage, self._number, lines, outputs)
            records = self._records(lines)

    def _records(self, lines: Iterable[Line]) -> list[Record]:
        """Return the outputs of a stage as the records that the next one reads."""
        return [Record(output.topic, self._number, self._offset(output.topic), raw, output.event, key=output.key) for output, raw in lines]

    def _offset(self, topic: str) -> int:
        offset = self._written[topic]
        self._written[topic] += 1
        return offset
