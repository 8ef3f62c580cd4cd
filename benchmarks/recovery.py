"""How fast a new worker takes over the state of a partition, and that a worker which comes back reads nothing again.

python -m benchmarks.recovery [--entries N] [--bootstrap HOST:PORT] [--json FILE]

A changelog partition of the stage flagging is filled with what that stage writes for a simulated marketplace, copied under other keys until
there are enough entries, a transaction a chunk. Then the state is opened three times in processes of their own: with no local state, after
a clean stop, and once more with none. Nothing is asserted.
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

from aiokafka import TopicPartition
from rich.table import Table as Rows

from benchmarks.kafka import application, arguments, cpu_seconds, err, inputs, keep, out, peak_memory, scene, simulated
from pipeline.flow import STAGES, Stage
from pipeline.kafka.changelog import recover
from pipeline.kafka.connection import client
from pipeline.kafka.local_state import open_local
from pipeline.kafka.messages import Message
from pipeline.kafka.owner import MOST_AGE
from pipeline.kafka.progress import PROGRESS
from pipeline.kafka.reading import bounds, reading
from pipeline.kafka.topic_ids import topic_ids
from pipeline.kafka.topics import changelog_name
from pipeline.kafka.transaction import TransactionalWriter
from pipeline.local.inputs import files_of
from pipeline.local.partition import Line, Partition
from pipeline.local.references import read_references
from pipeline.settings import Settings
from pipeline.stages.record import Outputs
from pipeline.state.changelog_form import raw
from pipeline.state.memory import MemoryStore
from pipeline.state.store import ChangeSet
from scripts.broker.workers import environment

_STAGE = STAGES[-1]
_OPEN = "--open"  # what this program calls itself with, in a process of its own
_MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Opening:
    """What it took to open a state: entries read, seconds until it could be used, CPU seconds, peak memory in bytes."""

    entries: int
    seconds: float
    cpu: float
    peak: int
    peak_before: int  # of the process, before it opened anything


# -- what the stage writes


class _Recorder(MemoryStore):
    """A store that keeps every change set that it was given."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.tables)
        self.written: list[list[tuple[bytes, bytes | None]]] = []

    def write(self, changes: ChangeSet) -> None:
        """See Store."""
        self.written.append(list(raw(changes)))
        super().write(changes)


class _Nowhere:
    """Takes outputs that nobody wants."""

    def take(self, stage: Stage, partition: int, lines: Sequence[Line], outputs: Outputs) -> None:
        """See Sink."""


def change_sets(folder: Path) -> list[list[tuple[bytes, bytes | None]]]:
    """Return what flagging writes for a folder of topics, chunk by chunk, in the raw form."""
    references = read_references(files_of(folder))
    partition = Partition(0, STAGES, references.history, _Nowhere(), 1000)
    recorder = _Recorder(_STAGE)
    partition.runs[-1].store = recorder
    for record in inputs(folder):
        partition.feed(record)
    partition.flush()
    return recorder.written


def copies(written: Sequence[Sequence[tuple[bytes, bytes | None]]], entries: int) -> Iterator[list[Message]]:
    """Yield change sets until there are so many entries; each time round under other keys, which sort among those of the times before."""
    left = entries
    for number in count():
        for changes in written:
            yield [Message(key + b"~%d" % number, value) for key, value in changes[:left]]
            left -= len(changes)
            if left <= 0:
                return


async def fill(settings: Settings, chunks: Iterable[Sequence[Message]]) -> None:
    """Write change sets as a worker does: one transaction each."""
    place = changelog_name(settings, settings.application, _STAGE.name), 0
    writer = TransactionalWriter(client(settings), f"{settings.application}.fill")
    await writer.start()
    try:
        for chunk in chunks:
            await writer.write({place: chunk})
    finally:
        await writer.close()


# -- a process that opens it


async def opened(settings: Settings) -> Opening:
    """Open the state as the owner of a partition does, and close it in good order."""
    name, pid = changelog_name(settings, settings.application, _STAGE.name), _own_pid()
    place = TopicPartition(name, 0)
    changelog_id = (await topic_ids(client(settings), [name]))[name]
    before, computed, began = peak_memory(pid), cpu_seconds(pid), time.perf_counter()
    async with reading(client(settings)) as consumer:
        begin, end = await bounds(consumer, place)
        tables = (*_STAGE.tables, PROGRESS)
        local = open_local(settings.state_dir / _STAGE.name, tables, changelog_id, begin, end, time.time(), MOST_AGE)
        start = local.mark.offset if local.mark is not None else begin
        entries = (
            await recover(consumer, place, start, end, lambda some, offset: local.restore(some, offset, time.time())) if start < end else 0
        )
        took = time.perf_counter() - began
        local.close()
    return Opening(entries, took, cpu_seconds(pid) - computed, peak_memory(pid), before)


def _own_pid() -> int:
    return int(Path("/proc/self").readlink().name)


def in_a_process(settings: Settings) -> Opening:
    """Open the state in a fresh process."""
    command = (sys.executable, "-m", "benchmarks.recovery", _OPEN)
    done = subprocess.run(command, env=environment(settings), stdout=subprocess.PIPE, check=True)
    return Opening(**json.loads(done.stdout))


# -- the whole


async def measured(bootstrap: str, scratch: Path, entries: int) -> dict[str, Opening]:
    """Fill a changelog, and open the state of it: new, again, and new."""
    folder = simulated(scratch / "topics", listings=20_000, brands=2_000)
    written = change_sets(folder)
    async with application(bootstrap, scratch, partitions=1) as settings:
        began = time.monotonic()
        await fill(settings, copies(written, entries))
        err.print(f"{entries:,} entries are in the changelog after {time.monotonic() - began:.0f} s")
        found = {"a new worker": in_a_process(settings), "after a clean stop": in_a_process(settings)}
        shutil.rmtree(settings.state_dir)
        return {**found, "a new worker, once more": in_a_process(settings)}


def show(found: dict[str, Opening]) -> None:
    """Print a line for each opening."""
    rows = Rows(
        "the state is opened by",
        "entries read",
        "seconds",
        "entries/s",
        "CPU seconds",
        "peak memory",
        "before it",
        title="Recovery of one partition",
    )
    for who, opening in found.items():
        speed = f"{opening.entries / opening.seconds:,.0f}" if opening.entries else "-"
        sizes = (f"{size / _MEBI:,.0f} MiB" for size in (opening.peak, opening.peak_before))
        rows.add_row(who, f"{opening.entries:,}", f"{opening.seconds:.2f}", speed, f"{opening.cpu:.1f}", *sizes)
    out.print(rows)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = arguments(__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries of the changelog partition (default: 1,000,000)")
    parser.add_argument(_OPEN, action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measure, print, and keep."""
    options = parsed()
    if options.open:
        print(json.dumps(asdict(asyncio.run(opened(Settings.load(None))))))
        return
    with scene(options.bootstrap) as (bootstrap, scratch):
        found = asyncio.run(measured(bootstrap, scratch, options.entries))
    show(found)
    figures: dict[str, Any] = {who: asdict(opening) for who, opening in found.items()}
    keep({"entries": options.entries, "openings": figures}, options.json)


if __name__ == "__main__":
    main()
