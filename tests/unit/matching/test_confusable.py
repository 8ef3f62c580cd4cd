import pytest

from pipeline.matching.confusable import look
from pipeline.matching.view import Unmasked

KNOWN = frozenset({"nike", "adidas", "mike"})


@pytest.mark.parametrize("text", ["nіkе", "NIКE", "nікe", "Νike", "niκe"])
def test_letters_of_other_scripts_are_read_as_latin(text: str) -> None:
    assert look(f"new {text} tee", "", KNOWN) == [Unmasked(4, 8, "nike")]


@pytest.mark.parametrize(
    "text",
    [
        "nike",  # nothing is disguised
        "никe рабочий",  # not how it looks
        "Ніке",  # a word wholly of another script is a word of that script
        "nіk",  # too short
        "nіkеs",  # no name
        "耐克",
    ],
)
def test_other_words_stay_what_they_are(text: str) -> None:
    assert look(text, "", KNOWN) == []
