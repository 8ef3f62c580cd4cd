import pytest

from pipeline.matching.evidence import stands_as


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Orange jacket of wool", "Orange", "brand"),
        ("a jacket by orange", "orange", "brand"),
        ("a warm jacket, Orange, of wool", "Orange", "brand"),
        ("A warm orange jacket", "orange", "word"),
        ("A Warm Orange Jacket", "Orange", "unclear"),
        ("a warm orange jacket", "orange", "unclear"),
        ("A WARM ORANGE JACKET", "ORANGE", "unclear"),
        ("Đôi giày da Çelik rất đẹp", "Çelik", "brand"),
        ("A lamp مصباح of wool", "مصباح", "unclear"),  # a script without capitals
        ("二手苹果电脑", "苹果", "brand"),
        ("新鲜水果苹果", "苹果", "word"),
    ],
)
def test_a_place_speaks_for_a_brand_or_for_a_word(text: str, name: str, expected: str) -> None:
    start = text.index(name)
    assert stands_as(text, start, start + len(name)) == expected
