"""The brands of the registry, the most popular first: famous ones, then those of the list of brands that sell goods, then all others."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.events.right import Alias
from pipeline.simulate.data_files import read_rows, read_toml
from pipeline.simulate.mixing import share
from pipeline.simulate.trades import OTHER_GOODS, Trade, trades

_SHORTEST_ALIAS = 3  # Latin letters; shorter ones of the list are initials that hit everything
_ORDER = 2016  # of the brands that are not famous: the same for every seed, so that 200 brands are always the same 200


@dataclass(frozen=True, slots=True, eq=False)
class Brand:
    """A brand, with the words that name it, what it makes, and how dear it is."""

    brand_id: str
    name: str
    trade: Trade
    level: float = 1.0
    aliases: tuple[Alias, ...] = ()
    spoken: tuple[str, ...] = ()  # Chinese names and nicknames that buyers and sellers say instead of the name
    lines: tuple[str, ...] = ()
    common_word: bool = False
    context: tuple[str, ...] = ()

    @property
    def low(self) -> float:
        """The least that its genuine goods cost, in CNY."""
        return self.trade.low * self.level

    @property
    def high(self) -> float:
        """The most that its genuine goods cost, in CNY."""
        return self.trade.high * self.level


def brands(count: int) -> tuple[Brand, ...]:
    """Return the most popular brands, as many as asked for or as there are (about 8,100). Raises ValueError for less than one."""
    if count < 1:
        raise ValueError(f"there must be a brand at least, not {count}")
    return _all_brands()[:count]


@cache
def _all_brands() -> tuple[Brand, ...]:
    rows = read_rows("brands.jsonl.gz")
    tables, named = read_toml("famous.toml"), _by_name(rows)
    famous = [_famous(table, named) for table in tables["brands"]]
    everyday = {word.casefold() for word in tables["common_words"]}
    return (*famous, *_others(rows, famous, everyday))


def _by_name(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["name"].casefold(), []).append(row)
    return found


def _famous(table: Mapping[str, Any], named: Mapping[str, list[Mapping[str, Any]]]) -> Brand:
    row = _row_of(table, named)
    zh, nicknames = tuple(table.get("zh", ())), tuple(table.get("nicknames", ()))
    own = [*(Alias(text, "transliteration", "zh") for text in zh), *(Alias(text, "nickname") for text in nicknames)]
    trade, common = trades()[table["trade"]], table.get("common_word", False)
    return Brand(
        brand_id=row["brand_id"],
        name=table["name"],
        trade=trade,
        level=table["level"],
        aliases=_distinct(table["name"], [*own, *map(_alias, row.get("aliases", ()))]),
        spoken=zh + tuple(text for text in nicknames if not text.isascii()),
        lines=tuple(table.get("lines", ())),
        common_word=common,
        context=tuple(dict.fromkeys((*table.get("context", ()), *_nouns(trade)))) if common else (),
    )


def _row_of(table: Mapping[str, Any], named: Mapping[str, list[Mapping[str, Any]]]) -> Mapping[str, Any]:
    """Return a famous brand's row of the list; the first of its name, or an id of its own where the list has none."""
    name = table.get("index_name", table["name"]).casefold()
    same = named.get(name, [])
    fitting = [row for row in same if row["category"] in trades()[table["trade"]].index]
    return next(iter(fitting or same), {"brand_id": f"famous:{name.replace(' ', '-')}"})


def _others(rows: Iterable[Mapping[str, Any]], famous: Iterable[Brand], everyday: Set[str]) -> Iterator[Brand]:
    """Yield the rest: makers of goods before shops and restaurants, and a second brand of a name last."""
    taken = {brand.brand_id for brand in famous}
    names = {brand.name.casefold() for brand in famous}
    namesakes = []
    for row in sorted(rows, key=_standing):
        if row["brand_id"] in taken:
            continue
        taken.add(row["brand_id"])
        if row["name"].casefold() in names:
            namesakes.append(_other(row, everyday))
            continue
        names.add(row["name"].casefold())
        yield _other(row, everyday)
    yield from namesakes


def _standing(row: Mapping[str, Any]) -> tuple[bool, float]:
    return _trade_of(row["category"]) is None, share(_ORDER, row["brand_id"])


def _other(row: Mapping[str, Any], everyday: Set[str]) -> Brand:
    trade = _trade_of(row["category"]) or trades()[OTHER_GOODS]
    aliases = _distinct(row["name"], map(_alias, row.get("aliases", ())))
    spoken = tuple(alias.text for alias in aliases if alias.language == "zh")
    common = row["name"].casefold() in everyday
    return Brand(
        brand_id=row["brand_id"],
        name=row["name"],
        trade=trade,
        level=0.8 + share(_ORDER, "level", row["brand_id"]),
        aliases=aliases,
        spoken=spoken,
        common_word=common,
        context=tuple(_nouns(trade)) if common else (),
    )


def _nouns(trade: Trade) -> Iterator[str]:
    """Yield what the goods of a trade are called in all languages."""
    for words in trade.words.values():
        yield from words.nouns


def _trade_of(category: str) -> Trade | None:
    return next((trade for trade in trades().values() if category in trade.index), None)


def _alias(text: str) -> Alias:
    """Return an alias of the list, with its language where its script tells."""
    if any("\u3040" <= letter <= "\u30ff" for letter in text):
        return Alias(text, "transliteration", "ja")
    if any("\uac00" <= letter <= "\ud7af" for letter in text):
        return Alias(text, "transliteration", "ko")
    return Alias(text, "transliteration", "zh") if any("\u4e00" <= letter <= "\u9fff" for letter in text) else Alias(text)


def _distinct(name: str, aliases: Iterable[Alias]) -> tuple[Alias, ...]:
    """Return each alias once, without the name itself and without initials that the list calls names."""
    seen, kept = {name.casefold()}, []
    for alias in aliases:
        folded = alias.text.casefold()
        if folded not in seen and not (alias.kind == "name" and len(folded) < _SHORTEST_ALIAS):
            kept.append(alias)
        seen.add(folded)
    return tuple(kept)
