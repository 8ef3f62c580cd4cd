"""Whether scores mean what they say: predicted probabilities against the truth, in bins. Pure.

A score is log-odds at the base rate that the policy starts from. A set has another share of counterfeits, and mostly a much higher one; so
each score is moved by the difference of the two log-odds before it is read as a probability (Saerens, Latinne and Decaestecker, 2002,
"Adjusting the outputs of a classifier to new a priori probabilities"). A bias that is the same for all scores is thereby mostly taken out;
what is measured is whether the steps between scores are right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Any

BINS = 10  # of equal width
_Z = NormalDist().inv_cdf(0.975)  # for intervals of 95 %
_PLACES = 4


@dataclass(frozen=True, slots=True)
class Bin:
    """The listings with a predicted probability from `low` to below `high` (the last one: to 1): how many are counterfeits.

    `predicted` is the mean of the predictions, `share` the share of counterfeits, `least` and `most` its Wilson interval of 95 %.
    """

    low: float
    high: float
    n: int
    counterfeit: int
    predicted: float
    share: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far predictions were off, over `n` listings that name a right and of which the truth is known.

    `unscored` name no right and have no score. `brier` is the mean squared error, `brier_of_prevalence` that of one who knows no more than
    the share of counterfeits; `expected_error` the mean distance of a bin's share from its prediction, by the listings in it.
    """

    n: int
    unscored: int
    base_rate: float
    prevalence: float
    brier: float
    brier_of_prevalence: float
    expected_error: float
    bins: tuple[Bin, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return asdict(self)


def calibrate(scored: Sequence[tuple[float, bool]], unscored: int, base_rate: float) -> Calibration | None:
    """Compare scores in log-odds, each with whether the listing is a counterfeit; `base_rate`: what the scores assume, above 0, below 1.

    None where all are counterfeits, or none: there is nothing to tell apart.
    """
    prevalence = sum(fake for _, fake in scored) / len(scored) if scored else 0.0
    if prevalence in (0.0, 1.0):
        return None
    shift = log_odds(prevalence) - log_odds(base_rate)
    predictions = [(probability(score + shift), fake) for score, fake in scored]
    bins = tuple(_bins(predictions))
    return Calibration(
        n=len(scored),
        unscored=unscored,
        base_rate=round(base_rate, _PLACES),
        prevalence=round(prevalence, _PLACES),
        brier=round(sum((predicted - fake) ** 2 for predicted, fake in predictions) / len(scored), _PLACES),
        brier_of_prevalence=round(prevalence * (1 - prevalence), _PLACES),
        expected_error=round(sum(one.n * abs(one.share - one.predicted) for one in bins) / len(scored), _PLACES),
        bins=bins,
    )


def _bins(predictions: Iterable[tuple[float, bool]]) -> Iterable[Bin]:
    """Yield the bins that hold a listing."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for predicted, fake in predictions:
        groups.setdefault(min(int(predicted * BINS), BINS - 1), []).append((predicted, fake))
    for number, group in sorted(groups.items()):
        n, fakes = len(group), sum(fake for _, fake in group)
        least, most = wilson(fakes, n)
        mean = sum(predicted for predicted, _ in group) / n
        yield Bin(number / BINS, (number + 1) / BINS, n, fakes, round(mean, _PLACES), round(fakes / n, _PLACES), least, most)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the interval of 95 % for a share, given `part` of `whole` (Wilson, 1927); `whole` is at least 1."""
    share, square = part / whole, _Z * _Z / whole
    middle, half = share + square / 2, _Z * sqrt(share * (1 - share) / whole + square / whole / 4)
    low, high = (middle - half) / (1 + square), (middle + half) / (1 + square)
    return round(max(0.0, low), _PLACES), round(min(1.0, high), _PLACES)


def log_odds(share: float) -> float:
    """Return the log-odds of a probability above 0 and below 1."""
    return log(share / (1 - share))


def probability(score: float) -> float:
    """Return the probability of log-odds, however large."""
    if score < 0:
        return exp(score) / (1 + exp(score))
    return 1 / (1 + exp(-score))
