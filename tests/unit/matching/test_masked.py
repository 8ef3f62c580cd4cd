import pytest

from pipeline.matching.masked import look
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words

KNOWN = Words({"prada", "gucci", "nike", "bike", "celine", "luke", "lake", "lakes", "swanovski", "普拉达", "阿迪达斯", "阿玛尼", "香奈儿"})


@pytest.mark.parametrize(("text", "word"), [("PR*DA", "prada"), ("gu~ci", "gucci"), ("c*l*ne", "celine"), ("P＊ada", "prada")])
def test_a_mask_stands_for_one_letter(text: str, word: str) -> None:
    assert look(f"new {text} tee", "", KNOWN) == [Unmasked(4, 4 + len(text), word)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("PR**DA", "prada"),  # more signs than letters
        ("PR...DA", "prada"),
        ("G#cci", "gucci"),
        ("Gu🔍ci", "gucci"),
        ("Gu×ci", "gucci"),
        ("P_ada", "prada"),
        ("C?line", "celine"),
        ("C*ne", ""),  # as many letters are hidden as are seen
        ("Celin*", "celine"),
        ("*wanovski", "swanovski"),
        ("Ce🔥line", "celine"),  # nothing is hidden, signs stand between the letters
        ("N*🔥ike", "nike"),
    ],
)
def test_masks_of_other_kinds_and_lengths(text: str, word: str) -> None:
    assert look(f"new {text} tee", "", KNOWN) == ([Unmasked(4, 4 + len(text), word)] if word else [])


@pytest.mark.parametrize(
    ("text", "found", "word"),
    [
        ("正品普*达包", "普*达", "普拉达"),
        ("正品阿×达斯", "阿×达斯", "阿迪达斯"),
        ("阿迪达～", "阿迪达～", "阿迪达斯"),
        ("香🔥儿香水", "香🔥儿", "香奈儿"),
    ],
)
def test_a_chinese_name_with_a_character_hidden(text: str, found: str, word: str) -> None:
    start = text.index(found)
    assert look(text, "", KNOWN) == [Unmasked(start, start + len(found), word)]


@pytest.mark.parametrize(
    "text",
    [
        "prada",
        "*ike",
        "5*7 cm",
        "x*y",
        "n*k",
        "l*ke",
        "lake*",
        "a*b",
        "阿*",
        "可爱～",
        "10×20",
        "who? celine",
        "so...celine",
        "A*B*C*D*E",
    ],
)
def test_what_may_be_several_words_or_none_stays_masked(text: str) -> None:
    assert look(text, "", KNOWN) == []


def test_a_traditional_character_shows_as_much() -> None:
    assert look("普*達", "", KNOWN) == [Unmasked(0, 3, "普拉达")]


def test_no_token_is_as_long_as_a_text() -> None:
    assert look(f"{'a*b' * 5_000} PR*DA", "", KNOWN) == [Unmasked(15_001, 15_006, "prada")]


@pytest.mark.parametrize(("text", "word"), [("古🔥驰包", "古驰"), ("新款古.驰包", "古驰"), ("耐*克", "耐克"), ("普🔥拉达", "普拉达")])
def test_signs_between_the_characters_of_a_short_name(text: str, word: str) -> None:
    known = Words(KNOWN)
    known.short = frozenset({"古驰", "耐克"})
    assert [one.word for one in look(text, "", known)] == [word]
    assert look("中.国", "", known) == []
