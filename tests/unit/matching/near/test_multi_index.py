import pytest

from pipeline.matching.near.multi_index import MultiIndex, radius


def test_the_nearest_come_first() -> None:
    index = MultiIndex([0b111, 0b0, 0b1, (1 << 64) - 1], 64)
    assert index.within(0, 3) == [(0, 1), (1, 2), (3, 0)]
    assert index.within(0, 2) == [(0, 1), (1, 2)]


def test_how_far_is_certain() -> None:
    assert (radius(64), radius(256)) == (7, 31)
    with pytest.raises(ValueError, match="up to distance 7, not 8"):
        MultiIndex([1], 64).within(1, 8)
