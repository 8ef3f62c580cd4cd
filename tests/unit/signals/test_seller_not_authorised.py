import pytest

from pipeline.signals.seller_not_authorised import detect
from tests.unit.signals.cases import NIKE, REFERENCE, case, explained

LISTED = {"authorised_sellers": ("S2",)}


def test_a_seller_who_is_not_on_the_list() -> None:
    assert all("Nike" in reason for reason in explained("seller_not_authorised", detect(case(rights=LISTED))))


@pytest.mark.parametrize(
    "quiet",
    [
        case(),  # no list says nothing
        case(rights={"authorised_sellers": ("S1",)}),
        case(rights=LISTED, condition="used"),
        case(rights=LISTED, matches=(REFERENCE,)),
    ],
)
def test_where_no_authorisation_is_needed(quiet: object) -> None:
    assert detect(quiet) is None  # type: ignore[arg-type]


def test_one_use_as_a_brand_is_enough() -> None:
    assert detect(case(rights=LISTED, matches=(REFERENCE, NIKE))) is not None
