"""`replay`: a folder of topics in, a folder of topics out, through all stages, in one process.

The stream is read once and never held: memory grows with the state of the stages, not with the length of the input.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from pipeline.codec import encode
from pipeline.events.dead_letter import DeadLetter
from pipeline.flow import DEAD_LETTERS, INPUTS, OUTPUTS, REFERENCES, SEQUENCE, STAGES, Stage
from pipeline.local.inputs import files_of, records
from pipeline.local.lines import Lines
from pipeline.local.merge import merged
from pipeline.local.output import OutputFolder, check_place, part_name
from pipeline.local.partition import Line, Partition, Transport, deliver
from pipeline.local.recorded import earlier_dead_letters, sequence
from pipeline.local.references import References, read_references
from pipeline.local.summary import Decisions, Summary, figures_of, peak_memory
from pipeline.partitions import partition_of
from pipeline.stages.record import Outputs, Record

_COLLECT_EVERY = 50_000  # new objects; a chunk makes about as many

CHUNK = 1000  # records; the most that one transaction carries


@dataclass(frozen=True, slots=True)
class Plan:
    """What to replay and how. `recorded`: begin at the sequence that an earlier replay wrote into the folder."""

    folder: Path
    out: Path
    policy: Path | None = None
    chunk: int = CHUNK
    partitions: int = 1
    recorded: bool = False
    force: bool = False
    transport: Transport = deliver


Progress = Callable[[int, int, int], None]  # bytes read, bytes in all, records so far


def silent(_read: int, _size: int, _records: int) -> None:
    """Show no progress."""


def replay(plan: Plan, progress: Progress = silent) -> Summary:
    """Replay a folder. The output appears when it is complete, or not at all.

    Raises InputError, OutputError, PolicyError, and what stages.isolation calls FATAL.
    """
    check_place(plan.out, force=plan.force, source=plan.folder)
    files = files_of(plan.folder, recorded=plan.recorded)
    references = read_references(files, plan.policy)
    output = OutputFolder(plan.out)
    try:
        with _long_lived_left_alone():
            summary = _Replay(plan, files, references, output).run(progress)
        output.complete((*OUTPUTS, *REFERENCES, DEAD_LETTERS))
    except BaseException:  # Ctrl-C too: nothing half-written stays
        output.discard()
        raise
    return summary


@contextmanager
def _long_lived_left_alone() -> Iterator[None]:
    """Keep the garbage collector from walking the registry again and again: what is there now stays to the end. (An eighth of the time.)"""
    threshold = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, *threshold[1:])
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()


class _Replay:
    """One run: routes records to partitions, and writes what comes of them."""

    def __init__(self, plan: Plan, files: dict[str, Lines], references: References, output: OutputFolder) -> None:
        self._plan, self._files, self._references, self._output = plan, files, references, output
        self._stages = STAGES[1:] if plan.recorded else STAGES
        self._partitions: dict[int, Partition] = {}
        self._read: Counter[str] = Counter()
        self._dead: Counter[str] = Counter()
        self._decisions = Decisions()

    def run(self, progress: Progress) -> Summary:
        """Read everything, and return the figures."""
        began = perf_counter()
        memory: dict[str, int] = {}
        self._write_references()
        streams = [self._files[topic] for topic in ((SEQUENCE,) if self._plan.recorded else INPUTS) if topic in self._files]
        size = sum(lines.size for lines in streams)
        for record in self._from_sequence() if self._plan.recorded else self._from_inputs():
            self._read[record.topic] += 1
            if self._partition(record.partition).feed(record):
                read = sum(lines.read for lines in streams)
                progress(read, size, self._read.total())
                if read >= size / 10:
                    memory.setdefault("at_a_tenth", peak_memory())
        for number in sorted(self._partitions):
            self._partitions[number].flush()
        memory["at_the_end"] = peak_memory()
        progress(size, size, self._read.total())
        return self._summary(perf_counter() - began, memory)

    def _partition(self, number: int) -> Partition:
        if number not in self._partitions:
            plan = self._plan
            self._partitions[number] = Partition(number, self._stages, self._references.history, self, plan.chunk, plan.transport)
        return self._partitions[number]

    # -- what goes in

    def _from_inputs(self) -> Iterator[Record]:
        """Merge the inputs; every partition gets every tick, and each listing goes where its seller is."""
        partitions = self._plan.partitions
        streams = {topic: records(topic, self._files[topic]) for topic in INPUTS if topic in self._files}
        for record in merged(streams):
            if partitions == 1:
                yield record
            elif record.topic == "clock" and record.fault is None:
                yield from (replace(record, partition=number) for number in range(partitions))
            else:
                yield replace(record, partition=partition_of(record.key, partitions) if record.key is not None else 0)

    def _from_sequence(self) -> Iterator[Record]:
        """Take over what came before the sequence was written, and read the sequence."""
        self._output.copy(SEQUENCE, self._files[SEQUENCE].blocks())
        if DEAD_LETTERS in self._files:
            for letter, line in earlier_dead_letters(self._files[DEAD_LETTERS]):
                self._write_dead_letters(_group(letter), 0, [(letter, line)])
        yield from sequence(self._files[SEQUENCE])

    # -- what comes out

    def _write_references(self) -> None:
        for topic, lines in self._references.kept.items():
            self._output.write(topic, part_name(0), lines)
        if not self._plan.recorded:  # a recorded folder has these dead letters already
            for letter in self._references.dead_letters:
                self._write_dead_letters(_group(letter), 0, [(letter, encode(letter))])

    def take(self, stage: Stage, partition: int, lines: Sequence[Line], outputs: Outputs) -> None:
        """See Sink: write the lines of each topic, and count what was decided."""
        by_topic: dict[str, list[bytes]] = {}
        for output, line in lines:
            by_topic.setdefault(output.topic, []).append(line)
        for topic, written in by_topic.items():
            self._output.write(topic, part_name(partition), written)
        for letter in outputs.dead_letters:
            self._write_dead_letters(_group(letter), partition, [(letter, encode(letter))])
        if stage.name == "flagging":
            self._decisions.count(outputs.events)

    def _write_dead_letters(self, group: str, partition: int, letters: Iterable[tuple[DeadLetter, bytes]]) -> None:
        for letter, line in letters:
            self._dead[letter.error.code] += 1
            self._output.write(DEAD_LETTERS, part_name(partition, group), [line])

    def _summary(self, seconds: float, memory: dict[str, int]) -> Summary:
        runs = [run for number in sorted(self._partitions) for run in self._partitions[number].runs]
        written = {topic: self._output.lines[topic] for topic in (*OUTPUTS, DEAD_LETTERS) if topic not in self._read}
        read = {**self._references.read, **self._read}
        stages = figures_of(runs)
        return Summary(stages, read, written, self._decisions, self._dead, seconds, memory)


def _group(letter: DeadLetter) -> str:
    """Return where a dead letter stands in its file: reference data first, then each stage; those of dedupe by input topic and line."""
    if letter.stage == "reference":
        return "0"
    if letter.stage == "dedupe":
        return f"1-{letter.topic}"
    return f"2-{letter.stage}" if letter.stage == "brand-match" else f"3-{letter.stage}"
