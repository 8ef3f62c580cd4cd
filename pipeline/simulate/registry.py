"""The registry: one trademark a brand, with what its holder tells about sellers, prices and pictures; and some rights of other kinds."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from pipeline.events.right import Alias, AuthorisedSeller, ReferencePrice, Registration, Right, RightImage, RightKind
from pipeline.simulate.brands import Brand
from pipeline.simulate.marketplaces import MARKETPLACES, Marketplace
from pipeline.simulate.mixing import digits, mix, share
from pipeline.simulate.sellers import Seller, seller

PICTURES = 4  # of genuine goods, a brand
_SAFE_RANKS = 40  # the most popular brands' rights hold without limits, so that a small sample has something to find
_OTHER_KINDS: tuple[tuple[RightKind, str, int, int], ...] = (("copyright", "cr", 2, 0), ("design", "ds", 7, 1), ("patent", "pt", 11, 2))
_AGENCIES = 8
_WITH_AGENCY = 0.4
_SILENT = 0.08  # of the brands that are not among the most popular: nobody speaks for them
_TERRITORIES = (("US", "CA"), ("DE", "FR", "ES", "IT"), ("CN",), ("VN", "ID", "CN"))


def rights(brands: Sequence[Brand], seed: int, start: datetime, days: float) -> Iterator[Right]:
    """Yield the trademark of each brand, then the other rights of some; `days` is how long listings run: some rights end in their midst."""
    for rank, brand in enumerate(brands):
        yield _right(brand, rank, seed, start, days)
    for kind, letters, every, first in _OTHER_KINDS:
        for rank, brand in enumerate(brands):
            if rank % every == first:
                yield _other_right(brand, rank, kind, letters, seed, start)


def holder(brand_id: str) -> str:
    """Return the notifier who is a brand's own."""
    return f"N-{brand_id}"


def speakers(brand: Brand, rank: int, seed: int) -> tuple[str, ...]:
    """Return who speaks for a brand: its own notifier, perhaps an agency beside it; or nobody."""
    if rank >= _SAFE_RANKS and share(seed, "silent", brand.brand_id) < _SILENT:
        return ()
    with_agency = share(seed, "with agency", brand.brand_id) < _WITH_AGENCY
    return (holder(brand.brand_id), f"AG-{mix(seed, 'agency', brand.brand_id) % _AGENCIES}") if with_agency else (holder(brand.brand_id),)


@lru_cache(maxsize=10_000)
def authorised(brand: Brand, seed: int) -> tuple[Seller, ...]:
    """Return the sellers that a brand has authorised; none where its holder keeps no list."""
    if share(seed, "keeps a list", brand.brand_id) < 0.5:
        return ()
    count = 2 + mix(seed, "authorised", brand.brand_id) % 6
    return tuple(seller(seed, "authorised", f"{brand.brand_id} {number}") for number in range(count))


@lru_cache(maxsize=10_000)
def genuine_pictures(brand: Brand, seed: int) -> tuple[str, ...]:
    """Return the phashes of the pictures in a brand's catalogue."""
    return tuple(digits(seed, "genuine picture", brand.brand_id, number) for number in range(PICTURES))


def _right(brand: Brand, rank: int, seed: int, start: datetime, days: float) -> Right:
    limited = rank >= _SAFE_RANKS
    return Right(
        right_id=f"tm-{brand.brand_id}",
        brand_id=brand.brand_id,
        brand=brand.name,
        kind="trademark",
        holder=f"{brand.name} Holding",
        registration=Registration("WIPO", str(600_000 + mix(0, "number", brand.brand_id) % 800_000)),
        aliases=tuple(_as_given(alias) for alias in brand.aliases),
        territories=_TERRITORIES[rank % len(_TERRITORIES)] if limited and rank % 11 == 9 else None,
        classes=(25, 18) if brand.trade.name in ("clothes", "shoes", "bags") else (9, 35),
        authorised_sellers=tuple(_listed(one, number, start) for number, one in enumerate(authorised(brand, seed))),
        notifier_ids=speakers(brand, rank, seed),
        reference_prices=_reference_prices(brand, seed),
        images=tuple(RightImage("genuine", phash) for phash in genuine_pictures(brand, seed)) if rank % 5 else (),
        common_word=brand.common_word,
        context=brand.context,
        status=_status(rank) if limited else "active",
        valid_from=start - timedelta(days=3650),
        valid_until=start + timedelta(days=days / 2) if limited and rank % 43 == 31 else None,
    )


def _other_right(brand: Brand, rank: int, kind: RightKind, letters: str, seed: int, start: datetime) -> Right:
    """Return a right that no name tells: in pictures, a form, or an invention."""
    return Right(
        right_id=f"{letters}-{brand.brand_id}",
        brand_id=brand.brand_id,
        brand=brand.name,
        kind=kind,
        holder=f"{brand.name} Holding",
        registration=Registration("WIPO", f"{letters.upper()}{mix(0, kind, brand.brand_id) % 800_000}"),
        notifier_ids=speakers(brand, rank, seed),
        status=_status(rank) if rank >= _SAFE_RANKS else "active",
        valid_from=start - timedelta(days=1825),
    )


def _status(rank: int) -> Literal["active", "shadow", "withdrawn"]:
    if rank % 37 == 25:
        return "shadow"
    return "withdrawn" if rank % 41 == 30 else "active"


def _as_given(alias: Alias) -> str | Alias:
    """Return a plain name as text, as many holders give it."""
    return alias.text if alias.kind == "name" else alias


def _listed(one: Seller, number: int, start: datetime) -> str | AuthorisedSeller:
    """Return an authorised seller: some with territories, some with an end that lies years ahead."""
    if number % 3 == 1:
        return AuthorisedSeller(one.seller_id, territories=one.market.countries)
    return AuthorisedSeller(one.seller_id, valid_until=start + timedelta(days=1460)) if number % 3 == 2 else one.seller_id


def _reference_prices(brand: Brand, seed: int) -> tuple[ReferencePrice, ...]:
    """Return ranges for each marketplace's category, or one for all goods; one holder in five gives none."""
    openness = share(seed, "reference prices", brand.brand_id)
    if openness < 0.2:
        return ()
    if openness < 0.5:
        return (_range(brand, MARKETPLACES[0], None),)
    return tuple(_range(brand, market, brand.trade.words[market.language].category) for market in MARKETPLACES)


def _range(brand: Brand, market: Marketplace, category: str | None) -> ReferencePrice:
    return ReferencePrice(market.currency, market.money(brand.low), market.money(brand.high), category)
