"""Disguises change a name and leave it readable."""

import unicodedata
from random import Random

import pytest

from pipeline.simulate.brands import brands
from pipeline.simulate.disguise import (
    DISGUISES,
    INVISIBLE,
    confusable,
    disguised,
    full_width,
    leetspeak,
    masked,
    mathematical,
    spaced,
    zero_width,
)


def all_of(way: object, name: str) -> set[str]:
    assert callable(way)
    return {way(name, Random(seed)) for seed in range(300)}


def test_examples() -> None:
    assert {"N1KE", "NIK3", "N1K3", "N!KE"} <= all_of(leetspeak, "NIKE")
    assert {"N I K E", "N-I-K-E", "N.I.K.E"} <= all_of(spaced, "Nike")
    assert {"N*ke", "Ni*e"} <= all_of(masked, "Nike")
    assert full_width("Nike", Random(1)) == "Ｎｉｋｅ"


def test_confusable_letters_are_of_another_script() -> None:
    for written in all_of(confusable, "Nike"):
        assert len(written) == 4
        assert {unicodedata.name(letter).split()[0] for letter in written} & {"CYRILLIC", "GREEK"}


def test_zero_width_leaves_the_name_when_it_is_taken_out() -> None:
    for written in all_of(zero_width, "Nike"):
        assert "".join(letter for letter in written if letter not in INVISIBLE) == "Nike"
        assert written != "Nike"


@pytest.mark.parametrize("way", [full_width, mathematical])
def test_compatibility_letters_fold_back_to_the_name(way: object) -> None:
    for written in all_of(way, "Hermès"):
        assert written not in ("Hermès", "Hermes")
        assert unicodedata.normalize("NFKC", written) == "Hermes"


def test_masked_covers_a_letter_inside() -> None:
    for written in all_of(masked, "Gucci"):
        assert (written[0], written[-1], len(written)) == ("G", "i", 5)


@pytest.mark.parametrize("way", DISGUISES)
def test_every_way_can_be_chosen(way: object) -> None:
    assert all_of(way, "Adidas") & all_of(disguised, "Adidas")


def test_no_name_stays_as_it_is() -> None:
    for brand in brands(400):
        for seed in range(20):
            assert disguised(brand.name, Random(seed)) != brand.name


def test_short_names_keep_their_letters() -> None:
    for written in all_of(disguised, "UGG"):
        kept = unicodedata.normalize("NFKC", "".join(letter for letter in written if letter not in INVISIBLE))
        assert "".join(filter(str.isalpha, kept)) == "UGG"
