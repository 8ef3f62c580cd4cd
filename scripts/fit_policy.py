"""Fit the weights of signals in default.toml on listings whose truth is known: real ones, and simulated marketplaces.

python -m scripts.fit_policy SETS [--write] [--seeds N] [--listings N]

SETS holds the evaluation sets of real listings, a folder each. It prints weights, cross-validated scores, calibration, and what it would
write; `--write` puts the weights into the file. The same arguments give the same output. What is assumed, and why, stands in
docs/decisions/0017-fitted-weights.md; in short:

- A weight is fitted on the strength of its signal and nothing else. The score starts at the log-odds of the policy's base rate and is not
  fitted: no signal, no evidence. So what is absent says nothing, and the share of fakes in a sample has no say either: its fakes are
  weighed to be `base_rate` of it.
- Of real listings only what they say of the goods counts: their sets hold no seller with a history, and a finder's sellers sell nothing
  but replicas. The simulator knows no more than was put into it: where it alone speaks of a signal, it may correct the reasoned weight
  (`TRUST`) and not set it.
- Suspicion is never below 0 and favour never above it, and what the domain asks of a signal that stands alone are bounds (`bounds`).
- Ridge, towards the reasoned weight and not towards 0: where data is thin, what was thought out holds.
"""

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.policy.loader import default_text, parse
from pipeline.policy.model import Decision, Policy
from pipeline.signals.catalogue import SIGNALS
from pipeline.simulate.simulate import simulate
from scripts.observed import HONEST_SETS, REAL_SETS, Observed, decided, observe, without_brake

FILE = Path(__file__).parent.parent / "pipeline" / "policy" / "default.toml"
FOLDS, CHANCE = 5, 20260101
ENOUGH = 20  # listings with a signal, among fakes and genuine ones together, below which the data does not speak of it
TRUST = 1.0  # log-odds by which the simulator alone may move a weight from what was reasoned
RIDGES = (0.1, 1.0, 10.0, 100.0)  # strength of the pull towards the reasoned weights; cross-validation chooses
MARGIN = 0.2  # that a bound keeps from a threshold, so that a weight is not read as an invitation to round it
SURE, SHARED = 1.0, 0.9  # strengths of terms in default.toml: the one is enough for a takedown, the other a question
EDGES = (-20.0, -5.0, -3.0, -1.0, 0.0, 1.0, 2.0, 3.0, 20.0)  # of the bins of the calibration, in scores

# What was thought out before anything was fitted (docs/decisions/0003-policy.md): what the ridge pulls to, whatever the file says by now.
# A signal that is not named here keeps what the file says as its reasoned weight.
REASONED = {
    "replica_vocabulary": 6.5, "brand_disguised": 4.4, "price_far_below": 2.5, "seller_not_authorised": 1.6, "seller_record": 2.0,
    "relisted": 4.2, "authorised": -6.0, "used_at_plausible_price": -2.5, "reference_use": -6.0,
}  # fmt: skip
QUESTIONS = ("brand_disguised", "counterfeit_picture")  # about the goods, and alone a question to people, never a takedown

REAL, SIMULATED = 0, 1
WORLDS = ((REAL, "real"), (SIMULATED, "simulated"))

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """Listings as numbers, a row each: strengths of signals (columns as in the catalogue), 1 for a fake, weight of the row, group of copies
    and sellers, and the world that it comes from."""

    strengths: Floats
    fakes: Floats
    weights: Floats
    groups: NDArray[np.int64]
    worlds: NDArray[np.int64]

    def rows(self, chosen: Any) -> "Sample":
        """Return some of the rows."""
        return Sample(self.strengths[chosen], self.fakes[chosen], self.weights[chosen], self.groups[chosen], self.worlds[chosen])


@dataclass(frozen=True, slots=True)
class Known:
    """A listing with its world and its group of copies (empty: none)."""

    listing: Observed
    world: int
    copies: str


