"""Ours against the same stage functions run per event in plain Faust agents with Tables: same broker, same input, rounds interleaved.

python -m benchmarks.engines [--listings N] [--brands N] [--rounds N] [--only ROW] [--bootstrap HOST:PORT] [--json FILE]

The input is written before the workers start. Measured is from the moment when the first stage is ready (ours: owns a partition; plain
Faust: has its first event; the later stages are ready before it) to the last stage's last write, and what all worker processes compute in
that time. Nothing is asserted: compare the rows of one run.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.kafka import (
    CpuMeter,
    application,
    arguments,
    err,
    fill,
    inputs,
    keep,
    last_write,
    load,
    make,
    out,
    scene,
    simulated,
    until_said,
)
from benchmarks.plain_faust import FIRST, READY, changelogs
from pipeline.flow import STAGES
from pipeline.kafka.status import Status, status
from pipeline.kafka.topics import changelog_name, fused_application
from pipeline.settings import Settings
from scripts.broker.workers import WorkerProcess, Workers, environment

_PATIENCE = 1800.0  # seconds for one run
_OWNED = "is owned"  # what our workers say of each partition
_CRASHED = "Crashed reason"  # what Faust says of an agent that raised, before it goes on behind the event


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took, and the takedowns that came of it."""

    listings: int
    wall: float
    cpu: float
    takedowns: int

    @property
    def per_second(self) -> float:
        """Listings a second of the wall."""
        return self.listings / self.wall

    @property
    def per_cpu_second(self) -> float:
        """Listings a CPU second of all worker processes."""
        return self.listings / self.cpu


@dataclass(frozen=True, slots=True)
class Job:
    """What an engine is to do: an application whose input topics hold so many listings and so many messages."""

    settings: Settings
    folder: Path
    listings: int
    messages: int


@dataclass(frozen=True, slots=True)
class Engine:
    """A row of the table."""

    title: str
    run: Callable[[Job], Awaitable[Run]]
    transactions: bool = True


Beside = Callable[[Workers], AbstractContextManager[object]]


def nothing(_: Workers) -> AbstractContextManager[object]:
    """Do nothing beside the workers."""
    return nullcontext()


async def staged(job: Job) -> Run:
    """Run one of our workers a stage."""
    return await ours(job, [stage.name for stage in STAGES])


async def fused(job: Job) -> Run:
    """Run one of our workers for all stages."""
    return await ours(job, ["fused"])


async def plain_faust(job: Job) -> Run:
    """Run the same stages as Faust agents, one process a stage."""
    await make(job.settings, changelogs(job.settings))  # a worker that makes them itself may crash until it sees them, for minutes
    agents = _Agents(job)
    try:
        *later, first = [agents.start(stage.name) for stage in reversed(STAGES)]
        for each in later:
            await until_said(each, READY)
        began = await until_said(first, FIRST)
        async with CpuMeter(each.process.pid for each in agents.all) as meter:
            await agents.until_done()
            ended = agents.counts("flagging")["at"]
            return Run(job.listings, ended - began, meter.until(ended), agents.counts("flagging")["sent"].get("takedowns", 0))
    finally:
        agents.kill()


ENGINES = {
    "plain-faust": Engine("plain Faust, per event, Tables", plain_faust),
    "staged": Engine("ours, staged: a process a stage", staged),
    "fused": Engine("ours, fused: one process", fused),
    "no-transactions": Engine("ours, fused, without transactions", fused, transactions=False),
}


# -- ours


async def ours(job: Job, names: Sequence[str], module: str = "pipeline", beside: Beside = nothing) -> Run:
    """Run our workers, by a program; `beside` is done for as long as they run."""
    settings, is_fused = job.settings, names == ["fused"]
    with Workers(settings, job.folder, module) as workers, beside(workers):
        later = [workers.start(name) for name in reversed(names[1:])]
        for each in later:
            await until_said(each, _OWNED, settings.partitions)
        began = await until_said(workers.start(names[0]), _OWNED)
        async with CpuMeter(each.process.pid for each in workers.all) as meter:
            found = await _all_done(job, workers, is_fused)
            ended = await last_write(
                settings, changelog_name(settings, fused_application(settings) if is_fused else settings.application, "flagging")
            )
            run = Run(job.listings, ended - began, meter.until(ended), _written(found, "takedowns"))
        workers.stop()
    return run


