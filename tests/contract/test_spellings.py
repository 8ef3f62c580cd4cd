"""How much is found of each way of writing: the floors under docs/matching.md."""

import pytest

from pipeline.matching.index import BrandIndex
from pipeline.matching.name import Name
from pipeline.simulate.brands import brands
from scripts.build_matching import DOCS, document, measure
from scripts.spellings import CHINESE, LATIN

GUESSED = {"a letter dropped", "a letter doubled", "two letters swapped", "the last letter dropped"}
FOUND = {one.way: one for one in measure()}


@pytest.mark.parametrize("way", [way for way in (*LATIN, *CHINESE) if way not in GUESSED])
def test_most_names_are_found_in_a_disguise_wherever_they_stand(way: str) -> None:
    assert min(FOUND[way].shares.values()) > 0.8


@pytest.mark.parametrize("way", sorted(GUESSED))
def test_many_misspelt_names_are_found_where_sellers_put_them_and_fewer_elsewhere(way: str) -> None:
    shares = FOUND[way].shares
    assert shares["first"] > 0.4
    assert shares["inside"] < shares["first"]


@pytest.mark.parametrize("way", sorted({**LATIN, **CHINESE}))
def test_each_way_of_writing_changes_names(way: str) -> None:
    assert FOUND[way].names > 20


def test_no_name_is_found_in_words_that_are_like_none() -> None:
    index = BrandIndex(Name(brand.name, number, own=True) for number, brand in enumerate(brands(8_000)))
    assert index.find("a plain thing without anything") == []


def test_the_document_is_what_is_measured() -> None:
    assert DOCS.read_text(encoding="utf-8") == document()
