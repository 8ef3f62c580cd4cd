"""The registry's brands: famous ones first, goods before restaurants, each id once."""

import pytest

from pipeline.simulate.brands import Brand, brands


def named(name: str) -> Brand:
    return next(brand for brand in brands(200) if brand.name == name)


def test_a_large_registry_begins_with_a_small_one() -> None:
    large = brands(9000)
    assert 8000 < len(large) < 9000
    assert [brand.brand_id for brand in brands(150)] == [brand.brand_id for brand in large[:150]]


def test_ids_are_distinct_and_names_too_until_the_namesakes_at_the_end() -> None:
    large = brands(9000)
    assert len({brand.brand_id for brand in large}) == len(large)
    names = [brand.name.casefold() for brand in large]
    first_namesake = next(at for at, name in enumerate(names) if name in names[:at])
    assert first_namesake > 7000


def test_makers_of_goods_come_before_restaurants() -> None:
    assert "McDonald's" not in {brand.name for brand in brands(1500)}
    assert "McDonald's" in {brand.name for brand in brands(9000)}


def test_a_famous_brand_has_the_index_s_id_and_names_that_people_use() -> None:
    nike = named("Nike")
    assert nike.brand_id == "Q483915"
    assert [(alias.text, alias.kind, alias.language) for alias in nike.aliases][:1] == [("耐克", "transliteration", "zh")]
    assert "耐克" in nike.spoken
    assert "Swoosh" not in nike.spoken  # spoken names are Chinese
    assert 0 < nike.low < nike.high


def test_of_two_brands_of_a_name_the_famous_one_is_that_of_its_trade() -> None:
    assert named("Gap").brand_id == "Q420822"
    assert named("Orange").brand_id == "Q1431486"


def test_a_famous_brand_that_the_index_lacks_has_an_id_of_its_own() -> None:
    assert named("Casio").brand_id == "famous:casio"


@pytest.mark.parametrize("name", ["Apple", "Gap", "Hugo Boss", "Next", "Orange", "Coach"])
def test_common_words_have_context(name: str) -> None:
    assert named(name).common_word
    assert len(named(name).context) >= 4


def test_a_name_out_of_everyday_titles_is_a_common_word_with_its_trade_as_context() -> None:
    one = next(brand for brand in brands(9000) if brand.name == "One")
    assert one.common_word
    assert set(one.context) >= set(one.trade.words["zh"].nouns)
    assert not named("Tissot").common_word


def test_aliases_are_distinct_other_than_the_name_and_no_bare_initials() -> None:
    for brand in brands(9000):
        folded = [alias.text.casefold() for alias in brand.aliases]
        assert len(set(folded)) == len(folded)
        assert brand.name.casefold() not in folded
        assert all(len(alias.text) >= 3 for alias in brand.aliases if alias.kind == "name")


def test_no_brands_are_refused() -> None:
    with pytest.raises(ValueError, match="a brand at least"):
        brands(0)
