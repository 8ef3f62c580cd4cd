"""Sellers, each derived from its name when it is needed: none has to be remembered."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.simulate.marketplaces import Marketplace, marketplace_at
from pipeline.simulate.mixing import digits, mix, shares

SellerKind = Literal["honest", "authorised", "second_hand", "parallel_import", "accessory", "catalogue", "counterfeiter"]
KEPT = 20_000  # sellers that are not derived anew


@dataclass(frozen=True, slots=True)
class Seller:
    """A store, with the hashes by which it can be linked to others of the same owner."""

    seller_id: str
    kind: SellerKind
    market: Marketplace
    ships_from: str | None
    seller_kind: Literal["business", "private"] | None
    since: str | None
    contact_hash: str | None
    payout_hash: str | None


@lru_cache(maxsize=KEPT)
def seller(seed: int, kind: SellerKind, name: str, owner: str = "") -> Seller:
    """Return the seller of a name. Stores of one owner share marketplace, payout account and mostly the contact."""
    person = owner or f"{kind} {name}"
    where, sent_from, has_sent_from, has_payout = shares(seed, "person", person)
    has_contact, says_kind, says_since, business = shares(seed, "store", kind, name)
    market = marketplace_at(where)
    return Seller(
        seller_id=seller_id(seed, kind, name),
        kind=kind,
        market=market,
        ships_from=market.ships_from[int(sent_from * len(market.ships_from))] if has_sent_from < 0.6 else None,
        seller_kind=_seller_kind(kind, business) if says_kind < 0.35 else None,
        since=_since(seed, kind, name) if says_since < 0.3 else None,
        contact_hash=digits(seed, "contact", person)[:12] if has_contact < (0.7 if owner else 0.4) else None,
        payout_hash=digits(seed, "payout", person)[:12] if owner or has_payout < 0.5 else None,
    )


def seller_id(seed: int, kind: SellerKind, name: str) -> str:
    """Return the id of the seller of a name."""
    return f"S{digits(seed, 'seller', kind, name)[:11]}"


def _seller_kind(kind: SellerKind, business: float) -> Literal["business", "private"]:
    return "private" if kind == "second_hand" or business < 0.2 else "business"


def _since(seed: int, kind: SellerKind, name: str) -> str:
    """Return the month in which the store opened; most stores of counterfeiters are new."""
    years = 1 if kind == "counterfeiter" else 9
    months = mix(seed, "since", kind, name) % (12 * years)
    return f"{2015 - months // 12}-{months % 12 + 1:02d}-01"
