"""Plans are carried out in the order in which files are merged; chance belongs to names."""

import pytest

from pipeline.simulate.people.scene import APPEALS, NOTICES, RULINGS, Scene
from tests.unit.simulate.people.cast import START, at, scene


def planned(one: Scene, *plans: tuple[str, float]) -> list[tuple[str, float]]:
    done: list[tuple[str, float]] = []
    for topic, hours in plans:
        one.at(topic, at(hours=hours), lambda plan=(topic, hours): done.append(plan))  # type: ignore[misc]
    return done


def test_the_earliest_comes_first_and_at_one_time_the_topic_that_is_merged_first() -> None:
    one = scene()
    done = planned(one, (RULINGS, 2), (NOTICES, 2), (APPEALS, 2), (RULINGS, 1))
    while one.act(at(hours=9), "listings"):
        pass
    assert done == [(RULINGS, 1), (APPEALS, 2), (NOTICES, 2), (RULINGS, 2)]
    assert (one.now, one.waiting) == (at(hours=2), 0)


def test_at_the_time_of_a_listing_appeals_come_before_it_and_all_else_behind_it() -> None:
    one = scene()
    done = planned(one, (RULINGS, 2), (NOTICES, 2), (APPEALS, 2))
    while one.act(at(hours=2), "listings"):
        pass
    assert done == [(APPEALS, 2)]
    assert one.waiting == 2


def test_nobody_speaks_in_the_past() -> None:
    with pytest.raises(AssertionError):
        scene().at(NOTICES, START, lambda: None)


def test_a_delay_lies_within_its_hours_and_belongs_to_its_name() -> None:
    times = []
    for name in ("a", "b", "a"):
        one = scene()
        one.later(NOTICES, (1.0, 5.0), lambda: None, name)
        one.act(at(hours=9), "listings")
        times.append(one.now)
    assert all(at(hours=1) < time <= at(hours=5, seconds=1) for time in times)
    assert times[0] == times[2] != times[1]


def test_chance_belongs_to_a_name_and_a_seed() -> None:
    drawn = [scene(seed).happens(0.5, name) for seed in (1, 2) for name in range(200)]
    assert drawn == [scene(seed).happens(0.5, name) for seed in (1, 2) for name in range(200)]
    assert drawn[:200] != drawn[200:]
    assert 60 < sum(drawn[:200]) < 140


def test_ids_count_up_by_their_letters() -> None:
    one = scene()
    assert [one.number(letters) for letters in ("NO", "NO", "AP")] == ["NO0000001", "NO0000002", "AP0000001"]
