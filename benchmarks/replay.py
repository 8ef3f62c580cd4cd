"""How fast one core replays, and where its time goes.

python -m benchmarks.replay [--listings N] [--brands N] [--days N] [--chunk N] [--profile]

Simulates a marketplace, replays it in this process, and prints listings a second, a profile by stage, memory and state. Nothing is
asserted: machines differ, and so do their moods; compare the shares within one run.
"""

import argparse
import cProfile
import pstats
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline.local.replay import Plan, replay
from pipeline.local.summary import Summary
from pipeline.simulate.simulate import simulate

_MEBI = 1024 * 1024


def main() -> None:
    """Simulate, replay, print."""
    options = parsed()
    with tempfile.TemporaryDirectory() as scratch:
        folder, out = Path(scratch) / "topics", Path(scratch) / "out"
        simulate(folder, listings=options.listings, seed=options.seed, brands=options.brands, days=options.days)
        plan = Plan(folder, out, chunk=options.chunk)
        if options.profile:
            show_functions(plan)
        else:
            show(replay(plan), options.brands)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=100_000, help="lines of listings (default: 100,000)")
    parser.add_argument("--brands", type=int, default=8_000, help="brands in the registry (default: 8,000)")
    parser.add_argument("--days", type=float, default=2, help="days of event time that they come in (default: 2, 35 listings a minute)")
    parser.add_argument("--chunk", type=int, default=1_000, help="records a chunk (default: 1,000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", action="store_true", help="print the costliest functions instead")
    return parser.parse_args()


def show(summary: Summary, brands: int) -> None:
    """Print the figures of one replay."""
    console = Console(highlight=False)
    table = Table("part", "seconds", "share", "microseconds a listing", title=f"Where the time goes, one core, {brands:,} brands")
    in_stages = sum(figures.seconds for figures in summary.stages.values())
    parts = {name: figures.seconds for name, figures in summary.stages.items()}
    for name, seconds in {**parts, "reading, decoding, encoding, writing": summary.seconds - in_stages}.items():
        table.add_row(name, f"{seconds:.2f}", f"{seconds / summary.seconds:.0%}", f"{seconds / summary.listings * 1e6:.1f}")
    console.print(table)
    peaks = ", ".join(f"{peak / _MEBI:.0f} MiB {when.replace('_', ' ')}" for when, peak in summary.peak_memory.items())
    console.print(f"{summary.listings:,} listings in {summary.seconds:.1f} s: {summary.listings / summary.seconds:,.0f} a second")
    console.print(f"peak memory {peaks}; conservation {summary.conservation}")


def show_functions(plan: Plan) -> None:
    """Print the costliest functions."""
    profile = cProfile.Profile()
    profile.runcall(replay, plan)
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
