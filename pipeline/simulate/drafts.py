"""What a seller of each kind puts on offer: title, price, pictures, and what is true of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from pipeline.simulate.brands import Brand
from pipeline.simulate.dice import between, dice, pick
from pipeline.simulate.disguise import disguised
from pipeline.simulate.mixing import mix
from pipeline.simulate.registry import genuine_pictures
from pipeline.simulate.rings import Ring
from pipeline.simulate.sellers import Seller
from pipeline.simulate.trades import Nouns, Trade, trades
from pipeline.simulate.wording import Wording, wording

NO_BRAND: Mapping[str, tuple[str, ...]] = {
    "en": ("Unbranded", "no brand", "OEM"), "zh": ("无品牌", "其他", "OEM"), "vi": ("OEM", "No Brand"), "id": ("Tidak Ada Merek", "OEM"),
}  # fmt: skip
SYLLABLES = ("va", "lo", "mi", "ken", "tor", "zu", "shi", "bra", "nex", "ola", "fen", "rik", "yu", "han", "dor", "pel")
DENIALS = 0.01  # of genuine goods: an honest seller speaks of fakes, which is hard to tell from selling them
OUR_OWN = 3000  # small brands that no registry knows


@dataclass(frozen=True, slots=True)
class Draft:
    """An offer before it gets ids and a time. The price is in CNY; `brands` are those that it offers or claims to offer."""

    title: str
    cny: float
    words: Wording
    language: str
    trade: Trade
    pictures: tuple[str, ...]
    declared: str | None = None
    brands: tuple[Brand, ...] = ()
    counterfeit: bool = False
    condition: Literal["new", "used"] | None = "new"
    remark: str = ""  # begins the description
    in_picture: str | None = None  # what can be read in the first picture


class Drafts:
    """Writes drafts. `chance` is all its own."""

    def __init__(self, seed: int) -> None:
        self._seed, self._chance = seed, dice(seed, "drafts")
        self._trades = tuple(trades().values())

    def generic(self, store: Seller) -> Draft:
        """Goods of no registered brand: of a small brand of the seller's own, of none, or such as only sound like one."""
        chance = self._chance
        language, words = self._language(store)
        trade = pick(chance, self._trades)
        own = self._own_brand() if chance.random() < 0.3 else ""
        if chance.random() < 0.06:
            title = _filled(pick(chance, words.innocent), chance, words, trade.words[language])
            own = ""
        else:
            title = self._title(words, trade.words[language], own, "", pick(chance, words.extras))
        return Draft(
            title, between(chance, trade.low * 0.1, trade.low), words, language, trade, self._own_pictures(), own or self._none(language)
        )

    def genuine(self, store: Seller, brand: Brand, low: float, high: float, catalogue: bool) -> Draft:
        """Genuine goods, priced somewhere from `low` to `high` (see `_price`), with the brand's pictures or own ones."""
        chance = self._chance
        language, words = self._language(store)
        title = self._title(words, brand.trade.words[language], self._named(brand, language), self._line(brand), self._claim(words))
        pictures = (pick(chance, genuine_pictures(brand, self._seed)),) if catalogue else self._own_pictures()
        return Draft(title, self._price(brand, low, high), words, language, brand.trade, pictures, brand.name, (brand,))

    def used(self, store: Seller, brand: Brand) -> Draft:
        """Genuine goods at second hand."""
        chance = self._chance
        language, words = self._language(store)
        title = self._title(words, brand.trade.words[language], self._named(brand, language), self._line(brand), pick(chance, words.used))
        cny = brand.low * between(chance, 0.3, 0.75)
        return Draft(title, cny, words, language, brand.trade, self._own_pictures(), brand.name, (brand,), condition="used")

    def accessory(self, store: Seller, brand: Brand) -> Draft:
        """Goods of another maker that fit the brand's: the name is a reference."""
        chance = self._chance
        language, words = self._language(store)
        nouns = brand.trade.words[language]
        template = pick(chance, words.reference)
        title = _filled(template, chance, words, nouns, brand=self._named(brand, language), line=self._line(brand))
        cny = brand.trade.low * between(chance, 0.05, 0.25)
        return Draft(title, cny, words, language, brand.trade, self._own_pictures(), self._none(language))

    def fake(self, store: Seller, brand: Brand, ring: Ring | None) -> Draft:
        """A counterfeit: with replica vocabulary, a disguise, a nickname, or without any tell-tale."""
        chance = self._chance
        language, words = self._language(store)
        name, line, extra, remark = self._tell(brand, words, language)
        title = self._title(words, brand.trade.words[language], name, line, extra)
        pictures = self._fake_pictures(brand, ring)
        in_picture = brand.name if not name and chance.random() < 0.5 else None
        return Draft(
            title=title,
            cny=brand.low * (between(chance, 0.04, 0.35) if chance.random() < 0.8 else between(chance, 0.6, 0.95)),
            words=words,
            language=language,
            trade=brand.trade,
            pictures=pictures,
            declared=self._claimed(name, language),
            brands=(brand,),
            counterfeit=True,
            remark=remark,
            in_picture=in_picture,
        )

    # -- parts

    def _tell(self, brand: Brand, words: Wording, language: str) -> tuple[str, str, str, str]:
        """Return how a fake is written: name, line, extra words of the title, and a remark for the description."""
        chance = self._chance
        line, way = self._line(brand), chance.random()
        replica, hint = pick(chance, words.replica), pick(chance, words.hints)
        if way < 0.30:
            return self._named(brand, language), line, replica, ""
        if way < 0.58:
            return disguised(brand.name, chance), line, replica if chance.random() < 0.55 else hint, ""
        if way < 0.70:
            name = pick(chance, brand.spoken) if brand.spoken else brand.name
            return name, line, replica if chance.random() < 0.7 else hint, ""
        if way < 0.79:
            return self._named(brand, language), line, hint, replica
        if way < 0.97 or not brand.lines:
            return self._named(brand, language), line, pick(chance, words.extras), ""
        return "", pick(chance, brand.lines), hint, ""

    def _language(self, store: Seller) -> tuple[str, Wording]:
        """Return the seller's language; now and then English."""
        language = store.market.language if self._chance.random() >= 0.07 else "en"
        return language, wording()[language]

    def _title(self, words: Wording, nouns: Nouns, brand: str, line: str, extra: str) -> str:
        chance = self._chance
        return _joined(words.title.format(
            brand=brand, line=line, extra=extra,
            adjective=pick(chance, words.adjectives), colour=pick(chance, words.colours), noun=pick(chance, nouns.nouns),
        ))  # fmt: skip

    def _claim(self, words: Wording) -> str:
        """Return what honest sellers of a brand add: a claim, now and then a word about fakes, mostly neither."""
        way = self._chance.random()
        if way < DENIALS:
            return pick(self._chance, words.denials)
        return pick(self._chance, words.genuine if way < 0.3 else words.extras)

    def _named(self, brand: Brand, language: str) -> str:
        """Return the brand as honest people write it too."""
        way = self._chance.random()
        if language == "zh" and brand.spoken and way < 0.5:
            return brand.spoken[0] if way < 0.25 else f"{brand.name}/{brand.spoken[0]}"
        if way < 0.92:
            return brand.name
        return brand.name.upper() if way < 0.96 else brand.name.lower()

    def _line(self, brand: Brand) -> str:
        """Return a model of the brand; a number where it has none, or nothing."""
        if brand.lines and self._chance.random() < 0.8:
            return pick(self._chance, brand.lines)
        return f"{pick(self._chance, 'ABDKRSTX')}{int(between(self._chance, 10, 990))}" if self._chance.random() < 0.5 else ""

    def _price(self, brand: Brand, low: float, high: float) -> float:
        """Return a price in CNY: 0 is the low end of the reference range, 1 the high end, and -0.3 three tenths below the low end."""
        at = between(self._chance, low, high)
        return brand.low * (1 + at) if at < 0 else brand.low + (brand.high - brand.low) * at

    def _own_brand(self) -> str:
        """Return one of many small brands."""
        number = mix(self._seed, "small brand", int(self._chance.random() * OUR_OWN))
        parts = (SYLLABLES[number >> shift & 15] for shift in (0, 4, 8)[: 2 + number % 2])
        return "".join(parts).capitalize()

    def _none(self, language: str) -> str | None:
        return pick(self._chance, NO_BRAND[language]) if self._chance.random() < 0.35 else None

    def _claimed(self, name: str, language: str) -> str | None:
        """Return the brand that the seller of a fake declares: the name as in the title, or none."""
        return name if name and self._chance.random() < 0.3 else self._none(language)

    def _own_pictures(self) -> tuple[str, ...]:
        chance = self._chance
        return tuple(f"{chance.getrandbits(64):016x}" for _ in range(1 if chance.random() < 0.88 else 2))

    def _fake_pictures(self, brand: Brand, ring: Ring | None) -> tuple[str, ...]:
        """Return a picture of the ring's, of the brand's catalogue, or of the seller's own."""
        if self._chance.random() < 0.12:
            return (pick(self._chance, genuine_pictures(brand, self._seed)),)
        return (pick(self._chance, ring.pictures),) if ring else self._own_pictures()


def _filled(template: str, chance: Random, words: Wording, nouns: Nouns, brand: str = "", line: str = "") -> str:
    return _joined(template.format(
        brand=brand, line=line, adjective=pick(chance, words.adjectives), colour=pick(chance, words.colours),
        noun=pick(chance, nouns.nouns), accessory=pick(chance, nouns.accessories),
    ))  # fmt: skip


def _joined(text: str) -> str:
    """Return a text without the gaps that empty words leave."""
    return " ".join(text.split())
