import pytest

from pipeline.matching.everyday import english_words, is_everyday, is_foreign, is_trade_word, trade_words


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("Box", "kitchen box", True),
        ("Master Lock", "a master lock", True),
        ("Hoodies", "cheap hoodies", True),
        ("经典", "经典款", True),
        ("da", "giày da bò", True),
        ("Da", "Giày Da", True),
        ("Gucci", "túi Gucci của bé", False),
        ("Nike", "Nike shoes", False),
        ("Master Nike", "Master Nike", False),
        ("thun", "thun knitwear", False),
        ("501", "501", False),
    ],
)
def test_everyday_words_depend_on_the_language(phrase: str, text: str, expected: bool) -> None:
    assert is_everyday(phrase, text) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("kitchen box", False), ("giày", True), ("盒子 box", True), ("box ™ – 5 €", False), ("", False)]
)
def test_a_text_with_other_letters_is_foreign(text: str, expected: bool) -> None:
    assert is_foreign(text) is expected


def test_the_lists_are_words_in_small_letters() -> None:
    assert len(english_words()) > 30_000
    assert all(word == word.casefold() for word in english_words() | trade_words())
    assert is_trade_word("xxl")
    assert not is_trade_word("kitchen")