def main() -> None:
    """Fit, print, and write where that is asked for."""
    options = parsed()
    policy = parse(default_text(), "default.toml")
    known = [*real(options.sets), *simulated(options.seeds, options.listings)]
    sample = sampled(known, policy.decision.base_rate)
    ridge, scores = chosen_ridge(sample, policy)
    weights = dict(zip(codes(), rounded(fitted(sample, policy, ridge), limits(sample, policy)), strict=True))
    print("\n".join(report(sample, policy, weights, ridge, scores)))
    print("\n".join(consequences(known, policy, weights)))
    if options.write:
        FILE.write_text(written(FILE.read_text(encoding="utf-8"), weights), encoding="utf-8")
        print(f"\nWritten to {FILE}. Copy it to deploy/kubernetes/base/policy.toml, and make samples and presets anew.")


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, help="folder of sets of real listings, a folder each")
    parser.add_argument("--write", action="store_true", help="put the weights into default.toml")
    parser.add_argument("--seeds", type=int, default=5, help="simulated marketplaces (default: 5)")
    parser.add_argument("--listings", type=int, default=20_000, help="lines of each of them (default: 20,000)")
    return parser.parse_args()


def codes() -> tuple[str, ...]:
    """Return the codes of the signals, in the order of the catalogue: the columns of a sample."""
    return tuple(code for code, _, _ in SIGNALS)


# -- the listings


def as_reasoned(policy: Policy) -> Policy:
    """Return the policy under which listings are observed: a seller's record follows from decisions, and must not from the last fit."""
    return without_brake(with_weights(policy, dict(zip(codes(), reasoned(policy).tolist(), strict=True))))


def real(sets: Path) -> list[Known]:
    """Return the real listings that name a brand and whose truth is known, each once; those of honest sets are taken to be genuine."""
    found: dict[str, Known] = {}
    for name in REAL_SETS:
        copies = _copies(sets / name)
        for one in observe(sets / name, change=as_reasoned):
            listing = replace(one, counterfeit=False) if one.counterfeit is None and name in HONEST_SETS else one
            group = copies.get(one.listing_id) or (found[one.listing_id].copies if one.listing_id in found else "")
            if listing.names_brand and listing.counterfeit is not None:
                found[one.listing_id] = Known(listing, REAL, group)
    return list(found.values())


def simulated(seeds: int, listings: int) -> Iterator[Known]:
    """Yield the listings of some simulated marketplaces that name a brand."""
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "market"
            simulate(folder, listings=listings, seed=seed)
            copies = _copies(folder)
            for one in observe(folder, change=as_reasoned):
                if one.counterfeit is not None and (one.names_brand or one.shares):
                    yield Known(replace(one, seller_id=f"{seed}:{one.seller_id}"), SIMULATED, f"{seed}:{copies.get(one.listing_id, '')}")


def _copies(folder: Path) -> dict[str, str]:
    """Return the group of copies of each listing that has one."""
    with (folder / "truth.jsonl").open(encoding="utf-8") as lines:
        return {row["listing_id"]: row["duplicate_group"] for row in map(json.loads, lines) if "duplicate_group" in row}


def sampled(known: Sequence[Known], base_rate: float) -> Sample:
    """Return listings as numbers. In each world fakes weigh `base_rate` of all, and both worlds weigh the same."""
    order = {code: column for column, code in enumerate(codes())}
    strengths = np.zeros((len(known), len(order)))
    for row, one in enumerate(known):
        for share in one.listing.shares:
            if one.world == SIMULATED or share.group != "circumstance":
                strengths[row, order[share.code]] = share.finding.strength
    fakes = np.array([float(bool(one.listing.counterfeit)) for one in known])
    worlds = np.array([one.world for one in known])
    return Sample(strengths, fakes, _weights(fakes, worlds, base_rate), _groups(known), worlds)


