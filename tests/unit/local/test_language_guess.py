import pytest

from pipeline.local.language_guess import guessed, language_of


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Nike Air Max 90", "latin?"),
        ("Étui en cuir", "latin?"),
        ("Dép tổ ong đi mưa", "vietnamese?"),
        ("co\u031bm ca", "vietnamese?"),  # a letter and its horn, two code points
        ("简约韩版粗跟", "han?"),
        ("Nike Air Max 古驰男鞋", "han?"),
        ("Sony Playstation 5 console 新", "latin?"),  # one sign among many letters
        ("ナイキ 靴", "kana?"),
        ("日本製 靴の箱", "kana?"),
        ("나이키 신발", "hangul?"),
        ("รองเท้า Nike", "thai?"),
        ("Кроссовки Nike", "cyrillic?"),
        ("שעון", "other?"),
        ("2024 1:1 🔥", "none?"),
        ("123", "none?"),
        ("", "none?"),
    ],
)
def test_a_language_is_guessed_by_the_script(title: str, language: str) -> None:
    assert guessed(title) == language


def test_what_a_listing_says_is_no_guess() -> None:
    assert language_of("zh-TW", "Nike") == "zh-tw"
    assert language_of(None, "Nike") == "latin?"
