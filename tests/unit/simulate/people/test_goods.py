"""Goods are what remains of a listing, or of one that was taken down."""

from pipeline.simulate.people.goods import Goods
from tests.unit.simulate.people.cast import listing, takedown


def test_they_keep_what_a_notice_needs() -> None:
    assert Goods.of(listing(territories=("DE",))) == Goods("L1", "S1", "us", ("DE",))
    assert Goods.of(takedown(territories=("CN",))) == Goods("L1", "S1", None, ("CN",))
