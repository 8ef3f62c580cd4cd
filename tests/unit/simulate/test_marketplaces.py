"""Prices are written as the marketplace writes them."""

import pytest

from pipeline.simulate.marketplaces import MARKETPLACES, marketplace_at


@pytest.mark.parametrize(("name", "price"), [("cn", "664.00"), ("us", "100.00"), ("eu", "90.34"), ("vn", "2228000"), ("id", "1320000")])
def test_an_amount_is_converted_and_rounded(name: str, price: str) -> None:
    assert next(one for one in MARKETPLACES if one.name == name).money(664.0) == price


def test_no_price_is_below_one_step() -> None:
    assert [one.money(0.0) for one in MARKETPLACES] == ["0.10", "0.01", "1000", "500", "0.01"]


def test_shares_of_sellers_fill_the_whole() -> None:
    assert sum(one.weight for one in MARKETPLACES) == pytest.approx(1)
    assert marketplace_at(0.0).name == "cn"
    assert marketplace_at(0.999999).name == "eu"
