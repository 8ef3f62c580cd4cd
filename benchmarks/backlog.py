"""Whether a worker's memory depends on how much waits for it.

python -m benchmarks.backlog [--backlog N ...] [--handled N] [--brands N] [--bootstrap HOST:PORT] [--json FILE]

Input topics are filled with listings and ticks, then one worker works through the first of them: dedupe alone, and all stages fused, each
on every backlog. Printed is the most memory (VmHWM) that the process had meanwhile; it must not grow with the backlog. What is fetched at a
time is bounded in bytes (1 MiB a topic and partition), and ticks are small: where thousands of them wait, a fetch is full of them and takes
some MiB more, up to that bound. Nothing is asserted.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path

from aiokafka import TopicPartition
from msgspec.structs import replace
from rich.table import Table

from benchmarks.kafka import PER_DAY, application, arguments, err, fill, keep, load, memory, out, peak_memory, scene, simulated, until_said
from pipeline.codec import encode
from pipeline.kafka.connection import client
from pipeline.kafka.reading import reading
from pipeline.kafka.status import newest_mark
from pipeline.kafka.topics import changelog_name, fused_application
from pipeline.local.inputs import files_of, records
from pipeline.local.merge import merged
from pipeline.settings import Settings
from pipeline.stages.record import Record
from scripts.broker.workers import WorkerProcess, Workers

_SIMULATED = 20_000  # listings; more are copies of these
_PATIENCE = 900.0  # seconds without an end
_MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Worked:
    """A worker on a backlog: what it had handled when it was looked at, and its memory in bytes."""

    worker: str
    backlog: int
    handled: int
    ready: int  # when it owned its partitions, before it had read anything
    peak: int


def repeated(folder: Path, listings: int) -> Iterator[Record]:
    """Yield so many listings, and the ticks between them: those of a folder, again and again, later each time and under other ids."""
    return merged({"listings": islice(_copies(folder), listings)})


def _copies(folder: Path) -> Iterator[Record]:
    originals = [record for record in records("listings", files_of(folder)["listings"]) if record.fault is None]
    number, span = 0, timedelta(days=_SIMULATED / PER_DAY)
    while True:
        for record in originals:
            event = replace(
                record.event, listing_id=f"{record.event.listing_id}-{number}", event_time=record.event.event_time + number * span
            )
            yield replace(record, event=event, raw=encode(event))
        number += 1


async def worked(settings: Settings, folder: Path, name: str, backlog: int, handled: int) -> Worked:
    """Let a worker handle so many listings of its backlog."""
    with Workers(settings, folder) as workers:
        worker = workers.start(name)
        await until_said(worker, "is owned")
        ready = memory(worker.process.pid)
        done = await _until_handled(settings, worker, fused=name == "fused", handled=handled)
        found = Worked(name, backlog, done, ready, peak_memory(worker.process.pid))
        workers.stop()
    return found


async def _until_handled(settings: Settings, worker: WorkerProcess, *, fused: bool, handled: int) -> int:
    """Wait until the marks say that enough was handled; return how much. Raises RuntimeError where the worker ends, TimeoutError."""
    until, done = time.monotonic() + _PATIENCE, 0
    changelog = changelog_name(settings, fused_application(settings) if fused else settings.application, "dedupe")
    while time.monotonic() < until:
        places = (TopicPartition(changelog, partition) for partition in range(settings.partitions))
        done = sum(await asyncio.gather(*(_listings_read(settings, place) for place in places)))
        if done >= handled:
            return done
        if not worker.running:
            raise RuntimeError(f"the worker ended:\n{worker.log.read_text(errors='replace')[-3000:]}")
    raise TimeoutError(f"{done} listings are handled after {_PATIENCE:.0f} s")


async def _listings_read(settings: Settings, changelog: TopicPartition) -> int:
    """Return how many listings the newest mark of a partition counts; a whole status takes too long to look often."""
    async with reading(client(settings)) as consumer:
        mark = await newest_mark(consumer, changelog)
    return mark.read.get("listings", 0) if mark is not None else 0


async def measured(bootstrap: str, scratch: Path, options: argparse.Namespace) -> list[Worked]:
    """Let every worker work on every backlog."""
    folder, found = simulated(scratch / "topics", _SIMULATED, options.brands), []
    for backlog in options.backlog:
        async with application(bootstrap, scratch) as settings:
            await load(settings, folder)
            began = time.monotonic()
            await fill(settings, repeated(folder, backlog))
            err.print(f"a backlog of {backlog:,} listings is written after {time.monotonic() - began:.0f} s")
            for name in ("dedupe", "fused"):
                found.append(await worked(settings, scratch / f"{name}-{backlog}", name, backlog, min(options.handled, backlog)))
                err.print(f"{name}: {found[-1].peak / _MEBI:,.0f} MiB")
    return found


def show(found: list[Worked]) -> None:
    """Print a line for each worker and backlog."""
    table = Table("worker", "backlog", "handled of it", "memory when ready", "peak memory", title="Memory of a worker with a backlog")
    for each in sorted(found, key=lambda each: (each.worker, each.backlog)):
        sizes = (f"{size / _MEBI:,.0f} MiB" for size in (each.ready, each.peak))
        table.add_row(each.worker, f"{each.backlog:,}", f"{each.handled:,}", *sizes)
    out.print(table)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = arguments(__doc__)
    parser.add_argument("--backlog", type=int, nargs="+", default=[100_000, 1_000_000], help="listings (default: 100,000 and 1,000,000)")
    parser.add_argument("--handled", type=int, default=100_000, help="listings that a worker handles of each (default: 100,000)")
    parser.add_argument("--brands", type=int, default=2_000, help="brands in the registry (default: 2,000)")
    return parser.parse_args()


def main() -> None:
    """Measure, print, and keep."""
    options = parsed()
    with scene(options.bootstrap) as (bootstrap, scratch):
        found = asyncio.run(measured(bootstrap, scratch, options))
    show(found)
    keep({"handled": options.handled, "workers": [asdict(each) for each in found]}, options.json)


if __name__ == "__main__":
    main()
