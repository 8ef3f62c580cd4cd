"""Kinds of goods: what they are called in each language, and what genuine ones cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.simulate.data_files import read_toml

LANGUAGES = ("en", "zh", "vi", "id")
OTHER_GOODS = "home"


@dataclass(frozen=True, slots=True)
class Nouns:
    """What the goods of a trade, and the accessories that go with them, are called in one language."""

    category: str
    nouns: tuple[str, ...]
    accessories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trade:
    """A kind of goods. Prices are in CNY, before the level of the brand; `index` are the categories of the list of brands."""

    name: str
    low: float
    high: float
    index: tuple[str, ...]
    words: Mapping[str, Nouns]


@cache
def trades() -> Mapping[str, Trade]:
    """Return all trades by name."""
    return {name: _trade(name, table) for name, table in read_toml("trades.toml").items()}


def _trade(name: str, table: dict[str, object]) -> Trade:
    low, high = _numbers(table["price"])
    return Trade(name, low, high, _strings(table["index"]), {language: _nouns(table[language]) for language in LANGUAGES})


def _nouns(table: object) -> Nouns:
    assert isinstance(table, dict)
    return Nouns(str(table["category"]), _strings(table["nouns"]), _strings(table["accessories"]))


def _strings(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(map(str, value))


def _numbers(value: object) -> tuple[float, float]:
    assert isinstance(value, list)
    return float(value[0]), float(value[1])
