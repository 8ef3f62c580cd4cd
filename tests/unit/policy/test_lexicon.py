import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.policy.lexicon import Lexicon, fold
from pipeline.policy.model import Term

LEXICON = Lexicon((Term(text="1:1", unless=("scale",)), Term(text="高仿", strength=0.5), Term(text="rep"), Term(text="rep 1:1")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nike 1:1", ["1:1"]),
        ("Nike REP 1:1!", ["rep 1:1"]),  # the longest wins
        ("grep it, reply", []),
        ("耐克高仿鞋", ["高仿"]),
        ("scale 1:1", []),
        ("scale" + " " * 60 + "1:1", ["1:1"]),  # too far away to matter
        ("11:1 1:12", []),
        ("１：１", ["1:1"]),
    ],
)
def test_terms_are_found_as_words(text: str, found: list[str]) -> None:
    assert [mention.text for mention in LEXICON.find(text)] == found


@given(st.text())
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(), st.text())
def test_mentions_lie_where_they_say(before: str, after: str) -> None:
    text = f"{before} 高仿 {after}"
    assert any(text[mention.start : mention.end] == "高仿" for mention in LEXICON.find(text))
