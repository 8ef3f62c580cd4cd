import pytest

from pipeline.matching.lead import leads


@pytest.mark.parametrize(
    "text",
    [
        "Gap jeans",
        "  【Gap】 jeans",
        "new Gap jeans",
        "Brand New Gap jeans",
        "New Men's Gap jeans",
        "2 x Gap jeans",
        "4gb Gap stick",
        "100 pcs Gap stickers",
        "jeans by Gap",
        "Brand: Gap",
        "Quần jean hiệu Gap",
        "品牌：Gap",
    ],
)
def test_the_lead_is_where_a_seller_puts_the_brand(text: str) -> None:
    assert leads(text, text.index("Gap"))


@pytest.mark.parametrize("text", ["mind the Gap", "blue Gap", "500 Days Gap", "newest Gap", "standby Gap"])
def test_after_other_words_it_is_no_lead(text: str) -> None:
    assert not leads(text, text.index("Gap"))


def test_many_numbers_take_no_more_than_one_reading() -> None:
    text = "1 100 gb " * 400 + "blue Gap"
    assert not leads(text, text.index("Gap"))
