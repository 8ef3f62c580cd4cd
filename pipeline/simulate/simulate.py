"""Writes a simulated marketplace to a folder, or yields it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from pipeline.codec import encode
from pipeline.events.value import Value
from pipeline.place import Place, Written, check_place, explained
from pipeline.simulate import registry
from pipeline.simulate.brands import brands as most_popular
from pipeline.simulate.market import Entry, Market
from pipeline.simulate.people.people import People
from pipeline.simulate.people.truth import PersonTruth
from pipeline.simulate.port import Pipeline
from pipeline.simulate.stream import START, Line, Stream

LISTINGS, RIGHTS, TRUTH = "listings.jsonl", "rights.jsonl", "truth.jsonl"
NOTICES, APPEALS, RULINGS = "notices.jsonl", "appeals.jsonl", "rulings.jsonl"
STANDINGS, TRUTH_PEOPLE, POLICIES = "notifier-standings.jsonl", "truth-people.jsonl", "policies.jsonl"
OF_PEOPLE = (NOTICES, APPEALS, RULINGS, TRUTH_PEOPLE)
WRITTEN = Written("simulation", frozenset({LISTINGS, RIGHTS, TRUTH, *OF_PEOPLE, STANDINGS, POLICIES}), TRUTH)
_REPORT_EVERY = 1000  # lines of listings


def simulate(
    out: Path,
    *,
    listings: int,
    seed: int,
    prevalence: float = 0.08,
    brands: int = 200,
    days: float = 90,
    start: datetime = START,
    pipeline: Pipeline | None = None,
    force: bool = False,
    progress: Callable[[int], None] | None = None,
) -> dict[str, int]:
    """Make a folder with listings.jsonl, rights.jsonl and truth.jsonl; return their numbers of lines.

    listings.jsonl has exactly `listings` lines: events of all kinds, and malformed lines, that rise over `days` from `start`.
    `prevalence` is the share of listings that are fakes; `brands` the size of the registry. `progress` is told the lines done so far.
    With a `pipeline` there are people, who react to what it decides: notices.jsonl, appeals.jsonl, rulings.jsonl, notifier-standings.jsonl,
    truth-people.jsonl, and policies.jsonl where its policy is one of its own. A replay of the folder decides the same.
    The folder appears when it is complete, or not at all; `force` replaces one that a simulation wrote.
    The same arguments give the same bytes. Raises OutputError where `out` exists or cannot be written, ValueError for arguments out of
    range.
    """
    registered = most_popular(brands)
    lines = Stream(registered, listings=listings, seed=seed, prevalence=prevalence, days=days, start=start)
    check_place(out, WRITTEN, force=force)
    with Place(out) as place, explained(out):
        folder = place.temporary
        people = People(registered, seed, start, days) if pipeline is not None else None
        counts = {RIGHTS: _write_all(folder / RIGHTS, registry.rights(registered, seed, start, days))}
        if pipeline is None or people is None:
            counts |= _write(folder, (LISTINGS, TRUTH), map(_entry, lines), progress or _tell_no_one)
        else:
            counts |= _write_references(folder, people, pipeline)
            market = Market(lines, people, pipeline, start + timedelta(days=days))
            counts |= _write(folder, (LISTINGS, TRUTH, *OF_PEOPLE), market, progress or _tell_no_one)
        place.settle()
    if progress is not None:
        progress(listings)
    return counts


def events(
    *, listings: int, seed: int, prevalence: float = 0.08, brands: int = 200, days: float = 90, start: datetime = START
) -> Iterator[Line]:
    """Yield the lines of the same marketplace, each with its event and truth, without writing any. Arguments as for `simulate`."""
    yield from Stream(most_popular(brands), listings=listings, seed=seed, prevalence=prevalence, days=days, start=start)


def _entry(line: Line) -> Entry:
    return Entry("listings", line.data, line.truth)


def _write(folder: Path, names: Sequence[str], entries: Iterable[Entry], progress: Callable[[int], None]) -> dict[str, int]:
    """Write each line to the file of its topic, and each truth to its own; return the numbers of lines."""
    counts = Counter(dict.fromkeys(names, 0))
    with ExitStack() as opened:
        files = {name: opened.enter_context((folder / name).open("wb")) for name in names}
        for entry in entries:
            if entry.truth is not None:
                name = TRUTH_PEOPLE if isinstance(entry.truth, PersonTruth) else TRUTH
                counts[name] += _write_line(files[name], encode(entry.truth))
            if entry.data is None:
                continue
            name = f"{entry.topic}.jsonl"
            counts[name] += _write_line(files[name], entry.data)
            if name == LISTINGS and counts[name] % _REPORT_EVERY == 0:
                progress(counts[name])
    return dict(counts)


def _write_line(file: BinaryIO, line: bytes) -> int:
    file.write(line + b"\n")
    return 1


def _write_references(folder: Path, people: People, pipeline: Pipeline) -> dict[str, int]:
    """Write what holds from the start on, and tell it to the pipeline."""
    standings = tuple(people.speakers.standings())
    pipeline.refer(people.speakers.rights, standings)
    counts = {STANDINGS: _write_all(folder / STANDINGS, standings)}
    if pipeline.policy is not None:
        counts[POLICIES] = _write_all(folder / POLICIES, (pipeline.policy,))
    return counts


def _write_all(path: Path, values: Iterable[Value]) -> int:
    with path.open("wb") as file:
        return sum(_write_line(file, encode(value)) for value in values)


def _tell_no_one(_done: int) -> None:
    """Report nothing."""
