"""One run of the stages over a stream of records: each goes to its partition, what comes of it to the output, and all is counted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter

from pipeline.codec import encode
from pipeline.events.dead_letter import DeadLetter
from pipeline.events.sequence import SequencedListing
from pipeline.flow import DEAD_LETTERS, OUTPUTS, REFERENCES, Stage
from pipeline.local.output import OutputFolder, part_name
from pipeline.local.partition import Line, Partition, Transport, deliver
from pipeline.local.references import References
from pipeline.local.summary import Summary, figures_of, peak_memory
from pipeline.stages.record import Outputs, Record

LISTINGS = "listings"
CHUNK = 1000  # records; the most that one transaction carries


class Run:
    """Takes records with `feed`, and ends with `finish`. Memory grows with the state of the stages, not with the length of the stream."""

    def __init__(
        self, stages: Sequence[Stage], references: References, output: OutputFolder, chunk: int = CHUNK, transport: Transport = deliver
    ) -> None:
        self.read: Counter[str] = Counter()  # records by topic
        self.written: Counter[tuple[str, int]] = Counter()  # lines by topic and partition, but for dead letters
        self._stages, self._references, self._output, self._chunk, self._transport = stages, references, output, chunk, transport
        self._listings = self._other_letters = 0
        self.partitions: dict[int, Partition] = {}
        self._dead: Counter[str] = Counter()
        self._memory: dict[str, int] = {}
        self._began = perf_counter()
        for topic, lines in references.kept.items():
            output.write(topic, part_name(0), lines)

    def feed(self, record: Record) -> bool:
        """Take a record; tell whether a chunk was processed."""
        self.read[record.topic] += 1
        self._listings += record.topic == LISTINGS or isinstance(record.event, SequencedListing)
        return self._partition(record.partition).feed(record)

    def _partition(self, number: int) -> Partition:
        if number not in self.partitions:
            self.partitions[number] = Partition(number, self._stages, self._references.history, self, self._chunk, self._transport)
        return self.partitions[number]

    def at_a_tenth(self) -> None:
        """Note the memory that was needed so far, once."""
        self._memory.setdefault("at_a_tenth", peak_memory())

    def finish(self) -> Summary:
        """Process what has been collected, complete the output, and return the figures. Raises OutputError."""
        if not self.partitions:
            self._partition(0)  # where nothing came, the figures are zeros
        for number in sorted(self.partitions):
            self.partitions[number].flush()
        self._memory["at_the_end"] = peak_memory()
        runs = [run for number in sorted(self.partitions) for run in self.partitions[number].runs]
        written = {topic: self._output.lines[topic] for topic in (*OUTPUTS, DEAD_LETTERS) if topic not in self.read}
        read: Mapping[str, int] = {**self._references.read, **self.read}
        seconds = perf_counter() - self._began
        summary = Summary(figures_of(runs), read, written, self._dead, self._listings, self._other_letters, seconds, self._memory)
        self._output.complete((*OUTPUTS, *REFERENCES, DEAD_LETTERS))
        return summary

    # -- what comes out

    def take(self, stage: Stage, partition: int, lines: Sequence[Line], outputs: Outputs) -> None:
        """See Sink: write the lines of each topic, and count what was decided."""
        by_topic: dict[str, list[bytes]] = {}
        for output, line in lines:
            by_topic.setdefault(output.topic, []).append(line)
        for topic, written in by_topic.items():
            self._output.write(topic, part_name(partition), written)
            self.written[topic, partition] += len(written)
        self._write_dead_letters(partition, ((letter, encode(letter)) for letter in outputs.dead_letters))

    def take_over(self, partition: int, letters: Iterable[tuple[DeadLetter, bytes]]) -> None:
        """Write dead letters of what no stage meets here, each with its JSON form."""
        before = self._dead.total()
        self._write_dead_letters(partition, letters)
        self._other_letters += self._dead.total() - before

    def _write_dead_letters(self, partition: int, letters: Iterable[tuple[DeadLetter, bytes]]) -> None:
        for letter, line in letters:
            self._dead[letter.error.code] += 1
            self._output.write(DEAD_LETTERS, part_name(partition, _group(letter)), [line])


def _group(letter: DeadLetter) -> str:
    """Return where a dead letter stands in its file: reference data first, then each stage; those of dedupe by input topic and line."""
    if letter.stage == "reference":
        return "0"
    if letter.stage == "dedupe":
        return f"1-{letter.topic}"
    return f"2-{letter.stage}" if letter.stage == "brand-match" else f"3-{letter.stage}"
