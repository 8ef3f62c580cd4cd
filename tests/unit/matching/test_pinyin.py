import pytest

from pipeline.matching.index import BrandIndex
from pipeline.matching.name import Name
from pipeline.matching.pinyin import look, spelt
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words

KNOWN = Words({"香奈儿", "阿迪达斯", "古驰", "慕斯达", "木思达"})


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("香奈儿", "xiangnaier"),
        ("香奈兒", "xiangnaier"),
        ("古驰", ""),
        ("李宁", ""),
        ("Chanel", ""),
        ("香奈儿 5", ""),
        ("\U00020000奈儿", ""),
    ],
)
def test_a_chinese_name_is_spelt_where_it_is_long_enough_and_no_word(name: str, letters: str) -> None:
    assert spelt(name) == letters


@pytest.mark.parametrize(("text", "found"), [("正品香乃尔包", "香乃尔"), ("阿笛達絲鞋", "阿笛達絲")])
def test_characters_that_sound_like_a_name_are_read_as_it(text: str, found: str) -> None:
    word = {"香乃尔": "香奈儿", "阿笛達絲": "阿迪达斯"}[found]
    assert look(text, "", KNOWN) == [Unmasked(text.index(found), text.index(found) + len(found), word)]


@pytest.mark.parametrize("text", ["谷吃", "Xiang nai er", "木四大", "香水", "Chanel 包"])
def test_what_is_short_or_sounds_like_two_names_is_neither(text: str) -> None:
    assert look(text, "", KNOWN) == []


INDEX = BrandIndex([Name("Chanel", 1, own=True), Name("香奈儿", 1, kind="transliteration"), Name("阿迪达斯", 2, kind="transliteration")])


@pytest.mark.parametrize(
    ("text", "method"),
    [("Xiangnaier bag", "transliterated"), ("香乃尔包", "homophone"), ("香奈儿包", "transliterated"), ("新款阿笛达斯鞋", "homophone")],
)
def test_the_way_in_which_it_was_found_is_named(text: str, method: str) -> None:
    assert [hit.method for hit in INDEX.find(text)] == [method]


def test_three_characters_that_sound_alike_are_believed_in_the_place_of_a_brand_only() -> None:
    assert INDEX.find("棉袜配饰香乃尔包") == []
