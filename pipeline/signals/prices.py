"""Prices of a listing and of genuine goods, in one currency."""

from decimal import Decimal

from msgspec import Struct

from pipeline.events.right import ReferencePrice
from pipeline.policy.model import Prices
from pipeline.signals.case import Case


class Comparison(Struct, frozen=True):
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
    rates, low = _rates(listing.currency, reference.currency, prices), Decimal(reference.low)
    if rates is None or low <= 0:
        return None
    ratio = (price * rates[0]) / (low * rates[1])
    return Comparison(ratio, f"{listing.price} {listing.currency}", f"{reference.low} {reference.currency}")


def _reference(case: Case) -> ReferencePrice | None:
    """Return the range of the listing's category; the one without a category where there is none."""
    ranges = case.right.reference_prices
    fitting = [one for one in ranges if one.category is not None and one.category == case.listing.category]
    general = [one for one in ranges if one.category is None]
    return next(iter(_own_currency_first(fitting or general, case.listing.currency)), None)


def _own_currency_first(ranges: list[ReferencePrice], currency: str | None) -> list[ReferencePrice]:
    return sorted(ranges, key=lambda one: one.currency != currency)


def _rates(one: str, other: str, prices: Prices) -> tuple[Decimal, Decimal] | None:
    """Return what a unit of each of two currencies is worth; None where a rate is missing."""
    if one == other:
        return Decimal(1), Decimal(1)
    return (prices.rates[one], prices.rates[other]) if one in prices.rates and other in prices.rates else None
