import pytest

from pipeline.matching.accents import look, plain
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words

KNOWN = Words({"celine", "nike", "lacoste"})


def test_accents_are_left_out_of_longer_words() -> None:
    assert look("túi céline mới", "", KNOWN) == [Unmasked(4, 10, "celine")]


@pytest.mark.parametrize("text", ["celine", "nìke", "félin", "giày"])
def test_short_and_plain_words_stay_what_they_are(text: str) -> None:
    assert look(text, "", KNOWN) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Hermès", "Hermes"), ("Citroën", "Citroen"), ("Đông Hải", "Dong Hai"), ("Nike", ""), ("Dạ", ""), ("йогурт", ""), ("ブランド", "")],
)
def test_a_latin_name_has_a_plain_form(name: str, expected: str) -> None:
    assert plain(name) == expected
