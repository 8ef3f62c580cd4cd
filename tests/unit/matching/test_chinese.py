import pytest

from pipeline.matching.chinese import LONGEST, chinese_makers, chinese_places, chinese_words, is_chinese_word, is_part_of_a_word


@pytest.mark.parametrize(
    ("word", "expected"), [("苹果", True), ("蘋果", True), ("移动", True), ("耐克", False), ("小米", False), ("apple", False)]
)
def test_a_word_is_no_proper_name_and_no_company(word: str, expected: bool) -> None:
    assert is_chinese_word(word) is expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("奥林匹克", "匹克", True),
        ("鳄鱼夹", "鳄鱼", True),
        ("透明基础", "明基", True),
        ("新明基础", "明基", False),  # a word begins in it, and none ends
        ("透明基", "明基", False),
        ("本市电信号码", "电信", False),  # stands between words, although 电信号 is one
        ("电信号", "电信", True),
        ("苹果手机", "苹果", False),
        ("三星级宾馆", "三星", True),  # a word begins in it and goes on
        ("三星堆青铜", "三星", True),
        ("安踏板鞋", "安踏", False),  # so does 踏板, but 安踏 is nothing but a name
        ("三星手机", "三星", False),
        ("苹果", "苹果", False),
    ],
)
def test_a_name_may_be_a_part_of_a_word(text: str, name: str, expected: bool) -> None:
    start = text.index(name)
    assert is_part_of_a_word(text, start, start + len(name)) is expected


def test_the_lists_hold_words_of_both_scripts() -> None:
    assert len(chinese_words()) > 100_000
    assert {"上海", "安徽"} < chinese_places()
    assert {"联想", "聯想"} < chinese_makers() < chinese_words()
    assert max(map(len, chinese_words())) == LONGEST
