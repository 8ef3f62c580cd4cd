import pytest

from pipeline.matching.fold import Folded
from pipeline.matching.spaced import look
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words

KNOWN = Words({"nike", "prada", "usab"})


@pytest.mark.parametrize("text", ["N I K E", "N-I-K-E", "N.I.K.E", "n · i · k · e", "N_I_K_E"])
def test_letters_set_apart_are_read_together(text: str) -> None:
    source = f"new {text} tee"
    assert look(source, Folded(source).text, KNOWN) == [Unmasked(4, 4 + len(text), "nike")]


def test_a_run_may_go_on_after_the_name() -> None:
    assert look("N I K E x", Folded("N I K E x").text, KNOWN) == [Unmasked(0, 7, "nike")]


@pytest.mark.parametrize("text", ["nike", "N I K", "N I K 3", "sizes S M L X", "n    i    k    e", "N I KE"])
def test_other_letters_stay_what_they_are(text: str) -> None:
    assert look(text, Folded(text).text, KNOWN) == []
