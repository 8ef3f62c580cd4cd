"""How right decisions are: on simulated marketplaces over several seeds, and on sets of real listings, by source.

python -m benchmarks.decisions [--sets DIR] [--policy FILE] [--listings N] [--seeds N]

A regression check: compare what it prints before and after a change. No people answer, so the signals alone decide.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table

from pipeline.simulate.simulate import simulate
from scripts.observed import REAL_SETS, Observed, observe

MOST_SEEDS = 5


@dataclass(frozen=True, slots=True)
class Score:
    """What became of some listings. `precision` is that of takedowns; `found` the share of fakes taken down or asked about; `touched`
    the share of genuine listings that were; None where there is nothing to divide by."""

    listings: int
    takedowns: int
    reviews: int
    precision: float | None
    found: float | None
    touched: float | None


def main() -> None:
    """Measure and print."""
    options = parsed()
    console = Console(highlight=False, width=120)
    scores = [simulated(seed, options.listings, options.policy) for seed in range(1, options.seeds + 1)]
    console.print(table("Simulated", {f"seed {seed}": score for seed, score in enumerate(scores, 1)}))
    console.print(f"mean precision {_mean(one.precision for one in scores)}, found {_mean(one.found for one in scores)}")
    if options.sets is not None:
        console.print(table("Real, by set and source", dict(real(options.sets, options.policy))))


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, help="folder of sets of real listings, a folder each")
    parser.add_argument("--policy", type=Path, help="the policy (default: the one that is shipped)")
    parser.add_argument("--listings", type=int, default=20_000, help="lines of each simulated marketplace (default: 20,000)")
    parser.add_argument("--seeds", type=int, default=MOST_SEEDS, help="simulated marketplaces (default: 5)")
    return parser.parse_args()


def simulated(seed: int, listings: int, policy: Path | None = None) -> Score:
    """Score one simulated marketplace."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "market"
        simulate(folder, listings=listings, seed=seed)
        return scored(list(observe(folder, policy)))


def real(sets: Path, policy: Path | None) -> Iterator[tuple[str, Score]]:
    """Yield the score of each set, and of each of its sources where it has several."""
    for name in REAL_SETS:
        listings = list(observe(sets / name, policy))
        yield name, scored(listings)
        sources = dict.fromkeys(one.source for one in listings)
        for source in sources if len(sources) > 1 else ():
            yield f"  {source}", scored([one for one in listings if one.source == source])


def scored(listings: Sequence[Observed]) -> Score:
    """Count what was decided, and how much of it was right."""
    down = [one for one in listings if one.decision == "takedown"]
    asked = [one for one in listings if one.decision == "review"]
    fakes = [one for one in listings if one.counterfeit is True]
    genuine = [one for one in listings if one.counterfeit is False]
    known_down = [one for one in down if one.counterfeit is not None]
    return Score(
        len(listings),
        len(down),
        len(asked),
        _share(known_down, lambda one: bool(one.counterfeit)),
        _share(fakes, lambda one: one.decision != "clear"),
        _share(genuine, lambda one: one.decision != "clear"),
    )


def table(title: str, scores: dict[str, Score]) -> Table:
    """Return scores as a table."""
    made = Table("listings of", "number", "takedowns", "reviews", "reviewed", "precision", "found", "genuine touched", title=title)
    for name, one in scores.items():
        reviewed = f"{one.reviews / one.listings:.2%}" if one.listings else "-"
        shares = (_percent(share) for share in (one.precision, one.found, one.touched))
        made.add_row(name, f"{one.listings:,}", f"{one.takedowns:,}", f"{one.reviews:,}", reviewed, *shares)
    return made


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _mean(shares: Iterable[float | None]) -> str:
    known = [share for share in shares if share is not None]
    return _percent(mean(known) if known else None)


def _share(listings: Sequence[Observed], fits: Callable[[Observed], bool]) -> float | None:
    return sum(map(fits, listings)) / len(listings) if listings else None


if __name__ == "__main__":
    main()
