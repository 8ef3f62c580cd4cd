import pytest

from pipeline.events.right import ReferencePrice
from pipeline.signals.price_far_below import detect
from tests.unit.signals.cases import case, explained

RANGE = {"reference_prices": (ReferencePrice("CNY", "1000", "2000"),)}


@pytest.mark.parametrize(("price", "strength"), [("400", None), ("399", 0.0025), ("200", 0.5), ("20", 0.95)])
def test_the_strength_grows_to_1_at_a_price_of_nothing(price: str, strength: float | None) -> None:
    finding = detect(case(price=price, currency="CNY", rights=RANGE))
    assert (finding.strength if finding else None) == strength


@pytest.mark.parametrize(("condition", "found"), [(None, True), ("new", True), ("used", False), ("refurbished", False)])
def test_used_goods_are_cheap(condition: str | None, found: bool) -> None:
    assert (detect(case(price="20", currency="CNY", condition=condition, rights=RANGE)) is not None) == found


def test_its_reason_has_all_its_words() -> None:
    reasons = explained("price_far_below", detect(case(price="200", currency="CNY", rights=RANGE)))
    assert all("200 CNY" in reason and "20" in reason and "?" not in reason for reason in reasons)
