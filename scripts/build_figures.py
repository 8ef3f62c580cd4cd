"""Measure, and write the README's figures: what the demo prints, throughput, and the scores on real listings where they are at hand.

python -m scripts.build_figures [--sets FOLDER] [--million] [--kafka FOLDER] [--only-kafka]

The first FOLDER holds evaluation sets, each a folder with listings, rights and truth; the second what `make bench-kafka` and `make chaos`
have written, a file each. Without them the figures that stand are kept.
"""

import argparse
import json
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.local.evaluate import evaluate
from pipeline.simulate.simulate import simulate
from scripts import kafka_figures
from scripts.kafka_figures import SOURCES

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TAKEDOWN = Path(sys.executable).parent / "takedown"
KEPT = ROOT / "benchmarks/figures.json"
_MEBI = 1024 * 1024
_SEEDS = (1, 2, 3, 4, 5)  # of the simulated marketplaces: one alone may be lucky
_KEPT = ("brand_match", "flagging", "duplicates", "by_source")  # of the scores: what tables show
_BY_SOURCE = "counterfeit"  # the set of which decisions are shown by source
_BASELINES = {"brand-en": (0.62, 0.98, 0.96), "brand-zh": (0.58, 0.95, 0.95), "brand-vi": (0.45, 0.94, 0.70), "evasion": (0.99, 0.64, 0.64)}


def main() -> None:
    """Measure what was asked for, keep it, and write it down."""
    options = parsed()
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    if options.kafka:
        kept |= {name: json.loads(file.read_text()) for name in SOURCES if (file := options.kafka / f"{name}.json").is_file()}
    if not options.only_kafka:
        measure(kept, options)
    KEPT.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    write("demo", ["```", *_demo(), "```"])
    write("figures", list(figures(kept)))


def measure(kept: dict[str, Any], options: argparse.Namespace) -> None:
    """Measure what one process does, and keep it."""
    if options.sets:
        kept["scores"] = {path.name: _evaluated(path) for path in sorted(options.sets.iterdir()) if path.is_dir()}
    if options.million:
        kept["million"] = _replayed(1_000_000, 8_000)
    kept["throughput"] = _replayed(100_000, 8_000)
    kept["simulated"] = _simulated()
    kept["machine"] = (
        f"{platform.python_implementation()} {platform.python_version()} on {platform.machine()}, one core of a shared machine"
    )


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, help="a folder of evaluation sets")
    parser.add_argument("--kafka", type=Path, help="a folder with engines.json, recovery.json, backlog.json and chaos.json")
    parser.add_argument("--only-kafka", action="store_true", help="measure nothing here: take over those files")
    parser.add_argument("--million", action="store_true", help="also replay a million listings, which takes minutes")
    return parser.parse_args()


def _replayed(listings: int, brands: int) -> dict[str, Any]:
    """Simulate and replay in a process of its own, so that its peak memory is its own."""
    with tempfile.TemporaryDirectory() as scratch:
        simulate(Path(scratch) / "in", listings=listings, seed=1, brands=brands, days=max(2, listings / 50_000))
        command: list[str | Path] = [TAKEDOWN, "replay", Path(scratch) / "in", "--out", Path(scratch) / "out", "--json"]
        made = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {"listings": listings, "brands": brands, **made}


def _simulated() -> dict[str, Any]:
    """Return the scores on simulated marketplaces, by seed."""
    return {str(seed): _simulated_with(seed) for seed in _SEEDS}


