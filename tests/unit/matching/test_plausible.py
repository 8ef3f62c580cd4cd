import pytest

from pipeline.events.match import Method
from pipeline.matching.name import Name
from pipeline.matching.plausible import fits_context, is_plausible, may_be_searched


@pytest.mark.parametrize(
    ("searched", "expected"),
    [("\x1fnike\x1f", True), ("\x1fhp\x1f", True), ("耐克", True), ("\x1fx\x1f", False), ("\x1f501\x1f", False), ("", False)],
)
def test_a_name_has_two_letters_and_is_no_number(searched: str, expected: bool) -> None:
    assert may_be_searched(Name("any", 1), searched) is expected


@pytest.mark.parametrize(
    ("name", "text", "written", "expected"),
    [
        ("Nike", "cheap nike shoes", "nike", True),
        # everyday words, in a text of their own language: only where a seller puts the brand
        ("Box", "kitchen box", "box", False),
        ("Box", "Kitchen Box", "Box", False),
        ("top!", "table top", "top", False),
        ("Box", "Box kitchen storage", "Box", True),
        ("Shell", "motor oil by shell", "shell", True),
        # and in another language: with the brand's capitals
        ("Converse", "Giày Converse cổ cao", "Converse", True),
        ("Converse", "Giày converse cổ cao", "converse", False),
        ("Converse", "GIÀY CONVERSE CỔ CAO", "CONVERSE", False),
        ("Box", "Giày Keedo Full Box", "Box", False),
        ("Oxford", "Giày Oxford nam", "Oxford", False),
        ("DA", "Giày DA bò thật", "DA", False),
        # a name of several words is hardly ever met by chance
        ("New Balance", "cheap new balance shoes", "new balance", True),
        # short names
        ("HP", "ink for an HP printer", "HP", True),
        ("HP", "Hp ink of quality", "Hp", False),
        ("hon", "Hon desk of oak", "Hon", True),
        ("HP", "hp ink", "hp", True),
        ("Lit", "the lit-up lamp", "lit", False),
        ("Zxq", "a zxq-up lamp", "zxq", False),
        ("Zxq", "a zxq lamp", "zxq", True),
    ],
)
def test_short_and_everyday_names_must_look_like_the_brand(name: str, text: str, written: str, expected: bool) -> None:
    start = text.index(written)
    assert is_plausible(Name(name, 1), text, start, start + len(written), "folded") is expected


@pytest.mark.parametrize(
    ("method", "text", "expected"),
    [
        ("leetspeak", "a b0x", True),
        ("confusable", "a bоx", True),
        ("masked", "a b*x", True),
        ("spaced", "a b o x", True),
        ("spaced", "note in box", False),
    ],
)
def test_nobody_disguises_what_is_not_meant(method: Method, text: str, expected: bool) -> None:
    assert is_plausible(Name("Inbox", 1), text, text.index("b") if expected else 5, len(text), method) is expected


@pytest.mark.parametrize(
    ("context", "stands_in", "expected"),
    [
        (("phone",), "phone 128gb", True),
        (("phone",), "Phone", True),
        (("phone",), "earphones", False),
        (("手机",), "苹果手机壳", True),
        (("mobile phone", "tablet"), "tablet case", True),
        ((), "anything", True),
    ],
)
def test_context_is_found_by_its_words(context: tuple[str, ...], stands_in: str, expected: bool) -> None:
    assert fits_context(Name("Apple", 1, common=True, context=context), stands_in) is expected


def test_context_is_asked_of_common_words_only() -> None:
    assert fits_context(Name("Nike", 1, context=("shoes",)), "socks")