def _weights(fakes: Floats, worlds: NDArray[np.int64], base_rate: float) -> Floats:
    weights = np.zeros(len(fakes))
    for world in np.unique(worlds):
        for kind, share in ((1.0, base_rate), (0.0, 1 - base_rate)):
            rows = (worlds == world) & (fakes == kind)
            weights[rows] = share / max(rows.sum(), 1)
    return np.asarray(weights * len(fakes) / weights.sum(), dtype=np.float64)


def _groups(known: Sequence[Known]) -> NDArray[np.int64]:
    """Return for each listing the number of its group: what shares a seller or is a copy belongs together."""
    names: dict[str, int] = {}
    pairs = [
        (row, names.setdefault(name, len(names)))
        for row, one in enumerate(known)
        for name in (f"seller {one.listing.seller_id}", f"copies {one.copies}" if one.copies.strip(":") else f"alone {row}")
    ]
    rows, links = zip(*pairs, strict=True)
    size = len(known) + len(names)
    graph = coo_array((np.ones(len(rows)), (rows, [len(known) + link for link in links])), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels[: len(known)], dtype=np.int64)


# -- the fit


def fitted(sample: Sample, policy: Policy, ridge: float) -> Floats:
    """Return the weights: penalised maximum likelihood within bounds. Convex, so there is one answer."""
    goal, prior = reasoned(policy), policy.decision.prior
    signs = 2 * sample.fakes - 1

    def cost(weights: Floats) -> tuple[float, Floats]:
        margins = signs * (prior + sample.strengths @ weights)
        pull = ridge * (weights - goal)
        slope = sample.strengths.T @ (-signs * sample.weights * expit(-margins))
        return float(sample.weights @ np.logaddexp(0, -margins) + pull @ (weights - goal) / 2), slope + pull

    allowed = limits(sample, policy)
    start = np.array([min(max(target, low), high) for target, (low, high) in zip(goal, allowed, strict=True)])
    return np.asarray(minimize(cost, start, jac=True, method="L-BFGS-B", bounds=allowed).x, dtype=np.float64)


def limits(sample: Sample, policy: Policy) -> list[tuple[float, float]]:
    """Return for each column the least and the largest weight that the domain allows and the data can carry."""
    found: list[tuple[float, float]] = []
    for (code, group, _), target, *worlds in zip(SIGNALS, reasoned(policy), speaks(sample, REAL), speaks(sample, SIMULATED), strict=True):
        low, high = bounds(code, group, policy.decision)
        if not any(worlds):
            low = high = target
        elif not worlds[REAL]:
            low, high = max(low, target - TRUST), min(high, target + TRUST)
        found.append((low, high))
    return found


def bounds(code: str, group: str, decision: Decision) -> tuple[float, float]:
    """Return the least and the largest weight that the domain allows.

    Words of the replica trade may take down alone, but not those that honest goods share. What is about the goods and may be innocent is a
    question when alone. That goods are used is what their seller says: beside a sure term it leaves a question. A circumstance may be a
    question when alone, and takes nothing down, by rule and not by weight.
    """
    review, takedown = decision.review - decision.prior, decision.takedown - decision.prior
    if code == "replica_vocabulary":
        return takedown / SURE, (takedown - 0.1) / SHARED
    if code in QUESTIONS:
        return review + MARGIN, takedown - MARGIN
    if code == "used_at_plausible_price":
        return review - takedown, 0.0
    if group == "favour":
        return -20.0, 0.0
    return 0.0, takedown


def reasoned(policy: Policy) -> Floats:
    """Return the reasoned weights, by column."""
    return np.array([REASONED.get(code, getattr(policy.signals, code).weight) for code in codes()])


def speaks(sample: Sample, world: int) -> list[bool]:
    """Tell for each column whether a world holds enough to learn from."""
    found = (sample.strengths[sample.worlds == world] > 0).sum(axis=0)
    return [int(number) >= ENOUGH for number in found]


