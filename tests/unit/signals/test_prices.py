from decimal import Decimal
from typing import Any

import pytest

from pipeline.events.right import ReferencePrice
from pipeline.signals.prices import compare
from tests.unit.signals.cases import REFERENCE, case

SHOES = ReferencePrice("CNY", "500", "1500", "shoes")
ANY = ReferencePrice("CNY", "100", "3000")
EURO = ReferencePrice("EUR", "100", "200")


@pytest.mark.parametrize(
    ("fields", "ranges", "ratio"),
    [
        ({"price": "50", "currency": "CNY", "category": "shoes"}, (ANY, SHOES), Decimal("0.1")),
        ({"price": "50", "currency": "CNY", "category": "bags"}, (ANY, SHOES), Decimal("0.5")),
        ({"price": "50", "currency": "CNY", "category": "bags"}, (SHOES,), None),
        ({"price": "50", "currency": "CNY"}, (), None),
        ({"price": "50"}, (ANY,), None),
        ({"currency": "CNY"}, (ANY,), None),
        ({"price": "50", "currency": "XXX"}, (ANY,), None),  # no rate
        ({"price": "1", "currency": "CNY"}, (ANY,), None),  # stands for "ask me"
        ({"price": "50", "currency": "EUR"}, (ANY, EURO), Decimal("0.5")),  # its own currency first
        ({"price": "73.50", "currency": "CNY"}, (EURO,), Decimal("0.1")),
    ],
)
def test_a_price_is_compared_where_it_can_be(fields: dict[str, Any], ranges: tuple[ReferencePrice, ...], ratio: Decimal | None) -> None:
    compared = compare(case(rights={"reference_prices": ranges}, **fields))
    assert (compared.ratio if compared else None) == ratio


def test_a_mere_reference_has_no_price() -> None:
    assert compare(case(matches=(REFERENCE,), price="50", currency="CNY", rights={"reference_prices": (ANY,)})) is None
