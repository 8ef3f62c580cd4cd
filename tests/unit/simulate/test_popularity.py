"""Popularity follows Zipf's law."""

from collections import Counter
from random import Random

import pytest

from pipeline.simulate.popularity import Popularity


def test_the_first_is_asked_for_n_times_as_often_as_the_nth() -> None:
    chance = Random(1)
    counts = Counter(Popularity(range(1, 101)).pick(chance) for _ in range(50_000))
    assert counts[1] / counts[2] == pytest.approx(2, rel=0.1)
    assert counts[1] / counts[10] == pytest.approx(10, rel=0.2)


def test_the_ends_of_demand_are_the_first_and_the_last() -> None:
    popularity = Popularity("abc")
    assert (popularity.at(0.0), popularity.at(0.9999999), popularity.at(1.0)) == ("a", "c", "c")


def test_nothing_cannot_be_popular() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Popularity([])
