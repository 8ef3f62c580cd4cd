import pytest

from pipeline.matching.confusable import look
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words

KNOWN = Words({"nike", "adidas", "mike", "puma", "gucci", "bioderma", "swarovski", "loewe", "cormer", "oral"})


@pytest.mark.parametrize("text", ["nіkе", "NIКE", "nікe", "Νike", "niκe", "Νіке", "ɴɪᴋᴇ", "🇳🇮🇰🇪"])
def test_letters_of_other_scripts_are_read_as_latin(text: str) -> None:
    assert look(f"new {text} tee", "", KNOWN) == [Unmasked(4, 4 + len(text), "nike")]


@pytest.mark.parametrize(
    ("text", "word"),
    [("Gucci", ""), ("GUCCl", "gucci"), ("Ioewe", "loewe"), ("bioderrna", "bioderma"), ("Svvarovski", "swarovski")],
)
def test_latin_letters_that_pass_for_others(text: str, word: str) -> None:
    assert look(f"new {text} tee", "", KNOWN) == ([Unmasked(4, 4 + len(text), word)] if word else [])


def test_both_kinds_in_one_text_come_in_their_order() -> None:
    assert [one.word for one in look("Ioewe nіke GUCCl", "", KNOWN)] == ["loewe", "nike", "gucci"]


@pytest.mark.parametrize(
    "text",
    [
        "nike",  # nothing is disguised
        "нике рабочий",  # not how it looks
        "Ніке",  # a word wholly of another script is a word of that script
        "кроссовки Ніке new",
        "nіk",  # too short
        "nіkеs",  # no name
        "耐克",
        "corner",  # a word is a word, though it looks like a name
        "Oral",
        "🇳🇮 🇰🇪",  # flags
    ],
)
def test_other_words_stay_what_they_are(text: str) -> None:
    assert look(text, "", KNOWN) == []
