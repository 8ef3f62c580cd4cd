import pytest

from pipeline.policy.reasons import text


@pytest.mark.parametrize(
    ("language", "fallback", "chinese"),
    [
        ("en", "zh", False),
        ("zh", "en", True),
        ("zh-CN", "en", True),
        ("zh-Hant-TW", "en", True),
        ("vi", "en", False),
        ("vi", "zh", True),
        ("", "zh", True),
        (None, "zh", True),
        (None, "en", False),
    ],
)
def test_a_reason_speaks_the_listings_language_or_the_policys(language: str | None, fallback: str, chinese: bool) -> None:
    assert ("权利人" in text("authorised", language, fallback, {"brand": "Nike"})) == chinese


def test_words_are_put_in_as_they_are() -> None:
    assert "{brand}" in text("authorised", "en", "en", {"brand": "{brand}"})


def test_a_word_that_is_missing_is_seen_and_raises_nothing() -> None:
    assert "?" in text("authorised", "en", "en", {})