def _simulated_with(seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        simulate(Path(scratch) / "in", listings=20_000, seed=seed)
        return _evaluated(Path(scratch) / "in")


def _evaluated(folder: Path) -> dict[str, Any]:
    """Return the scores of a set, without what no table here shows."""
    scores = evaluate(folder).as_json()
    return {part: scores[part] for part in _KEPT if part in scores}


def _demo() -> Iterator[str]:
    """Yield what the replay of the samples prints, without what differs from run to run."""
    with tempfile.TemporaryDirectory() as scratch:
        command: list[str | Path] = [TAKEDOWN, "replay", ROOT / "samples", "--out", Path(scratch) / "demo-out"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.replace(f"{scratch}/", "")
    for line in printed.splitlines():
        if not re.match(r"Peak memory|.* listings in ", line):
            yield line.rstrip()


def figures(kept: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the section."""
    yield f"{kept['machine']}. Only ratios within one table mean anything elsewhere."
    yield ""
    yield from _throughput(kept["throughput"])
    if "million" in kept:
        yield ""
        yield _memory(kept["million"])
    yield ""
    yield from _scores(kept)
    yield from kafka_figures.lines(kept)


def _throughput(run: Mapping[str, Any]) -> Iterator[str]:
    yield f"{run['listings_per_second']:,.0f} listings a second ({run['listings']:,} listings, a registry of {run['brands']:,} brands):"
    yield ""
    yield "| part | share of the time | microseconds a listing |"
    yield "|---|---|---|"
    stages = {name: stage["seconds"] for name, stage in run["stages"].items()}
    rest = run["seconds"] - sum(stages.values())
    for name, seconds in {**stages, "reading, decoding, encoding, writing": rest}.items():
        yield f"| {name} | {seconds / run['seconds']:.0%} | {seconds / run['listings'] * 1e6:.1f} |"


def _memory(run: Mapping[str, Any]) -> str:
    peaks, tables = run["memory"], [table for stage in run["stages"].values() for table in stage["state"].values()]
    grown = peaks["at_the_end"] - peaks["at_a_tenth"]
    held, remembered = sum(table["bytes"] for table in tables), run["stages"]["flagging"]["state"]["listings"]["entries"]
    return (
        f"A million listings: peak memory {peaks['at_a_tenth'] / _MEBI:,.0f} MiB at a tenth of the input and "
        f"{peaks['at_the_end'] / _MEBI:,.0f} MiB at its end. What grows is state: {held / _MEBI:,.0f} MiB for {remembered:,} listings "
        f"remembered, {held / remembered:,.0f} bytes each as it is kept, and {grown / (0.9 * remembered):,.0f} bytes of memory each."
    )


def _scores(kept: Mapping[str, Any]) -> Iterator[str]:
    sets = kept.get("scores", {})
    yield "`takedown evaluate`, on real listings where a brand is known (in brackets: a plain search for names with word boundaries),"
    yield "and on simulated marketplaces of 20,000 listings:"
    yield ""
    columns = ["set", "scored", "precision", "recall", "F1", "best match right", "to review", "takedowns", "their precision", "found"]
    yield from _head(*columns, "genuine touched")
    simulated = {f"simulated, seed {seed}": scores for seed, scores in kept["simulated"].items()}
    for name, scores in {**sets, **simulated}.items():
        yield _row(name, scores)
    yield from _duplicates(sets)
    if groups := sets.get(_BY_SOURCE, {}).get("by_source"):
        yield from _sources(groups["flagging"])


def _row(name: str, scores: Mapping[str, Any]) -> str:
    brand, flagging, base = scores.get("brand_match", {}), scores["flagging"], _BASELINES.get(name)
    cells = [name, f"{brand.get('n', flagging['n']):,}"]
    for measure, number in (("precision", 0), ("recall", 1), ("f1", None), ("first_right", 2)):
        shown = f"{brand[measure]:.3f}" if brand else "-"
        cells.append(f"{shown} ({base[number]:.2f})" if base and number is not None else shown)
    cells += [f"{flagging['review_share']:.2%}", f"{flagging['takedowns']:,}"]
    cells += [f"{flagging[measure]:.4f}" if measure in flagging else "-" for measure in ("precision", "recall", "genuine_touched")]
    return f"| {' | '.join(cells)} |"


def _duplicates(sets: Mapping[str, Any]) -> Iterator[str]:
    """Yield the scores of near-duplicates, a line a set of which people know the groups."""
    scored = {name: scores["duplicates"] for name, scores in sets.items() if "duplicates" in scores}
    if not scored:
        return
    yield ""
    yield "Near-duplicates, by pairs of listings that are marked as the same goods; a similar one is a copy or less than that:"
    yield ""
    measures = (("copy", "precision"), ("copy", "recall"), ("similar", "precision"), ("similar", "recall"), ("similar", "f1"))
    grades = (f"{grade}: {'F1' if measure == 'f1' else measure}" for grade, measure in measures)
    yield from _head("set", "listings", "pairs", *grades, "recall of the index")
    for name, figures in scored.items():
        cells = [figures["n"], figures["pairs"], *(figures[grade][measure] for grade, measure in measures), figures["index"]["recall"]]
        yield f"| {' | '.join([name, *map(_figure, cells)])} |"


def _sources(groups: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield what was decided in the set of counterfeits, a line a source: numbers of listings, no shares."""
    yield ""
    yield f"Decisions in the set `{_BY_SOURCE}`, which has titles alone, by where they come from:"
    yield ""
    measures = ("n", "counterfeit", "genuine", "takedowns", "reviews")
    yield from _head("source", "listings", *measures[1:])
    for name, figures in groups.items():
        yield f"| {' | '.join([name, *(_figure(figures.get(measure)) for measure in measures)])} |"


def _head(*columns: str) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"


def _figure(value: float | None) -> str:
    """Return a figure as a table shows it: whole numbers as such, shares with three places."""
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def write(block: str, lines: list[str]) -> None:
    """Put lines between a block's marks in the README."""
    text = README.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {block} -->\n).*?(<!-- /{block} -->)", re.DOTALL)
    README.write_text(pattern.sub(lambda marks: marks[1] + "\n".join(lines) + "\n" + marks[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
