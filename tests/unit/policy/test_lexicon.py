import gc
import weakref
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.policy.lexicon import Lexicon, fold
from pipeline.policy.model import Term

LEXICON = Lexicon(
    (
        Term(text="1:1", unless=("scale", "toy")),
        Term(text="高仿", strength=0.5),
        Term(text="rep"),
        Term(text="rep 1:1"),
        Term(text="knock-off"),
        Term(text="hàng nhái"),
    )
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("not rep", []),
        ("not: rep", []),
        ("not rep 1:1", []),
        ("knot rep", ["rep"]),
        ("not so rep", ["rep"]),
        ("rep not", ["rep"]),
        ("不是1:1", []),
        ("不1:1", ["1:1"]),
    ],
)
def test_a_denial_right_before_a_term_turns_it_round(text: str, found: list[str]) -> None:
    lexicon = Lexicon((Term(text="rep"), Term(text="1:1"), Term(text="rep 1:1")), ("not", "不是"))
    assert [mention.text for mention in lexicon.find(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nike 1:1", ["1:1"]),
        ("Nike REP 1:1!", ["rep 1:1"]),  # the longest wins
        ("rep 1:1s", ["rep"]),  # and where it is no word it hides no shorter one
        ("grep it, reply", []),
        ("耐克高仿鞋", ["高仿"]),
        ("scale 1:1", []),
        ("scale" + "x" * 10 + " 1:1", ["1:1"]),  # no word of its own
        ("Toyota 1:1", ["1:1"]),
        ("a toy, 1:1", []),
        ("scale " + "x" * 60 + " 1:1", ["1:1"]),  # too far away to matter
        ("11:1 1:12", []),
        ("１：１", ["1:1"]),
        ("1 : 1", ["1:1"]),
        ("KNOCK OFF knock_off knockoff", ["knock-off", "knock-off"]),
        ("knock" + " " * 9 + "off", []),
        ("高\u200b仿", ["高仿"]),
        (normalize("NFD", "hàng nhái"), ["hàng nhái"]),
    ],
)
def test_terms_are_found_as_words(text: str, found: list[str]) -> None:
    assert [mention.text for mention in LEXICON.find(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nike premium quality", []),
        ("Nike 15 colorways [Premium Quality]", ["premium quality"]),
        ("Premium Quality, 15 ＣＯＬＯＲＷＡＹＳ", ["premium quality"]),
        ("premium quality, discolorways", []),  # no word of its own
        ("premium quality, colorways of a toy", []),
        ("premium quality " + "x" * 60 + " colorways", []),  # too far away to matter
    ],
)
def test_a_term_that_needs_a_word_counts_where_that_stands_near(text: str, found: list[str]) -> None:
    lexicon = Lexicon((Term(text="premium quality", needs=("colorways", "batch"), unless=("toy",)),))
    assert [mention.text for mention in lexicon.find(text)] == found


TEXTS = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("-_ :1aeﬁ㎏À\u0300\u0301\u200b高仿")))


@given(TEXTS, TEXTS)
def test_mentions_lie_where_they_say(before: str, after: str) -> None:
    text = f"{before} 高仿 {after}"
    found = [text[mention.start : mention.end] for mention in LEXICON.find(text)]
    assert "高仿" in found


@given(TEXTS)
def test_what_is_found_reads_as_the_term(around: str) -> None:
    text = f"{around}1:1{around} rep{around} knock off"
    for mention in LEXICON.find(text):
        assert fold(text[mention.start : mention.end]).strip() == fold(mention.text)


def test_a_lexicon_that_is_replaced_goes_at_once() -> None:
    """A worker tells the collector to leave the policy alone, so it must not need one."""
    lexicon = Lexicon((Term(text="replica"),))
    assert [mention.text for _ in range(2) for mention in lexicon.find("a replica")] == ["replica"] * 2
    gone = weakref.ref(lexicon)
    gc.disable()
    try:
        del lexicon
        assert gone() is None
    finally:
        gc.enable()
