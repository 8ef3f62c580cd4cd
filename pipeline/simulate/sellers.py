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
    private: bool
    since: str
    contact_hash: str | None
    payout_hash: str


@lru_cache(maxsize=KEPT)
def seller(seed: int, kind: SellerKind, name: str, owner: str = "") -> Seller:
    """Return the seller of a name. Stores of one owner share marketplace, payout account and mostly the contact."""
    person = owner or f"{kind} {name}"
    own_contact = share(seed, "own contact", kind, name) < 0.3
    market = marketplace_at(share(seed, "market", person))
    return Seller(
        seller_id=seller_id(seed, kind, name),
        kind=kind,
        market=market,
        ships_from=market.ships_from[mix(seed, "ships from", person) % len(market.ships_from)],
        private=kind == "second_hand" or share(seed, "private", kind, name) < 0.2,
        since=_since(seed, kind, name),
        contact_hash=digits(seed, "contact", f"{kind} {name}" if own_contact else person),
        payout_hash=digits(seed, "payout", person),
    )


def seller_id(seed: int, kind: SellerKind, name: str) -> str:
    """Return the id of the seller of a name."""
    return f"S{digits(seed, 'seller', kind, name)[:12]}"


def _since(seed: int, kind: SellerKind, name: str) -> str:
    """Return the month in which the store opened; most stores of counterfeiters are new."""
    years = 1 if kind == "counterfeiter" else 9
    months = mix(seed, "since", kind, name) % (12 * years)
    return f"{2015 - months // 12}-{months % 12 + 1:02d}-01"
