import pytest

from pipeline.events.right import ReferencePrice
from pipeline.signals.used_at_plausible_price import detect
from tests.unit.signals.cases import case, explained

RANGE = {"reference_prices": (ReferencePrice("CNY", "1000", "2000"),)}


@pytest.mark.parametrize(
    ("price", "condition", "found"),
    [("150", "used", True), ("150", "refurbished", True), ("149", "used", False), ("150", "new", False), ("150", None, False)],
)
def test_used_goods_at_a_plausible_price(price: str, condition: str | None, found: bool) -> None:
    assert (detect(case(price=price, currency="CNY", condition=condition, rights=RANGE)) is not None) == found


def test_without_a_range_nothing_is_said() -> None:
    assert detect(case(price="150", currency="CNY", condition="used")) is None


def test_its_reason_has_all_its_words() -> None:
    finding = detect(case(price="150", currency="CNY", condition="used", rights=RANGE))
    assert all("150 CNY" in reason and "?" not in reason for reason in explained("used_at_plausible_price", finding))
