"""Business days: those from Monday to Friday that are no public holiday."""

from datetime import date, datetime, timedelta, timezone
from functools import cache

import holidays
from holidays.registry import COUNTRIES

_SATURDAY = 5


class Calendar:
    """The business days of a country, or of a part of one, in a zone of time."""

    def __init__(self, name: str, closed: frozenset[date], utc_offset: timedelta) -> None:
        """`name`: ISO 3166, such as US or US-CA, one of `known_calendars`. `closed`: further days without business."""
        country, _, part = name.partition("-")
        self._holidays = holidays.country_holidays(country, subdiv=part or None)
        self._closed, self._zone = closed, timezone(utc_offset)

    def after(self, at: datetime, days: int) -> datetime:
        """Return the end of the business day that is so many after the day of `at`, which itself does not count; in the zone of `at`."""
        day = at.astimezone(self._zone).date()
        while days:
            day += timedelta(days=1)
            days -= self.is_open(day)
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone) + timedelta(days=1)
        return midnight.astimezone(at.tzinfo)

    def is_open(self, day: date) -> bool:
        """Tell whether there is business on a day."""
        return day.weekday() < _SATURDAY and day not in self._closed and day not in self._holidays


def is_known(name: str) -> bool:
    """Tell whether there is a calendar. A country's own stands in a table: to load all would take a third of a second at each start."""
    return name in known_calendars() if "-" in name else any(name in codes for _, *codes in COUNTRIES.values())


@cache
def known_calendars() -> frozenset[str]:
    """Return the names of all calendars."""
    countries = holidays.list_supported_countries()
    return frozenset(countries) | {f"{country}-{part}" for country, parts in countries.items() for part in parts}