def rounded(weights: Floats, allowed: Iterable[tuple[float, float]]) -> list[float]:
    """Round to one place, within the limits."""
    return [
        float(min(max(round(float(weight), 1), np.ceil(low * 10 - 1e-9) / 10), np.floor(high * 10 + 1e-9) / 10))
        for weight, (low, high) in zip(weights, allowed, strict=True)
    ]


def chosen_ridge(sample: Sample, policy: Policy) -> tuple[float, dict[float, float]]:
    """Return the ridge with the least cross-validated loss, and the loss of each."""
    losses = {ridge: _loss(sample, out_of_fold(sample, policy, ridge)) for ridge in RIDGES}
    return min(losses, key=lambda ridge: losses[ridge]), losses


def out_of_fold(sample: Sample, policy: Policy, ridge: float) -> Floats:
    """Return the score of each listing by weights that were fitted without its group."""
    scores = np.zeros(len(sample.fakes))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=CHANCE)
    for train, test in folds.split(sample.strengths, sample.fakes, sample.groups):
        scores[test] = policy.decision.prior + sample.strengths[test] @ fitted(sample.rows(train), policy, ridge)
    return scores


def _loss(sample: Sample, scores: Floats) -> float:
    return float(log_loss(sample.fakes, expit(scores), sample_weight=sample.weights))


# -- what is printed


def report(sample: Sample, policy: Policy, weights: Mapping[str, float], ridge: float, losses: Mapping[float, float]) -> Iterator[str]:
    """Yield what was fitted, on what, and how well it does on listings that it was not fitted on."""
    yield f"Base rate {policy.decision.base_rate}: prior {policy.decision.prior}. Ridge {ridge:g} of " + ", ".join(
        f"{one:g} (loss {loss:.5f})" for one, loss in losses.items()
    )
    yield from _sizes(sample)
    yield from _weights_table(sample, policy, weights)
    scores = out_of_fold(sample, policy, ridge)
    yield ""
    yield f"Cross-validated, {FOLDS} folds, copies and sellers kept together"
    for world, name in WORLDS:
        yield _quality(sample, scores, world, name)
    yield ""
    yield "Calibration by score, cross-validated, fakes weighed to the base rate"
    yield f"{'world':<10} {'score from':>10} {'to':>6} {'listings':>9} {'fakes':>6} {'assumed':>8} {'seen':>6}"
    for world, name in WORLDS:
        yield from _calibration(sample, scores, world, name)


def _sizes(sample: Sample) -> Iterator[str]:
    for world, name in WORLDS:
        rows = sample.worlds == world
        fakes, signalled = int(sample.fakes[rows].sum()), int((sample.strengths[rows] > 0).any(axis=1).sum())
        yield f"{name}: {rows.sum():,} listings that name a brand, {fakes:,} fakes, {signalled:,} in which a signal was found"


def _weights_table(sample: Sample, policy: Policy, weights: Mapping[str, float]) -> Iterator[str]:
    yield ""
    yield f"{'signal':<26} {'reasoned':>8} {'file':>5} {'fitted':>6}  {'found in real':>14} {'in simulated':>14}  (fakes / genuine)"
    goal, heard = reasoned(policy), list(zip(speaks(sample, REAL), speaks(sample, SIMULATED), strict=True))
    for column, code in enumerate(codes()):
        hits = [(sample.strengths[:, column] > 0) & (sample.worlds == world) for world, _ in WORLDS]
        found = [f"{int((hit & (sample.fakes == 1)).sum()):,} / {int((hit & (sample.fakes == 0)).sum()):,}" for hit in hits]
        before, limit = getattr(policy.signals, code).weight, limits(sample, policy)[column]
        remark = "; ".join(_remarks(weights[code], limit, heard[column]))
        yield f"{code:<26} {goal[column]:>8.1f} {before:>5.1f} {weights[code]:>6.1f}  {found[0]:>14} {found[1]:>14}  {remark}".rstrip()


