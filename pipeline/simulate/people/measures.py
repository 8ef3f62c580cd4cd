"""What was done to sellers, as long as somebody means to object to it or to decide on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.takedown import Takedown
from pipeline.simulate.people.facts import Facts

Kind = Literal["takedown", "warning", "closure"]


@dataclass(slots=True)
class Measure:
    """A takedown, a warning or a closure. `rightful`: it hit a fake, or a counterfeiter. `clock_stopped`: it was ruled on or put back,
    so proof of a suit changes nothing. `ended`: it was given back for good.
    """

    ident: str
    kind: Kind
    seller_id: str
    rightful: bool
    guilty_seller: bool
    listing_id: str | None = None
    by_notice: bool = False
    swept: bool = False
    appeal_until: datetime | None = None
    clock_stopped: bool = False
    ended: bool = False


def measure(event: Takedown | SellerWarning | StoreClosure, facts: Facts) -> Measure:
    """Return what is true of a decision. What went with its store is right if the closure is."""
    guilty = facts.is_counterfeiter(event.seller_id)
    if isinstance(event, SellerWarning):
        return Measure(event.warning_id, "warning", event.seller_id, guilty, guilty)
    if isinstance(event, StoreClosure):
        return Measure(event.closure_id, "closure", event.seller_id, guilty, guilty)
    swept = event.source == "closure"
    rightful = guilty if swept else facts.is_fake(event.listing_id, event.brand_ids)
    return Measure(
        event.takedown_id, "takedown", event.seller_id, rightful, guilty,
        listing_id=event.listing_id, by_notice=event.source == "notice", swept=swept, appeal_until=event.appeal_until,
    )  # fmt: skip


class Measures:
    """Those that somebody means to do something about."""

    def __init__(self) -> None:
        self._watched: dict[str, Measure] = {}

    def watch(self, one: Measure) -> None:
        """Keep an eye on a measure until it ends."""
        self._watched[one.ident] = one

    def get(self, ident: str) -> Measure | None:
        """Return a measure that is watched."""
        return self._watched.get(ident)

    def end(self, ident: str | None) -> None:
        """Note that a measure was given back for good, or that nobody means to do anything about it any more."""
        one = self._watched.pop(ident, None) if ident else None
        if one is not None:
            one.ended = True

    def put_back(self, ident: str | None) -> None:
        """Note that a deadline has put a takedown back."""
        one = self._watched.get(ident) if ident else None
        if one is not None:
            one.clock_stopped = True
