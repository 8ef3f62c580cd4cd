"""Offers as they come on the market: who offers what, at which time, and what is true of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from msgspec.structs import replace

from pipeline.events.listing import Image, Listing
from pipeline.simulate.brands import Brand
from pipeline.simulate.dice import dice, pick
from pipeline.simulate.drafts import Draft, Drafts
from pipeline.simulate.marketplaces import Marketplace
from pipeline.simulate.popularity import Popularity
from pipeline.simulate.registry import authorised
from pipeline.simulate.rings import Ring, Rings
from pipeline.simulate.sellers import Seller, SellerKind, seller
from pipeline.simulate.truth import Truth

SHARE_OF_RINGS = 0.45  # of fakes
OFFERS_A_STORE = 25
_TRIES = 20
FAKES_A_STORE = 4  # at small counterfeiters
# Of all offers that are no fakes. The rest are generic goods of honest sellers.
SHARES: tuple[tuple[SellerKind, float], ...] = (
    ("authorised", 0.085), ("accessory", 0.085), ("catalogue", 0.06), ("second_hand", 0.07), ("parallel_import", 0.06),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing with its truth, its seller, and the ring behind it where there is one."""

    listing: Listing
    truth: Truth
    seller: Seller
    ring: Ring | None = None


class Offers:
    """Makes offers, and keeps the share of fakes near the prevalence asked for."""

    def __init__(self, brands: Sequence[Brand], seed: int, listings: int, prevalence: float, days: float) -> None:
        self._seed, self._prevalence = seed, prevalence
        self._chance, self._drafts = dice(seed, "offers"), Drafts(seed)
        self._popular = Popularity(brands)
        with_list = [brand for brand in brands if authorised(brand, seed)]
        self._with_list = Popularity(with_list) if with_list else None
        fakes = listings * prevalence
        self._rings = Rings(seed, self._popular, fakes * SHARE_OF_RINGS / days)
        self._stores, self._small_counterfeiters = max(20, listings // OFFERS_A_STORE), max(10, int(fakes / FAKES_A_STORE))
        self.made = self.fakes = 0
        self._makers: dict[SellerKind, Callable[[str], tuple[Seller, Draft]]] = {
            "authorised": self._authorised, "accessory": self._accessory, "catalogue": self._catalogue, "second_hand": self._second_hand,
            "parallel_import": self._parallel_import, "honest": self._honest,
        }  # fmt: skip

    def new(self, at: datetime, day: float) -> Offer:
        """Return the next offer of the market."""
        if self._chance.random() < self._odds_of_a_fake():
            return self._counterfeit(at, day)
        kind = self._kind()
        store, draft = self._makers[kind](self._store_name(kind))
        return self._offer(store, draft, at)

    def copy(self, offer: Offer, store: Seller, listing: Listing, ring: Ring | None, **changes: Any) -> Offer:
        """Return an offer of the same goods under another listing id: it shows the listing with these changes."""
        name = self._count(offer.truth.counterfeit)
        shown = replace(
            listing, listing_id=name, seller_id=store.seller_id, change="listed", version=1, ships_from=store.ships_from,
            seller_kind=store.seller_kind, seller_since=store.since,
            contact_hash=store.contact_hash, payout_hash=store.payout_hash, **changes,
        )  # fmt: skip
        truth = replace(offer.truth, listing_id=name, seller_id=store.seller_id, kind=store.kind)
        return Offer(shown, truth, store, ring)

    def another_store(self, kind: SellerKind, market: Marketplace) -> Seller | None:
        """Return some store of a kind on a marketplace; None where some tries find none."""
        tries = (seller(self._seed, kind, self._store_name(kind)) for _ in range(_TRIES))
        return next((one for one in tries if one.market is market), None)

    # -- who and what

    def _odds_of_a_fake(self) -> float:
        """Return odds that lead back to the prevalence, however often fakes are copied."""
        return self._prevalence * (2.0 if self.fakes < self._prevalence * self.made else 0.3)

    def _kind(self) -> SellerKind:
        at = self._chance.random()
        for kind, share in SHARES:
            at -= share
            if at < 0:
                return kind
        return "honest"

    def _store_name(self, kind: SellerKind) -> str:
        """Return the number of a store; the first ones have the most offers."""
        count = self._small_counterfeiters if kind == "counterfeiter" else self._stores
        return str(int(count * self._chance.random() ** 2))

    def _counterfeit(self, at: datetime, day: float) -> Offer:
        """Return an offer of a counterfeiter: a fake, or now and then something harmless."""
        chance = self._chance
        ring = self._rings.at_work(day, chance) if chance.random() < SHARE_OF_RINGS else None
        store = ring.store(chance) if ring else seller(self._seed, "counterfeiter", self._store_name("counterfeiter"))
        if chance.random() < 0.08:
            return self._offer(store, self._drafts.generic(store), at, ring)
        brand = pick(chance, ring.brands) if ring else self._popular.pick(chance)
        return self._offer(store, self._drafts.fake(store, brand, ring), at, ring)

    def _authorised(self, _name: str) -> tuple[Seller, Draft]:
        """Return an offer of a seller whom the brand's holder lists."""
        if self._with_list is None:
            return self._catalogue(_name)
        brand = self._with_list.pick(self._chance)
        store = pick(self._chance, authorised(brand, self._seed))
        return store, self._drafts.genuine(store, brand, 0.0, 1.0, self._chance.random() < 0.7)

    def _catalogue(self, name: str) -> tuple[Seller, Draft]:
        store = seller(self._seed, "catalogue", name)
        return store, self._drafts.genuine(store, self._popular.pick(self._chance), -0.1, 0.8, catalogue=True)

    def _parallel_import(self, name: str) -> tuple[Seller, Draft]:
        store = seller(self._seed, "parallel_import", name)
        return store, self._drafts.genuine(store, self._popular.pick(self._chance), -0.35, 0.2, catalogue=False)

    def _second_hand(self, name: str) -> tuple[Seller, Draft]:
        store = seller(self._seed, "second_hand", name)
        return store, self._drafts.used(store, self._popular.pick(self._chance))

    def _accessory(self, name: str) -> tuple[Seller, Draft]:
        store = seller(self._seed, "accessory", name)
        return store, self._drafts.accessory(store, self._popular.pick(self._chance))

    def _honest(self, name: str) -> tuple[Seller, Draft]:
        store = seller(self._seed, "honest", name)
        return store, self._drafts.generic(store)

    # -- the listing

    def _count(self, counterfeit: bool) -> str:
        """Count an offer and return its listing id."""
        self.made += 1
        self.fakes += counterfeit
        return f"L{self.made:07d}"

    def _offer(self, store: Seller, draft: Draft, at: datetime, ring: Ring | None = None) -> Offer:
        name = self._count(draft.counterfeit)
        brand_ids = tuple(brand.brand_id for brand in draft.brands)
        truth = Truth(name, brand_ids, f"G{name[1:]}", draft.counterfeit, store.kind, store.seller_id)
        return Offer(_listing(name, store, draft, at, self._chance), truth, store, ring)


def _listing(name: str, store: Seller, draft: Draft, at: datetime, chance: Random) -> Listing:
    extras = chance.random()
    return Listing(
        listing_id=name,
        seller_id=store.seller_id,
        event_time=at,
        change="listed",
        version=1,
        title=draft.title,
        description=_description(draft, chance),
        brand=draft.declared,
        category=draft.trade.words[store.market.language].category,
        price=store.market.money(draft.cny),
        currency=store.market.currency,
        images=_images(draft),
        attributes={"color": pick(chance, draft.words.colours)} if extras < 0.2 else None,
        condition=draft.condition if draft.condition == "used" or extras < 0.1 else None,
        territories=store.market.countries if extras > 0.85 else None,
        ships_from=store.ships_from,
        stock=int(extras * 400) if extras < 0.5 else None,
        marketplace=store.market.name,
        language=draft.language,
        seller_kind=store.seller_kind,
        seller_since=store.since,
        contact_hash=store.contact_hash,
        payout_hash=store.payout_hash,
    )


def _images(draft: Draft) -> tuple[Image, ...]:
    first, *others = (Image(f"https://i.example/{phash[:6]}", phash) for phash in draft.pictures)
    return (replace(first, text=draft.in_picture) if draft.in_picture else first, *others)


def _description(draft: Draft, chance: Random) -> str | None:
    """Return a sentence of the trade, after the remark where there is one; most offers have none."""
    sentence = pick(chance, draft.words.sentences) if chance.random() < 0.36 else ""
    return f"{draft.remark} {sentence}".strip() or None
