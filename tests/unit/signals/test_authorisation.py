from typing import Any

import pytest

from pipeline.events.right import AuthorisedSeller
from pipeline.signals.authorisation import is_authorised
from tests.build import START, at
from tests.unit.signals.cases import case


@pytest.mark.parametrize(
    ("sellers", "fields", "authorised"),
    [
        ((), {}, False),
        (("S1",), {}, True),
        (("S2",), {}, False),
        ((AuthorisedSeller("S1", valid_until=at(days=1)),), {}, True),
        ((AuthorisedSeller("S1", valid_until=START),), {}, False),
        ((AuthorisedSeller("S1", territories=("CN", "HK")),), {"territories": ("CN",)}, True),
        ((AuthorisedSeller("S1", territories=("CN",)),), {"territories": ("CN", "DE")}, False),
        ((AuthorisedSeller("S1", territories=("CN",)),), {}, False),  # offered everywhere
    ],
)
def test_a_seller_is_authorised_where_and_when_the_holder_says(sellers: Any, fields: dict[str, Any], authorised: bool) -> None:
    assert is_authorised(case(rights={"authorised_sellers": sellers}, **fields)) == authorised


@pytest.mark.parametrize(
    ("own", "authorised"),
    [
        ((), False),
        (("S1",), True),
        ((AuthorisedSeller("S1", valid_until=START),), False),
        ((AuthorisedSeller("S1", valid_until=at(days=1)), AuthorisedSeller("S1", valid_until=START)), True),
    ],
)
def test_a_long_list_says_the_same(own: Any, authorised: bool) -> None:
    others = tuple(f"T{number}" for number in range(1000))
    assert is_authorised(case(rights={"authorised_sellers": (*others, *own)})) == authorised
