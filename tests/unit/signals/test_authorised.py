from pipeline.signals.authorised import detect
from tests.unit.signals.cases import case, explained


def test_a_seller_on_the_list() -> None:
    finding = detect(case(rights={"authorised_sellers": ("S1",)}))
    assert all("Nike" in reason and "?" not in reason for reason in explained("authorised", finding))


def test_a_seller_beside_it() -> None:
    assert detect(case(rights={"authorised_sellers": ("S2",)})) is None
    assert detect(case()) is None
