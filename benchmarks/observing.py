"""What metrics cost: the stages with all their metrics, asked for every second, against the same with nothing that watches; in turn.

python -m benchmarks.observing [--listings N] [--brands N] [--rounds N] [--bootstrap HOST:PORT] [--json FILE]

Nothing is asserted: compare the rows of one run. The ratio is the median of those within each round.
"""

import asyncio
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from rich.table import Table

from benchmarks.engines import Job, Run, ours, times_of
from benchmarks.kafka import application, arguments, err, fill, inputs, keep, load, out, scene, simulated
from pipeline.flow import STAGES
from pipeline.metrics import CATALOGUE
from pipeline.watching import look
from scripts.broker.workers import Workers

_EVERY = 1.0  # seconds: Prometheus comes every fifteen
_NAMES = [stage.name for stage in STAGES]


@contextmanager
def asked(workers: Workers) -> Iterator[None]:
    """Ask all workers for their metrics again and again, until the end of the block."""
    ended = Event()

    def ask() -> None:
        while not ended.wait(_EVERY):
            look([worker.url for worker in workers.running if worker.url], CATALOGUE)

    thread = Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


async def measured(bootstrap: str, scratch: Path, listings: int, brands: int, rounds: int) -> tuple[Sequence[Run], Sequence[Run]]:
    """Return the runs with metrics and those without, in turn; who is first changes from round to round."""
    folder = simulated(scratch / "topics", listings, brands)
    watched: list[Run] = []
    unwatched: list[Run] = []
    for number in range(1, rounds + 1):
        for is_watched in (True, False) if number % 2 else (False, True):
            async with application(bootstrap, scratch, partitions=4) as settings:
                await load(settings, folder)
                job = Job(settings, scratch / f"{settings.application}-logs", listings, await fill(settings, inputs(folder)))
                run = await (ours(job, _NAMES, beside=asked) if is_watched else ours(job, _NAMES, "benchmarks.unobserved"))
            (watched if is_watched else unwatched).append(run)
            what = "with metrics" if is_watched else "without"
            err.print(f"round {number} of {rounds}: {what}: {run.per_second:,.0f} listings/s, {run.per_cpu_second:,.0f} a CPU second")
    return watched, unwatched


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--listings", type=int, default=60_000, help="lines of listings (default: 60,000)")
    parser.add_argument("--brands", type=int, default=2_000, help="brands in the registry (default: 2,000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default: 5)")
    options = parser.parse_args()
    with scene(options.bootstrap) as (bootstrap, scratch):
        watched, unwatched = asyncio.run(measured(bootstrap, scratch, options.listings, options.brands, options.rounds))
    times = times_of(watched, unwatched)
    table = Table("staged", "listings a second", "a CPU second", title="Medians")
    for title, runs in (("with metrics", watched), ("without", unwatched)):
        walls, cpus = [run.per_second for run in runs], [run.per_cpu_second for run in runs]
        table.add_row(title, f"{statistics.median(walls):,.0f}", f"{statistics.median(cpus):,.0f}")
    out.print(table)
    out.print(f"With metrics: {times['wall']:.3f} of the listings a second without, {times['cpu']:.3f} of those a CPU second.")
    keep({"listings": options.listings, "rounds": options.rounds, "times": times}, options.json)


if __name__ == "__main__":
    main()