async def _all_done(job: Job, workers: Workers, is_fused: bool) -> Status:
    """Wait until the marks say that everything is read. Raises RuntimeError where a worker ends, TimeoutError."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        found = await status(job.settings, fused=is_fused)
        left = _left(found, job)
        if left == 0:
            return found
        if len(workers.running) < len(workers.all):
            raise RuntimeError(f"a worker ended:\n{workers.logs()[-4000:]}")
        await asyncio.sleep(0.5)
    raise TimeoutError(f"{left} records are not handled after {_PATIENCE:.0f} s")


def _left(found: Status, job: Job) -> int:
    """Return how many records some stage has still to read. Counted, since a mark may stand before the last end of a transaction."""
    between = sum(_written(found, topic) - _read(found, topic) for topic in ("events.unique", "events.matched"))
    return job.messages - _read(found, "listings") - _read(found, "clock") + between


def _read(found: Status, topic: str) -> int:
    return sum(each.progress.read.get(topic, 0) for each in found.standings)


def _written(found: Status, topic: str) -> int:
    return sum(each.progress.written.get(topic, 0) for each in found.standings)


# -- plain Faust


class _Agents:
    """The processes of `benchmarks.plain_faust`."""

    def __init__(self, job: Job) -> None:
        self.all: list[WorkerProcess] = []
        self._job = job
        job.folder.mkdir(parents=True, exist_ok=True)

    def start(self, stage: str) -> WorkerProcess:
        """Start the agent of a stage."""
        log = self._job.folder / f"{stage}.log"
        command = (sys.executable, "-m", "benchmarks.plain_faust", stage, "--counts", str(self._file(stage)))
        with log.open("ab") as target:
            process = subprocess.Popen(command, env=environment(self._job.settings), stdout=target, stderr=target, start_new_session=True)
        self.all.append(WorkerProcess(stage, process, log, self._job.folder))
        return self.all[-1]

    def _file(self, stage: str) -> Path:
        return self._job.folder / f"{stage}.json"

    def counts(self, stage: str) -> Mapping[str, Any]:
        """Return what a stage has done so far."""
        file = self._file(stage)
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {"handled": 0, "sent": {}}

    async def until_done(self) -> None:
        """Wait until each stage has handled all that the one before it sent. Raises RuntimeError where one fails, TimeoutError."""
        until = time.monotonic() + _PATIENCE
        while not self._done():
            if any(not each.running or _CRASHED in each.log.read_text(errors="replace") for each in self.all):
                raise RuntimeError("\n".join(f"--- {each.name}\n{each.log.read_text(errors='replace')[-2000:]}" for each in self.all))
            if time.monotonic() > until:
                raise TimeoutError(f"plain Faust is not done after {_PATIENCE:.0f} s")
            await asyncio.sleep(0.3)

    def _done(self) -> bool:
        due = self._job.messages
        for stage in STAGES:
            counts = self.counts(stage.name)
            if counts["handled"] < due:
                return False
            due = counts["sent"].get(stage.writes[0], 0)
        return True

    def kill(self) -> None:
        """End all of them: what they did is known."""
        for each in self.all:
            each.kill()


# -- the whole


async def measured(bootstrap: str, scratch: Path, options: argparse.Namespace) -> dict[str, list[Run]]:
    """Run every engine in turn, round by round."""
    folder = simulated(scratch / "topics", options.listings, options.brands)
    runs: dict[str, list[Run]] = {name: [] for name in options.only or ENGINES}
    for number in range(1, options.rounds + 1):
        for name, of_engine in runs.items():
            run = await _one(ENGINES[name], bootstrap, scratch, folder, options)
            err.print(
                f"round {number} of {options.rounds}: {name}: {run.per_second:,.0f} listings/s, {run.per_cpu_second:,.0f} a CPU second"
            )
            of_engine.append(run)
    return runs


async def _one(engine: Engine, bootstrap: str, scratch: Path, folder: Path, options: argparse.Namespace) -> Run:
    """Run one engine once, on topics of its own."""
    async with application(bootstrap, scratch, partitions=options.partitions, transactions=engine.transactions) as settings:
        await load(settings, folder)
        messages = await fill(settings, inputs(folder))
        return await engine.run(Job(settings, scratch / f"{settings.application}-logs", options.listings, messages))


def show(runs: Mapping[str, Sequence[Run]], options: argparse.Namespace) -> None:
    """Print the rows, and what transactions cost."""
    table = Table("engine", "by the wall", "times Faust", "by CPU time", "times Faust", "takedowns")
    table.title = f"Listings a second, min / median / max; {options.listings:,} listings, {options.brands:,} brands"
    base = runs.get("plain-faust")
    for name, each in runs.items():
        walls, cpus = [run.per_second for run in each], [run.per_cpu_second for run in each]
        times = times_of(each, base) if base else None
        shown = [f"{times[which]:.1f}" if times else "-" for which in ("wall", "cpu")]
        table.add_row(ENGINES[name].title, _spread(walls), shown[0], _spread(cpus), shown[1], f"{each[-1].takedowns:,}")
    out.print(table)
    if cost := costs(runs):
        out.print(f"With transactions, fused: {cost['wall']:.2f} of the listings/s without; {cost['cpu']:.2f} of those per CPU second.")


def costs(runs: Mapping[str, Sequence[Run]]) -> dict[str, float]:
    """Return the speed with transactions as a share of that without; empty where one of the two was not run."""
    return times_of(runs["fused"], runs["no-transactions"]) if {"fused", "no-transactions"} <= runs.keys() else {}


def times_of(runs: Sequence[Run], base: Sequence[Run]) -> dict[str, float]:
    """Return how many times as fast as the base: the median over the rounds, each compared within itself, since machines are noisy."""
    pairs = list(zip(runs, base, strict=True))
    return {
        "wall": _median(run.per_second / other.per_second for run, other in pairs),
        "cpu": _median(run.per_cpu_second / other.per_cpu_second for run, other in pairs),
    }


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):,.0f} / {_median(values):,.0f} / {max(values):,.0f}"


def figures(runs: Mapping[str, Sequence[Run]], options: argparse.Namespace) -> dict[str, Any]:
    """Return what was measured, for a file."""
    rows = {
        name: {
            "title": ENGINES[name].title,
            "per_second": _median(run.per_second for run in each),
            "per_cpu_second": _median(run.per_cpu_second for run in each),
            "times": times_of(each, runs["plain-faust"]) if "plain-faust" in runs else None,
            "runs": [asdict(run) for run in each],
        }
        for name, each in runs.items()
    }
    return {"listings": options.listings, "brands": options.brands, "rounds": options.rounds, "engines": rows, "transactions": costs(runs)}


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = arguments(__doc__)
    parser.add_argument("--listings", type=int, default=60_000, help="lines of listings (default: 60,000)")
    parser.add_argument("--brands", type=int, default=2_000, help="brands in the registry (default: 2,000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each engine, in turn (default: 3)")
    parser.add_argument("--partitions", type=int, default=4, help="partitions of each topic (default: 4)")
    parser.add_argument("--only", action="append", choices=ENGINES, help="run this row; may be given several times (default: all)")
    return parser.parse_args()


def main() -> None:
    """Measure, print, and keep."""
    options = parsed()
    with scene(options.bootstrap) as (bootstrap, scratch):
        runs = asyncio.run(measured(bootstrap, scratch, options))
    show(runs, options)
    keep(figures(runs, options), options.json)


if __name__ == "__main__":
    main()
