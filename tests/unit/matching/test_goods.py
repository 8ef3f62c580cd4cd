import pytest

from pipeline.matching.goods import fits, goods


@pytest.mark.parametrize(
    ("context", "text", "expected"),
    [
        (("phone",), "Phone 128gb", True),
        (("phone",), "earphones", False),
        (("clothes",), "羽绒衣", True),
        (("shop/clothes",), "quần jean", True),
        (("Clothes",), "celana", True),
        (("clothes",), "水果", False),
        (("x/none",), "衣", False),
        ((), "衣", False),
    ],
)
def test_a_class_of_goods_stands_for_what_its_shops_say(context: tuple[str, ...], text: str, expected: bool) -> None:
    assert fits(context, text) is expected


def test_every_class_has_words() -> None:
    assert goods()
    assert all(words and all(words) for words in goods().values())
