"""Every trade has its words in every language, a price range, and no category of another."""

from collections import Counter

from pipeline.simulate.trades import LANGUAGES, OTHER_GOODS, trades


def test_every_trade_is_complete() -> None:
    for trade in trades().values():
        assert 0 < trade.low < trade.high
        assert set(trade.words) == set(LANGUAGES)
        assert all(words.category and len(words.nouns) >= 2 and words.accessories for words in trade.words.values())


def test_no_category_of_the_index_belongs_to_two_trades() -> None:
    counts = Counter(category for trade in trades().values() for category in trade.index)
    assert set(counts.values()) == {1}


def test_categories_of_a_language_are_distinct() -> None:
    for language in LANGUAGES:
        assert len({trade.words[language].category for trade in trades().values()}) == len(trades())


def test_there_is_a_trade_for_what_fits_nowhere() -> None:
    assert OTHER_GOODS in trades()
