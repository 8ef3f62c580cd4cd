"""The naive sum of points, by hand-made cases: whoever compares with it must be able to trust it."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.policy.loader import default_text, parse
from tests.properties.points import Hit, living, total

PRESETS = parse(default_text(), "default.toml").presets
DAY = timedelta(days=1)
MARCH = datetime(2016, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("preset", "hits", "after", "points"),
    [
        ("taobao", [(0, 12), (1, 4)], 2, 16),
        ("taobao", [(0, 12)], 400, 0),  # fewer than 24 points end with the year
        ("taobao", [(0, 12), (1, 12)], 310, 24),  # from 24 on they are carried over
        ("taobao", [(0, 12), (1, 12)], 700, 24),  # and again
        ("taobao", [(0, 24), (1, 24)], 310, 0),  # but not from 48 on
        ("three-strikes", [(0, 1), (1, 1)], 364, 2),
        ("three-strikes", [(0, 1), (1, 1)], 365, 1),
        ("three-strikes", [(0, 1), (1, 1)], 366, 0),
        ("aliexpress", [(0, 1), (1, 1), (3, 1)], 4, 1),  # within three days of the first
        ("aliexpress", [(0, 1), (2, 1), (4, 1)], 4, 2),
        ("aliexpress", [(0, 1), (4, 1), (8, 1)], 8, 3),
        ("aliexpress", [(0, 1), (4, 1), (8, 1)], 367, 2),
    ],
)
def test_what_hits_add_up_to(preset: str, hits: list[tuple[int, int]], after: int, points: int) -> None:
    made = [Hit(MARCH + day * DAY, each) for day, each in hits]
    assert total(living(made, PRESETS[preset], MARCH + after * DAY), PRESETS[preset]) == points
