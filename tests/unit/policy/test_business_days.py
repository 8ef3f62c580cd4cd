"""Business days, by calendars that anyone can look up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.policy.business_days import Calendar, known_calendars

NEW_YORK = timedelta(hours=-5)
NONE: frozenset[date] = frozenset()


def calendar(name: str = "US", closed: frozenset[date] = NONE, utc_offset: timedelta = NEW_YORK) -> Calendar:
    return Calendar(name, closed, utc_offset)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2016, 7, 1), True),  # a Friday
        (date(2016, 7, 2), False),  # a Saturday
        (date(2016, 7, 3), False),  # a Sunday
        (date(2016, 7, 4), False),  # Independence Day, a Monday
        (date(2016, 7, 5), True),
        (date(2016, 11, 24), False),  # Thanksgiving
    ],
)
def test_there_is_business_from_monday_to_friday_but_on_holidays(day: date, is_open: bool) -> None:
    assert calendar().is_open(day) == is_open


def test_the_day_itself_does_not_count_and_the_last_one_does_to_its_end() -> None:
    friday = datetime(2016, 7, 1, 12, tzinfo=UTC)
    assert calendar().after(friday, 1) == datetime(2016, 7, 6, 5, tzinfo=UTC), "Tuesday's midnight in New York: the holiday is passed over"
    assert calendar().after(friday, 10) == datetime(2016, 7, 19, 5, tzinfo=UTC)


def test_a_day_is_one_of_the_zone() -> None:
    late = datetime(2016, 7, 6, 2, tzinfo=UTC)  # still the 5th in New York
    assert calendar().after(late, 1) == datetime(2016, 7, 7, 5, tzinfo=UTC)
    assert calendar(utc_offset=timedelta(0)).after(late, 1) == datetime(2016, 7, 8, tzinfo=UTC)


def test_a_part_of_a_country_has_holidays_of_its_own_and_the_policy_closes_further_days() -> None:
    chavez = date(2016, 3, 31)  # César Chávez Day, a Thursday, in California
    assert (calendar().is_open(chavez), calendar("US-CA").is_open(chavez)) == (True, False)
    assert not calendar(closed=frozenset({date(2016, 7, 5)})).is_open(date(2016, 7, 5))


def test_known_calendars_are_countries_and_their_parts() -> None:
    assert {"US", "US-CA", "CN", "DE-BY"} <= known_calendars()
    assert not {"XX", "US-XX", "us"} & known_calendars()
