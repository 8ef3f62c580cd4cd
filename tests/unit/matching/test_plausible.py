import pytest

from pipeline.events.match import Method
from pipeline.matching.name import Name
from pipeline.matching.plausible import CALLED, MARKED, NONE, OPEN, PLACED, PROUD, SURE, fits_context, may_be_searched, plausibility


@pytest.mark.parametrize(
    ("searched", "expected"),
    [("\x1fnike\x1f", True), ("\x1fhp\x1f", True), ("耐克", True), ("\x1fx\x1f", False), ("\x1f501\x1f", False), ("", False)],
)
def test_a_name_has_two_letters_and_is_no_number(searched: str, expected: bool) -> None:
    assert may_be_searched(Name("any", 1), searched) is expected


@pytest.mark.parametrize(
    ("name", "text", "written", "expected"),
    [
        ("Nike", "cheap nike shoes", "nike", SURE),
        # everyday words, in a text of their own language: only where a seller puts the brand
        ("Box", "kitchen box", "box", NONE),
        ("Box", "Kitchen Box", "Box", NONE),
        ("top!", "table top", "top", NONE),
        ("Box", "Box kitchen storage", "Box", PLACED),
        ("Shell", "motor oil by shell", "shell", CALLED),
        # and in another language: with the brand's capitals
        ("Converse", "Giày Converse cổ cao", "Converse", MARKED),
        ("Converse", "Giày converse cổ cao", "converse", NONE),
        ("Converse", "GIÀY CONVERSE CỔ CAO", "CONVERSE", NONE),
        ("Box", "Giày Keedo Full Box", "Box", NONE),
        ("Oxford", "Giày Oxford nam", "Oxford", NONE),
        ("DA", "Giày DA bò thật", "DA", NONE),
        # a name of several words is hardly ever met by chance
        ("New Balance", "cheap new balance shoes", "new balance", SURE),
        # short names
        ("HP", "ink for an HP printer", "HP", SURE),
        ("HP", "Hp ink of quality", "Hp", NONE),
        ("hon", "Hon desk of oak", "Hon", SURE),
        ("HP", "hp ink", "hp", SURE),
        ("Lit", "the lit-up lamp", "lit", NONE),
        ("Zxq", "a zxq-up lamp", "zxq", NONE),
        ("Zxq", "a zxq lamp", "zxq", SURE),
        ("Converse", "Converse cổ cao", "Converse", PROUD),
        ("Converse", "converse cổ cao", "converse", PLACED),
    ],
)
def test_short_and_everyday_names_must_look_like_the_brand(name: str, text: str, written: str, expected: float) -> None:
    start = text.index(written)
    assert plausibility(Name(name, 1), text, start, start + len(written), "folded") == expected


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
    likely = plausibility(Name("Inbox", 1), text, text.index("b") if expected else 5, len(text), method)
    assert likely == (SURE if expected else NONE)


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


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        # proper names
        ("耐克", "蓝色耐克鞋", SURE),
        ("明基", "透明基础灯", NONE),
        ("明基", "新款明基灯", SURE),
        # words of Chinese
        ("苹果", "新鲜苹果五斤", OPEN),
        ("苹果", "二手苹果", PLACED),
        ("苹果", "红苹果6plus", PLACED),
        ("移动", "可移动书架", OPEN),
        ("移动", "上海移动", PLACED),
        ("小米", "红豆小米", SURE),  # a company as well, which an index without context cannot tell from millet
        # words of the trade
        ("正品", "正品包", NONE),
    ],
)
def test_chinese_names_must_be_words_of_their_own(name: str, text: str, expected: float) -> None:
    start = text.index(name)
    assert plausibility(Name(name, 1), text, start, start + len(name), "exact") == expected


def test_a_chinese_word_is_believed_among_the_goods_of_its_brand() -> None:
    apple = Name("苹果", 1, context=("shop/electronics",))
    assert plausibility(apple, "红色苹果", 2, 4, "exact", context="红色苹果 手机") == PLACED
    assert plausibility(apple, "红色苹果", 2, 4, "exact", context="红色苹果 水果") == OPEN


def test_an_english_word_alone_in_chinese_is_believed_among_the_goods_of_its_brand() -> None:
    only = Name("Only", 1, context=("clothes",))
    assert plausibility(only, "代购,only,外套", 3, 7, "folded") == MARKED
    assert plausibility(only, "代购,for only you,外套", 7, 11, "folded") == NONE
    assert plausibility(only, "代购,only,水果", 3, 7, "folded") == NONE


def test_a_common_word_without_context_is_found_in_a_brands_place_only() -> None:
    name = Name("Zephyrine", 1, common=True)
    assert plausibility(name, "Zephyrine lamp", 0, 9, "exact") == PLACED
    assert plausibility(name, "a zephyrine lamp", 2, 11, "folded") == NONE


def test_a_category_is_no_context_word() -> None:
    name = Name("Zephyrine", 1, common=True, context=("shop/clothes",))
    assert fits_context(name, "a lamp")
    assert plausibility(name, "a zephyrine shirt", 2, 11, "folded", context="a zephyrine shirt") == NONE
    assert plausibility(name, "Zephyrine lamp", 0, 9, "exact") == PLACED
