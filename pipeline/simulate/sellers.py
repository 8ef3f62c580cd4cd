"""Sellers, each derived from its name when it is needed: none has to be remembered."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.simulate.marketplaces import Marketplace, marketplace_at
from pipeline.simulate.mixing import digits, mix, share

SellerKind = Literal["honest", "authorised", "second_hand", "parallel_import", "accessory", "catalogue", "counterfeiter"]
KEPT = 20_000  # sellers that are not derived anew


@dataclass(frozen=True, slots=True)
class Seller:
    """A store, with the hashes by which it can be linked to others of the same owner."""

    seller_id: str
    kind: SellerKind
    market: Marketplace
    ships_from: str
    seller_kind: Literal["business", "private"] | None
    since: str | None
    contact_hash: str | None
    payout_hash: str


@lru_cache(maxsize=KEPT)
def seller(seed: int, kind: SellerKind, name: str, owner: str = "") -> Seller:
    """Return the seller of a name. Stores of one owner share marketplace, payout account and mostly the contact."""
    person = owner or f"{kind} {name}"
    openness = 0.7 if owner else 0.4
    market = marketplace_at(share(seed, "market", person))
    return Seller(
        seller_id=seller_id(seed, kind, name),
        kind=kind,
        market=market,
        ships_from=market.ships_from[mix(seed, "ships from", person) % len(market.ships_from)],
        seller_kind=_seller_kind(seed, kind, name),
        since=_since(seed, kind, name) if share(seed, "since is known", kind, name) < 0.3 else None,
        contact_hash=digits(seed, "contact", person)[:12] if share(seed, "contact is known", kind, name) < openness else None,
        payout_hash=digits(seed, "payout", person)[:12],
    )


def seller_id(seed: int, kind: SellerKind, name: str) -> str:
    """Return the id of the seller of a name."""
    return f"S{digits(seed, 'seller', kind, name)[:11]}"


def _seller_kind(seed: int, kind: SellerKind, name: str) -> Literal["business", "private"] | None:
    """Return what the store says it is; two in three say nothing."""
    if share(seed, "seller kind is known", kind, name) < 0.65:
        return None
    return "private" if kind == "second_hand" or share(seed, "private", kind, name) < 0.2 else "business"


def _since(seed: int, kind: SellerKind, name: str) -> str:
    """Return the month in which the store opened; most stores of counterfeiters are new."""
    years = 1 if kind == "counterfeiter" else 9
    months = mix(seed, "since", kind, name) % (12 * years)
    return f"{2015 - months // 12}-{months % 12 + 1:02d}-01"
