"""Writes a simulated marketplace to a folder, or yields it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pipeline.codec import encode
from pipeline.place import Place, Written, check_place, explained
from pipeline.simulate import registry
from pipeline.simulate.brands import Brand
from pipeline.simulate.brands import brands as most_popular
from pipeline.simulate.stream import START, Line, Stream

LISTINGS, RIGHTS, TRUTH = "listings.jsonl", "rights.jsonl", "truth.jsonl"
WRITTEN = Written("simulation", frozenset({LISTINGS, RIGHTS, TRUTH}), TRUTH)
_REPORT_EVERY = 1000  # lines


def simulate(
    out: Path,
    *,
    listings: int,
    seed: int,
    prevalence: float = 0.08,
    brands: int = 200,
    days: float = 90,
    start: datetime = START,
    force: bool = False,
    progress: Callable[[int], None] | None = None,
) -> dict[str, int]:
    """Make a folder with listings.jsonl, rights.jsonl and truth.jsonl; return their numbers of lines.

    listings.jsonl has exactly `listings` lines: events of all kinds, and malformed lines, that rise over `days` from `start`.
    `prevalence` is the share of listings that are fakes; `brands` the size of the registry. `progress` is told the lines done so far.
    The folder appears when it is complete, or not at all; `force` replaces one that a simulation wrote.
    The same arguments give the same bytes. Raises OutputError where `out` exists or cannot be written, ValueError for arguments out of
    range.
    """
    registered = most_popular(brands)
    lines = Stream(registered, listings=listings, seed=seed, prevalence=prevalence, days=days, start=start)
    check_place(out, WRITTEN, force=force)
    with Place(out) as place, explained(out):
        folder = place.temporary
        with (folder / LISTINGS).open("wb") as listing_file, (folder / TRUTH).open("wb") as truth_file:
            truths = _write(lines, listing_file, truth_file, progress or _tell_no_one)
        rights = _write_rights(folder / RIGHTS, registered, seed, start, days)
        place.settle()
    if progress is not None:
        progress(listings)
    return {LISTINGS: listings, RIGHTS: rights, TRUTH: truths}


def events(
    *, listings: int, seed: int, prevalence: float = 0.08, brands: int = 200, days: float = 90, start: datetime = START
) -> Iterator[Line]:
    """Yield the lines of the same marketplace, each with its event and truth, without writing any. Arguments as for `simulate`."""
    yield from Stream(most_popular(brands), listings=listings, seed=seed, prevalence=prevalence, days=days, start=start)


def _write(lines: Iterable[Line], listing_file: BinaryIO, truth_file: BinaryIO, progress: Callable[[int], None]) -> int:
    """Write listings and truth; return the number of truths."""
    truths = 0
    for number, line in enumerate(lines, 1):
        listing_file.write(line.data + b"\n")
        if line.truth is not None:
            truth_file.write(encode(line.truth) + b"\n")
            truths += 1
        if number % _REPORT_EVERY == 0:
            progress(number)
    return truths


def _write_rights(path: Path, brands: Sequence[Brand], seed: int, start: datetime, days: float) -> int:
    with path.open("wb") as file:
        for right in registry.rights(brands, seed, start, days):
            file.write(encode(right) + b"\n")
    return len(brands)


def _tell_no_one(_done: int) -> None:
    """Report nothing."""
