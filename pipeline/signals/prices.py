"""Prices of a listing and of genuine goods, in one currency."""

from dataclasses import dataclass
from decimal import Decimal

from pipeline.events.right import ReferencePrice
from pipeline.policy.model import Prices
from pipeline.signals.case import Case


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a listing asks beside the least that genuine goods of its kind cost: `ratio` is the one by the other."""

    ratio: Decimal
    price: str
    low: str


def compare(case: Case) -> Comparison | None:
    """Compare a listing's price with the right's reference range.

    None where there is no price, no range for the category, no rate between the currencies, no match that is not a mere reference, or
    a price that stands for "ask me".
    """
    listing, prices = case.listing, case.policy.prices
    if listing.price is None or listing.currency is None or not case.used_as_brand:
        return None
    price = Decimal(listing.price)
    reference = _reference(case)
    if reference is None or price <= prices.placeholder.get(listing.currency, Decimal(0)):
        return None
    rate = _rate(listing.currency, reference.currency, prices)
    low = Decimal(reference.low)
    if rate is None or low <= 0:
        return None
    return Comparison(price * rate / low, f"{listing.price} {listing.currency}", f"{reference.low} {reference.currency}")


def _reference(case: Case) -> ReferencePrice | None:
    """Return the range of the listing's category; the one without a category where there is none."""
    ranges = case.right.reference_prices
    fitting = [one for one in ranges if one.category is not None and one.category == case.listing.category]
    general = [one for one in ranges if one.category is None]
    return next(iter(_own_currency_first(fitting or general, case.listing.currency)), None)


def _own_currency_first(ranges: list[ReferencePrice], currency: str | None) -> list[ReferencePrice]:
    return sorted(ranges, key=lambda one: one.currency != currency)


def _rate(source: str, target: str, prices: Prices) -> Decimal | None:
    """Return what one unit of a currency is in another; None where a rate is missing."""
    if source == target:
        return Decimal(1)
    known = source in prices.rates and target in prices.rates
    return prices.rates[source] / prices.rates[target] if known else None
