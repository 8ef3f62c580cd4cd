import pytest

from pipeline.matching.leetspeak import look
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words

KNOWN = Words({"nike", "gucci", "adidas", "louis", "sony", "adlo", "boss", "asos", "estel", "goyard", "macs", "adios", "goss"})


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("N1KE", "nike"),
        ("n!ke", "nike"),
        ("Guc€i", "gucci"),
        ("Nik€", "nike"),
        ("gucc1", "gucci"),
        ("@didas", "adidas"),
        ("L0uis", "louis"),
        ("$ony", "sony"),
        ("4didas", "adidas"),
    ],
)
def test_digits_and_signs_are_read_as_letters(text: str, word: str) -> None:
    assert look(f"new {text} tee", "", KNOWN) == [Unmasked(4, 4 + len(text), word)]


@pytest.mark.parametrize(
    "text",
    [
        "nike",
        "1:1",
        "9060",
        "700's V3",
        "AD10",
        "G0551",
        "A50S",
        "3stel",
        "90yard",
        "m4c5",
        "N1K",
        "500gb",
        "41k3",
        "nike!",
        "$500",
        "wifi6",
    ],
)
def test_other_tokens_stay_what_they_are(text: str) -> None:
    assert look(text, "", KNOWN) == []
