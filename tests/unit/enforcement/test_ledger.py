from datetime import UTC, datetime, timedelta

import pytest

from pipeline.enforcement.ledger import Hit, Ledger, points
from pipeline.policy.model import Preset, Step, YearlyReset

STEPS = (Step(code="closure", at=48),)
CHINA = timedelta(hours=8)


def preset(**rules: object) -> Preset:
    return Preset.model_validate({"points": {"serious": 12}, "steps": STEPS, **rules})


def ledger(*hits: tuple[str, int]) -> Ledger:
    made = Ledger()
    for number, (day, worth) in enumerate(hits):
        made = made.with_hit(Hit(f"T{number}", day_of(day), worth))
    return made


def day_of(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_points_add_up() -> None:
    assert points(ledger(("2016-03-01", 12), ("2016-03-09", 12)), day_of("2016-03-10"), preset()) == 24


def test_hits_that_outlived_their_time_count_no_more() -> None:
    hits, rules = ledger(("2016-03-01", 12), ("2016-06-01", 12)), preset(lives=timedelta(days=365))
    assert points(hits, day_of("2017-02-28"), rules) == 24
    assert points(hits, day_of("2017-03-02"), rules) == 12
    assert points(hits, day_of("2017-06-02"), rules) == 0


def test_hits_of_one_group_count_once_from_the_first_one() -> None:
    rules = preset(grouping=timedelta(days=3))
    assert points(ledger(("2016-03-01", 12), ("2016-03-02", 12), ("2016-03-03T23:00", 12)), day_of("2016-04-01"), rules) == 12
    assert points(ledger(("2016-03-01", 12), ("2016-03-03", 12), ("2016-03-05", 12)), day_of("2016-04-01"), rules) == 24


def test_a_cap_limits_one_group() -> None:
    assert points(ledger(("2016-03-01", 12)), day_of("2016-03-02"), preset(cap=5)) == 5


def test_hits_are_kept_in_the_order_of_time() -> None:
    assert ledger(("2016-03-09", 1), ("2016-03-01", 2)).hits[0].points == 2


@pytest.mark.parametrize(
    ("in_the_year", "carried"),
    [(12, 0), (24, 24), (36, 36), (48, 0)],  # bounds: 24 and more, below 48, are carried over
)
def test_the_yearly_reset_wipes_unless_between_its_bounds(in_the_year: int, carried: int) -> None:
    rules = preset(reset=YearlyReset(utc_offset=CHINA, unless_from=24, unless_below=48))
    assert points(ledger(("2016-05-01", in_the_year)), day_of("2016-12-31T15:59"), rules) == in_the_year
    assert points(ledger(("2016-05-01", in_the_year)), day_of("2016-12-31T16:00"), rules) == carried


def test_each_turn_of_a_year_is_judged_by_what_stood_then() -> None:
    rules = preset(reset=YearlyReset(utc_offset=CHINA, unless_from=24, unless_below=48))
    hits = ledger(("2016-05-01", 24), ("2017-05-01", 36))
    assert points(hits, day_of("2017-06-01"), rules) == 60
    assert points(hits, day_of("2018-01-02"), rules) == 0


def test_hits_that_come_later_do_not_count_yet() -> None:
    rules = preset(reset=YearlyReset(utc_offset=CHINA, unless_from=24, unless_below=48))
    hits = ledger(("2016-06-01", 12), ("2017-01-02", 36))
    assert points(hits, day_of("2016-12-31"), rules) == 12
    assert points(hits, day_of("2017-01-02"), rules) == 36
    assert hits.newest(day_of("2016-12-31")) == day_of("2017-01-02")
    assert hits.newest(day_of("2017-02-01")) == day_of("2017-02-01")


def test_a_group_stays_one_when_its_first_hit_outlives() -> None:
    rules = preset(grouping=timedelta(days=3), lives=timedelta(days=30))
    hits = ledger(("2016-03-01", 12), ("2016-03-03", 12), ("2016-03-05", 12))
    assert [points(hits, day_of(day), rules) for day in ("2016-03-30", "2016-04-01", "2016-04-03", "2016-04-05")] == [24, 24, 12, 0]
