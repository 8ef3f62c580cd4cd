import pytest

from pipeline.matching.common import is_common, is_known


@pytest.mark.parametrize("word", ["sabun", "tidak", "hàng", "handtasche", "winston"])
def test_words_of_many_languages_are_known(word: str) -> None:
    assert is_known(word)


@pytest.mark.parametrize("word", ["vuitton", "burbery", "Sabun", ""])
def test_other_words_are_not(word: str) -> None:
    assert not is_common(word)


def test_what_is_common_is_known() -> None:
    assert is_common("sabun")
    assert is_known("addison")
    assert not is_common("addison")
