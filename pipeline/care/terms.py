"""Faults of the terms of a right: context words, times, territories, authorised sellers, prices."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from pipeline.care.book import Entry, is_searched
from pipeline.care.fault import Fault, Kind
from pipeline.care.geography import countries, currencies
from pipeline.care.kinds import (
    COMMON_WITHOUT_CONTEXT,
    CONTEXT_WITHOUT_COMMON,
    EMPTY_CONTEXT,
    EXPIRED,
    NEVER_VALID,
    NOT_YET_VALID,
    PRICE_OF_NOTHING,
    PRICES_CROSSED,
    PRICES_TWICE,
    SELLER_EXPIRED,
    SELLER_TWICE,
    UNKNOWN_CURRENCY,
    UNKNOWN_TERRITORY,
    WITHDRAWN,
)
from pipeline.events.right import AuthorisedSeller, ReferencePrice
from pipeline.matching.fold import GAP, pattern


def faults(entry: Entry, at: datetime) -> Iterator[Fault]:
    """Yield the faults of a right's terms, as they are at a time."""
    yield from _of_context(entry)
    yield from _of_times(entry, at)
    yield from _of_territories(entry)
    yield from _of_sellers(entry, at)
    yield from _of_prices(entry)


def _of_context(entry: Entry) -> Iterator[Fault]:
    right = entry.right
    if right.common_word and is_searched(right) and not right.context:
        yield _fault(COMMON_WITHOUT_CONTEXT, entry, right.brand)
    if right.context and not right.common_word:
        yield _fault(CONTEXT_WITHOUT_COMMON, entry, ", ".join(right.context))
    for number, word in enumerate(right.context):
        if not pattern(word).strip(GAP):
            yield _fault(EMPTY_CONTEXT, entry, repr(word))._replace(place=("context", number))


def _of_times(entry: Entry, at: datetime) -> Iterator[Fault]:
    begin, end = entry.right.valid_from, entry.right.valid_until
    if entry.right.status == "withdrawn":
        yield _fault(WITHDRAWN, entry, entry.right.brand)
    elif begin is not None and end is not None and end <= begin:
        yield _fault(NEVER_VALID, entry, f"from {_date(begin)} until {_date(end)}")
    elif end is not None and end <= at:
        yield _fault(EXPIRED, entry, f"until {_date(end)}")
    elif begin is not None and begin > at:
        yield _fault(NOT_YET_VALID, entry, f"from {_date(begin)}")


def _of_territories(entry: Entry) -> Iterator[Fault]:
    for code in sorted(set(entry.right.territories or ()) - countries()):
        yield _fault(UNKNOWN_TERRITORY, entry, code)
    for seller in entry.right.authorised_sellers:
        if isinstance(seller, AuthorisedSeller):
            for code in sorted(set(seller.territories or ()) - countries()):
                yield _fault(UNKNOWN_TERRITORY, entry, code, f"of the seller {seller.seller_id}")


def _of_sellers(entry: Entry, at: datetime) -> Iterator[Fault]:
    """Yield authorisations that another covers, or that have ended. One of everywhere and for good covers all others of its seller."""
    sellers = [one if isinstance(one, AuthorisedSeller) else AuthorisedSeller(one) for one in entry.right.authorised_sellers]
    everywhere = {one.seller_id for one in sellers if one == AuthorisedSeller(one.seller_id)}
    seen: set[AuthorisedSeller] = set()
    for number, one in enumerate(sellers):
        if one in seen or (one.seller_id in everywhere and one != AuthorisedSeller(one.seller_id)):
            yield _fault(SELLER_TWICE, entry, one.seller_id)._replace(place=("authorised_sellers", number))
        elif one.valid_until is not None and one.valid_until <= at:
            yield _fault(SELLER_EXPIRED, entry, one.seller_id, f"until {_date(one.valid_until)}")
        seen.add(one)


def _of_prices(entry: Entry) -> Iterator[Fault]:
    seen = set()
    for one in entry.right.reference_prices:
        if Decimal(one.low) > Decimal(one.high):
            yield _fault(PRICES_CROSSED, entry, _range(one))
        if Decimal(one.low) == 0:
            yield _fault(PRICE_OF_NOTHING, entry, _range(one))
        if one.currency not in currencies():
            yield _fault(UNKNOWN_CURRENCY, entry, one.currency)
        if (one.category, one.currency) in seen:
            yield _fault(PRICES_TWICE, entry, _range(one))
        seen.add((one.category, one.currency))


def _range(one: ReferencePrice) -> str:
    return f"{one.low} to {one.high} {one.currency}{f' for {one.category}' if one.category else ''}"


def _date(when: datetime) -> str:
    return when.isoformat(timespec="minutes")


def _fault(kind: Kind, entry: Entry, what: str, why: str = "") -> Fault:
    return Fault(kind, entry.line, entry.right.right_id, entry.right.brand, what, why)
