import pytest

from pipeline.matching.index import BrandIndex
from pipeline.matching.name import Name

VUITTON, GREY, GREEN, LOREAL, KIEHLS, CUCINELLI, GAULTIER = range(7)
NAMES = [
    Name("Louis Vuitton", VUITTON, own=True),
    Name("Zanotti Grey", GREY, own=True),
    Name("Zanotti Green", GREEN, own=True),
    Name("L’Oreal", LOREAL, own=True),
    Name("Kiehl's", KIEHLS, own=True),
    Name("布鲁内洛·库奇内利", CUCINELLI, kind="transliteration"),
    Name("Jean Paul Gaultier", GAULTIER, own=True),
    Name("Gaultier Kids", GAULTIER, kind="product_line"),
]
INDEX = BrandIndex(NAMES)


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("VUITTON bag", VUITTON),
        ("new Vuitton bag", VUITTON),
        ("bag by Vuitton", VUITTON),
        ("OREAL lipstick", LOREAL),
        ("Kiehl cream", KIEHLS),
        ("库奇内利 2024", CUCINELLI),
        ("Gaultier perfume", GAULTIER),  # two names of one brand have it
    ],
)
def test_a_word_that_one_brand_alone_has_stands_for_it(text: str, owner: int) -> None:
    assert [(hit.owner, hit.method) for hit in INDEX.find(text)] == [(owner, "partial")]


@pytest.mark.parametrize(
    "text",
    [
        "leather bag in the style of Vuitton",  # not where a seller puts the brand
        "Zanotti shoes",  # two brands have it
        "Grey shoes",  # a word of everyday
        "Louis chair",  # many people are called so
        "Paul chair",
        "Kids shoes",
    ],
)
def test_other_words_of_names_stand_for_nothing(text: str) -> None:
    assert INDEX.find(text) == []


def test_nothing_is_guessed_beside_a_name_that_is_sure() -> None:
    assert [hit.owner for hit in INDEX.find("Vuitton and Zanotti Grey")] == [GREY]


def test_what_is_a_brand_of_its_own_is_no_part_of_another() -> None:
    index = BrandIndex([*NAMES, Name("Vuitton", 9, own=True)])
    assert [(hit.owner, hit.method) for hit in index.find("Vuitton bag")] == [(9, "exact")]


def test_accents_do_not_make_a_part_surer() -> None:
    assert [hit.method for hit in INDEX.find("Vuittón bag")] == ["partial"]
    assert INDEX.find("leather bag, Vuittón") == []
