from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.local.calibration import calibrate, log_odds, probability, wilson

SCORES = st.lists(st.tuples(st.floats(-800, 800), st.booleans()), max_size=60)


@given(SCORES, st.integers(0, 5), st.floats(0.001, 0.999))
def test_bins_hold_every_listing_once(scored: list[tuple[float, bool]], unscored: int, base_rate: float) -> None:
    found = calibrate(scored, unscored, base_rate)
    if found is None:
        assert len({fake for _, fake in scored}) < 2
        return
    assert sum(one.n for one in found.bins) == found.n == len(scored)
    assert sum(one.counterfeit for one in found.bins) == sum(fake for _, fake in scored)
    assert all(one.least <= one.share <= one.most and one.low - 1e-4 <= one.predicted <= one.high + 1e-4 for one in found.bins)
    assert (found.unscored, 0 <= found.brier <= 1, 0 <= found.expected_error <= 1) == (unscored, True, True)


def test_scores_that_mean_what_they_say_are_calibrated() -> None:
    scored = [(log_odds(0.8), number < 80) for number in range(100)] + [(log_odds(0.2), number < 20) for number in range(100)]
    found = calibrate(scored, 3, 0.5)
    assert found is not None
    assert (found.prevalence, found.expected_error, found.brier, found.brier_of_prevalence) == (0.5, 0.0, 0.16, 0.25)
    assert [(one.low, one.n, one.predicted, one.share) for one in found.bins] == [(0.2, 100, 0.2, 0.2), (0.8, 100, 0.8, 0.8)]


def test_scores_are_moved_to_the_share_of_the_set() -> None:
    """One score for all, at a base rate of 1 %, on a set of which a quarter is fake: it says a quarter."""
    found = calibrate([(log_odds(0.01), number < 5) for number in range(20)], 0, 0.01)
    assert found is not None
    assert [(one.predicted, one.share) for one in found.bins] == [(0.25, 0.25)]


def test_scores_that_say_the_contrary_are_not_calibrated() -> None:
    found = calibrate([(3.0, False), (-3.0, True)] * 20, 0, 0.5)
    assert found is not None
    assert (found.expected_error, found.brier > found.brier_of_prevalence) == (0.9526, True)


@pytest.mark.parametrize("scored", [[], [(1.0, True)], [(1.0, False), (2.0, False)]])
def test_where_there_is_nothing_to_tell_apart_there_is_no_calibration(scored: list[tuple[float, bool]]) -> None:
    assert calibrate(scored, 0, 0.02) is None


@pytest.mark.parametrize(
    ("part", "whole", "interval"),
    [(0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (5, 10, (0.2366, 0.7634)), (81, 263, (0.2553, 0.3662))],  # the last: Newcombe, 1998
)
def test_intervals_are_wilson_s(part: int, whole: int, interval: tuple[float, float]) -> None:
    assert wilson(part, whole) == pytest.approx(interval, abs=1e-4)


@given(st.floats(1e-6, 1 - 1e-6))
def test_log_odds_and_probability_undo_each_other(share: float) -> None:
    assert isclose(probability(log_odds(share)), share, rel_tol=1e-9)
    assert (probability(-1000.0), probability(1000.0)) == (0.0, 1.0)
