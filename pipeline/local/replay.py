"""`replay`: a folder of topics in, a folder of topics out, through all stages, in one process.

The stream is read once and never held: memory grows with the state of the stages, not with the length of the input.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pipeline.codec import encode
from pipeline.collector import long_lived_left_alone
from pipeline.flow import DEAD_LETTERS, INPUTS, SEQUENCE, STAGES
from pipeline.local.dealing import dealt
from pipeline.local.inputs import files_of, records
from pipeline.local.lines import Lines
from pipeline.local.merge import merged
from pipeline.local.output import OutputFolder, check_place
from pipeline.local.partition import Transport, deliver
from pipeline.local.recorded import check_references, earlier_dead_letters, sequence
from pipeline.local.references import References, read_references
from pipeline.local.run import CHUNK, Run
from pipeline.local.summary import Summary
from pipeline.local.watched import Watched
from pipeline.stages.record import Record
from pipeline.web import served

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to replay and how. `recorded`: begin at the sequence that an earlier replay wrote into the folder.

    `metrics_port`: where the replay can be watched over HTTP, on this machine; 0 is any free port, None nowhere.
    """

    folder: Path
    out: Path
    policy: Path | None = None
    chunk: int = CHUNK
    partitions: int = 1
    recorded: bool = False
    force: bool = False
    metrics_port: int | None = None
    transport: Transport = deliver


Progress = Callable[[int, int, int], None]  # bytes read, bytes in all, records so far


def unheard(_port: int) -> None:
    """Tell nobody where the replay can be watched."""


def silent(_read: int, _size: int, _records: int) -> None:
    """Show no progress."""


def replay(plan: Plan, progress: Progress = silent, served_at: Callable[[int], None] = unheard) -> Summary:
    """Replay a folder. The output appears when it is complete, or not at all.

    `served_at` is told the port where the replay can be watched. Raises InputError, OutputError, PolicyError, PortError, and what
    stages.isolation calls FATAL.
    """
    check_place(plan.out, force=plan.force, source=plan.folder)
    files = files_of(plan.folder, recorded=plan.recorded)
    references = read_references(files, plan.policy)
    streams = {topic: files[topic] for topic in ((SEQUENCE,) if plan.recorded else INPUTS) if topic in files}
    with OutputFolder(plan.out) as output, long_lived_left_alone(), ExitStack() as watching:
        run = Run(STAGES[1:] if plan.recorded else STAGES, references, output, plan.chunk, plan.transport)
        if plan.metrics_port is not None:
            watched = Watched(run)
            served_at(watching.enter_context(served(HOST, plan.metrics_port, watched.exposition.registry, watched)))
        if plan.recorded:
            _take_over(files, references, output, run)
        else:  # a recorded folder has these dead letters already
            run.take_over(0, ((letter, encode(letter)) for letter in references.dead_letters))
        for record in sequence(files[SEQUENCE]) if plan.recorded else _inputs(streams, plan.partitions):
            if run.feed(record):
                _show(progress, streams, run)
        _show(progress, streams, run)
        return run.finish()


def _show(progress: Progress, streams: Mapping[str, Lines], run: Run) -> None:
    read, size = sum(lines.read for lines in streams.values()), sum(lines.size for lines in streams.values())
    progress(read, size, run.read.total())
    if read >= size / 10:
        run.at_a_tenth()


def _inputs(streams: Mapping[str, Lines], partitions: int) -> Iterator[Record]:
    """Merge the inputs, and deal them out to the partitions."""
    stream = merged({topic: records(topic, lines) for topic, lines in streams.items()})
    return stream if partitions == 1 else dealt(stream, partitions)


def _take_over(files: Mapping[str, Lines], references: References, output: OutputFolder, run: Run) -> None:
    """Write again what came before the sequence, and the sequence. Raises DamagedError."""
    output.copy(SEQUENCE, files[SEQUENCE].blocks())
    check_references(references.dead_letters, (letter for letter, _ in earlier_dead_letters(files[DEAD_LETTERS])), files)
    run.take_over(0, earlier_dead_letters(files[DEAD_LETTERS]))