def _remarks(weight: float, limit: tuple[float, float], heard: tuple[bool, bool]) -> Iterator[str]:
    """Yield what a reader must know of a weight."""
    if not any(heard):
        yield "no data speaks of it: its reasoned weight stays"
        return
    if not heard[REAL]:
        yield "the simulator alone speaks of it"
    if min(abs(weight - limit[0]), abs(weight - limit[1])) < 0.1:
        yield f"at its bound, {limit[0]:.1f} to {limit[1]:.1f}"


def _quality(sample: Sample, scores: Floats, world: int, name: str) -> str:
    rows = sample.worlds == world
    fakes, weights, odds = sample.fakes[rows], sample.weights[rows], expit(scores[rows])
    return (
        f"{name:<10} log loss {log_loss(fakes, odds, sample_weight=weights):.4f}, "
        f"Brier {brier_score_loss(fakes, odds, sample_weight=weights):.4f}, "
        f"average precision {average_precision_score(fakes, odds, sample_weight=weights):.3f}"
    )


def _calibration(sample: Sample, scores: Floats, world: int, name: str) -> Iterator[str]:
    for low, high in pairwise(EDGES):
        rows = (sample.worlds == world) & (scores >= low) & (scores < high)
        if rows.any():
            weights = sample.weights[rows]
            assumed, seen = np.average(expit(scores[rows]), weights=weights), np.average(sample.fakes[rows], weights=weights)
            yield f"{name:<10} {low:>10} {high:>6} {rows.sum():>9,} {int(sample.fakes[rows].sum()):>6,} {assumed:>8.3f} {seen:>6.3f}"


def consequences(known: Sequence[Known], policy: Policy, weights: Mapping[str, float]) -> Iterator[str]:
    """Yield what would be decided with the weights, beside what the file decides, on what is known (records of sellers as they were)."""
    yield ""
    yield f"{'decided':<10} {'by':<7} {'takedowns':>9} {'of them fakes':>13} {'reviews':>8} {'fakes found':>11} {'genuine touched':>15}"
    for world, name in WORLDS:
        listings = [one.listing for one in known if one.world == world]
        for by, judge in (("file", policy), ("fitted", with_weights(policy, weights))):
            yield f"{name:<10} {by:<7} {_decisions(listings, judge)}"


def _decisions(listings: Iterable[Observed], policy: Policy) -> str:
    counts = Counter((decided(one.shares, policy), bool(one.counterfeit)) for one in listings)
    down, asked = counts["takedown", True] + counts["takedown", False], counts["review", True] + counts["review", False]
    touched = counts["takedown", False] + counts["review", False]
    fakes, genuine = (sum(number for (_, fake), number in counts.items() if fake is kind) for kind in (True, False))
    found = counts["takedown", True] + counts["review", True]
    return f"{down:>9,} {counts['takedown', True]:>13,} {asked:>8,} {found / max(fakes, 1):>11.1%} {touched / max(genuine, 1):>15.2%}"


def with_weights(policy: Policy, weights: Mapping[str, float]) -> Policy:
    """Return a policy with other weights."""
    signals = {code: getattr(policy.signals, code).model_copy(update={"weight": weight}) for code, weight in weights.items()}
    return policy.model_copy(update={"signals": policy.signals.model_copy(update=signals)})


def written(text: str, weights: Mapping[str, float]) -> str:
    """Return the text of a policy file with other weights, and all else as it was. Raises LookupError for a signal that it lacks."""
    for code, weight in weights.items():
        text, changed = re.subn(rf"(?m)^({code} = \{{ weight = )-?[0-9.]+", rf"\g<1>{weight}", text)
        if changed != 1:
            raise LookupError(f"{code} has {changed} lines in the file, 1 is needed")
    return text


if __name__ == "__main__":
    main()
