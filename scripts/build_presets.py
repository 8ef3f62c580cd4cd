"""Write docs/presets.md: one simulated year under each preset, with people who react to it.

python -m scripts.build_presets [FILE]
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.local.judged import Judged, judge
from pipeline.local.rehearsal import Rehearsal
from pipeline.local.truths import read_people_truth, read_truth
from pipeline.policy.loader import default_text
from pipeline.simulate.simulate import simulate

FILE = Path(__file__).parent.parent / "docs" / "presets.md"
PRESETS = ("taobao", "aliexpress", "three-strikes")
SHIPPED = PRESETS[0]
LISTINGS, SEED, DAYS = 20_000, 7, 365
_REVERSALS = ("ruling", "retraction", "cascade")
_REGIMES = {"dsa": "decided by people", "cn": "put back after 15 days", "dmca": "put back after 10 business days"}


@dataclass(frozen=True, slots=True)
class Market:
    """How large the simulated marketplace is."""

    listings: int = LISTINGS
    days: int = DAYS
    seed: int = SEED


def main() -> None:
    """Simulate a year under each preset, and write the page."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    file.write_text(page(Market()), encoding="utf-8")


def page(market: Market) -> str:
    """Return the page for marketplaces of a size, one under each preset."""
    years = {preset: lived(preset, market) for preset in PRESETS}
    return "\n".join([*_introduction(market), *_side_by_side(years), "", *_rightness(years[SHIPPED])]) + "\n"


def lived(preset: str, market: Market) -> Judged:
    """Let people live under a preset, and judge what was decided."""
    with tempfile.TemporaryDirectory() as scratch:
        policy, folder = Path(scratch) / "policy.toml", Path(scratch) / "market"
        policy.write_text(under(preset), encoding="utf-8")
        simulate(folder, listings=market.listings, seed=market.seed, days=market.days, pipeline=Rehearsal(policy))
        return judge(folder, None, read_truth(folder), read_people_truth(folder) or ())


def under(preset: str) -> str:
    """Return the default policy with another preset in force."""
    text = default_text().replace(f'preset = "{SHIPPED}"', f'preset = "{preset}"')
    return text.replace('version = "', f'version = "{preset} of ', 1)


def _introduction(market: Market) -> Iterator[str]:
    yield "# Presets side by side"
    yield ""
    yield f"Made by `make presets`: {market.listings:,} lines of listings over {market.days} days (seed {market.seed}), simulated once"
    yield "under each preset of [default.toml](../pipeline/policy/default.toml), with people who react to what is decided: sellers who are"
    yield "hit object, brands and reviewers answer, notifiers complain ([how](../pipeline/simulate/data/people.toml)). The marketplace is"
    yield "invented; only the differences between the columns say something."
    yield ""


def _side_by_side(years: Mapping[str, Judged]) -> Iterator[str]:
    yield f"| | {' | '.join(f'`{preset}`' for preset in years)} |"
    yield f"|---|{'---:|' * len(years)}"
    figures = [_figures(year) for year in years.values()]
    for name in figures[0]:
        yield f"| {name} | {' | '.join(f'{one[name]:,}' for one in figures)} |"


def _figures(year: Judged) -> dict[str, int]:
    """Return the figures of one year by the name of their row."""
    sums: Counter[str] = Counter()
    for name, count in year.decided.items():
        what, *labels = name.split(":")
        sums[what] += count
        sums[f"{what}:{labels[0]}"] += count
    sellers = year.scores.sellers
    return {
        "takedowns": sums["takedown"],
        "of them swept with a closed store": sums["takedown:closure"],
        "warnings": sums["warning:warning"],
        "restrictions and suspensions": sums["warning:restriction"] + sums["warning:suspension"],
        "store closures": sums["closure"],
        "reversals (by ruling or retraction, and what rested on them)": sum(
            sums[f"reinstatement:{c}"] for c in ("ruling", "retraction", "cascade")
        ),
        "put back by deadline": sums["reinstatement:deadline"],
        "honest sellers": sellers["honest"],
        "of them warned": sellers["honest_warned"],
        "of them restricted or suspended": sellers["honest_suspended"],
        "of them closed": sellers["honest_closed"],
    }


def _rightness(year: Judged) -> Iterator[str]:
    """Yield how right it all was under the preset that is shipped."""
    scores = year.scores
    yield f"## How right it was, under `{SHIPPED}`"
    yield ""
    yield "`takedown evaluate` prints the same of any folder that `takedown simulate` made."
    yield ""
    yield "| regime | takedowns | wrong | of them put back | of them reversed | share reversed | median time until then |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    yield from (_regime_row(name, figures) for name, figures in scores.regimes.items())
    yield ""
    yield "A takedown is wrong if it hit genuine goods, or went with the store of an honest seller. A put-back by a deadline is no finding;"
    yield "a ruling may come later. What was not reversed was not objected to, waits for a ruling, or was ruled on wrongly."
    yield ""
    yield "| notices of | accepted | refused | already down | retracted | amended later | accepted share |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, figures in scores.notices.items():
        numbers = " | ".join(f"{figures[outcome]:,}" for outcome in ("accepted", "refused", "already_down", "retracted", "amended"))
        yield f"| {_sender(name)} | {numbers} | {figures['share']:.0%} |"
    yield ""
    yield "Flawed are notices that say the truth but lack something that is asked of them, or name a wrong right, listing or seller."
    yield ""
    yield "| questions that ended by | number |"
    yield "|---|---:|"
    for name, count in scores.questions.items():
        yield f"| {name} | {count:,} |"


def _regime_row(name: str, figures: Mapping[str, float]) -> str:
    hours = figures.get("median_hours")
    days = f"{hours / 24:.1f} days" if hours is not None else "-"
    share = f"{figures['share']:.0%}" if figures["wrong"] else "-"
    numbers = " | ".join(f"{figures[measure]:,}" for measure in ("takedowns", "wrong", "put_back", "reversed"))
    return f"| {name} ({_REGIMES[name]}) | {numbers} | {share} | {days} |"


def _sender(name: str) -> str:
    """Return a group of notices in words: `trusted_flagger:rightful` is `trusted flagger, rightful`."""
    return name.replace("_", " ").replace(":", ", ")


if __name__ == "__main__":
    main()
