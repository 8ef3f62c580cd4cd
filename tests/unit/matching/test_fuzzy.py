import pytest

from pipeline.matching.fuzzy import look
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words

KNOWN = Words({"burberry", "adidas", "balenciaga", "versace", "kenzo", "clarins", "chanel", "converse", "orange", "montana", "zara"})


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Burbery", "burberry"),  # a letter too few
        ("Claarins", "clarins"),  # one too many
        ("VERASCE", "versace"),  # two neighbours exchanged
        ("adadis", "adidas"),  # the same letters in another order
        ("Balencicga", "balenciaga"),  # another letter in a long word
        ("kenz", "kenzo"),  # a short one cut short
    ],
)
def test_one_mistake_is_forgiven(text: str, word: str) -> None:
    assert look(f"{text} bag", "", KNOWN) == [Unmasked(0, len(text), word)]


@pytest.mark.parametrize(
    "text",
    [
        "Burberry",  # no mistake
        "orang",  # a word of everyday, though a name begins so
        "oranje",  # near a name that is a word of everyday itself
        "Halenciaga",  # nobody mistakes the first letter for another
        "zar",  # too short
        "adides",  # in a short word, another letter may make another word
        "Burbrry2",  # not a word
        "Burrbrry",  # two mistakes
        "Монтана",
        "enzo",  # the end of a short name
    ],
)
def test_other_words_mean_themselves(text: str) -> None:
    assert look(f"{text} bag", "", KNOWN) == []


def test_what_is_near_two_names_is_neither() -> None:
    assert look("Montara bag", "", Words({"montana", "montala"})) == []
    assert look("Montara bag", "", Words({"montala"})) == [Unmasked(0, 7, "montala")]


def test_short_words_are_looked_at_where_sellers_put_the_brand_only() -> None:
    assert look("a nice bag Versce", "", KNOWN) == []
    assert look("a nice bag Balenciag", "", KNOWN) == [Unmasked(11, 20, "balenciaga")]


def test_a_word_in_letters_of_formulas_may_be_cut_short() -> None:
    assert look("𝗩𝗘𝗥𝗦 bag", "", KNOWN) == [Unmasked(0, 4, "versace")]
    assert look("VERS bag", "", KNOWN) == []
    assert look("𝗖𝗢𝗡𝗩𝗘𝗥𝗧 bag", "", KNOWN) == []


def test_no_word_is_as_long_as_a_text() -> None:
    assert look(f"{'b' * 20_000} Burbery", "", KNOWN) == [Unmasked(20_001, 20_008, "burberry")]
