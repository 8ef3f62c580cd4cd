"""The README's figures of the workers, from what the benchmarks and the chaos run have written."""

from collections.abc import Iterator, Mapping
from typing import Any

_MEBI = 1024 * 1024
SOURCES = ("engines", "observing", "recovery", "backlog", "chaos")


def lines(kept: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the section, for as much as was measured."""
    for name, part in (("engines", _engines), ("observing", _observing), ("recovery", _recovery), ("backlog", _backlog), ("chaos", _chaos)):
        if name in kept:
            yield ""
            yield from part(kept[name])


def _engines(run: Mapping[str, Any]) -> Iterator[str]:
    engines = run["engines"]
    yield (
        f"The workers on one broker, {run['listings']:,} listings, {run['brands']:,} brands, {run['rounds']} rounds in turn; medians of "
        "the rounds, and of the ratios within each round:"
    )
    yield ""
    yield "| engine | listings a second | times plain Faust | per CPU second | times plain Faust |"
    yield "|---|---|---|---|---|"
    for engine in engines.values():
        wall, cpu = engine["per_second"], engine["per_cpu_second"]
        times = [f"{engine['times'][which]:.1f}" if engine["times"] else "-" for which in ("wall", "cpu")]
        yield f"| {engine['title']} | {wall:,.0f} | {times[0]} | {cpu:,.0f} | {times[1]} |"
    if cost := run["transactions"]:
        yield ""
        yield f"With a transaction for each chunk, {cost['wall']:.0%} of the listings a second without ({cost['cpu']:.0%} per CPU second)."


def _observing(run: Mapping[str, Any]) -> Iterator[str]:
    times = run["times"]
    yield (
        f"With metrics, asked for every second, {times['wall']:.1%} of the listings a second without ({times['cpu']:.1%} per CPU second; "
        f"{run['rounds']} rounds of {run['listings']:,} listings in turn, staged)."
    )


def _recovery(run: Mapping[str, Any]) -> Iterator[str]:
    openings = run["openings"]
    speeds = [each["entries"] / each["seconds"] for each in openings.values() if each["entries"]]
    again = openings["after a clean stop"]
    yield (
        f"A new worker recovers {run['entries']:,} entries of a changelog at {max(speeds):,.0f} a second "
        f"(peak memory {max(each['peak'] for each in openings.values()) / _MEBI:,.0f} MiB); after a clean stop and start "
        f"{again['entries']:,} entries are read, in {again['seconds']:.1f} s."
    )


def _backlog(run: Mapping[str, Any]) -> Iterator[str]:
    yield f"Peak memory of a worker while it handles {run['handled']:,} listings of a backlog:"
    yield ""
    yield "| worker | listings that wait | peak memory |"
    yield "|---|---|---|"
    for each in run["workers"]:
        yield f"| {each['worker']} | {each['backlog']:,} | {each['peak'] / _MEBI:,.0f} MiB |"


def _chaos(run: Mapping[str, int]) -> Iterator[str]:
    yield "`make chaos`, judged against a local run and a recomputation:"
    yield ""
    yield "| what happened | |"
    yield "|---|---|"
    for what, number in run.items():
        yield f"| {what} | {number:,} |" if what != "seed" else f"| {what} | {number} |"
