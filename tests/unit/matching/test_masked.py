import pytest

from pipeline.matching.masked import look
from pipeline.matching.view import Unmasked

KNOWN = frozenset({"prada", "gucci", "nike", "bike", "celine", "luke", "lake"})


@pytest.mark.parametrize(("text", "word"), [("PR*DA", "prada"), ("gu~ci", "gucci"), ("c*l*ne", "celine"), ("P＊ada", "prada")])
def test_a_mask_stands_for_one_letter(text: str, word: str) -> None:
    assert look(f"new {text} tee", "", KNOWN) == [Unmasked(4, 4 + len(text), word)]


@pytest.mark.parametrize("text", ["prada", "*ike", "5*7 cm", "x*y", "PR**DA", "n*k", "l*ke"])
def test_what_may_be_several_words_or_none_stays_masked(text: str) -> None:
    assert look(text, "", KNOWN) == []
