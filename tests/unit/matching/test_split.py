import pytest

from pipeline.matching.fold import Folded
from pipeline.matching.split import look
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words

KNOWN = Words({"coolermaster", "mrvui", "nike", "12345", "kurakura"})


@pytest.mark.parametrize(("text", "word"), [("Cooler Master", "coolermaster"), ("cooler-MASTER", "coolermaster"), ("Mr. Vui", "mrvui")])
def test_two_words_are_read_as_one(text: str, word: str) -> None:
    source = f"new {text} case"
    assert look(source, Folded(source).text, KNOWN) == [Unmasked(4, 4 + len(text), word)]


@pytest.mark.parametrize("text", ["coolermaster", "cooler the master", "ni ke", "m rvui", "kura kura", "12 345", ""])
def test_other_words_stay_apart(text: str) -> None:
    assert look(text, Folded(text).text, KNOWN) == []
