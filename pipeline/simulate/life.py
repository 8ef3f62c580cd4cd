"""What happens to a listing after it is listed: updates, repeats, removals, copies, and the return of what was taken down."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, Literal

from msgspec.structs import replace

from pipeline.events.listing import Change, Image, Listing
from pipeline.simulate.dice import between, pick
from pipeline.simulate.offers import Offer, Offers
from pipeline.simulate.sellers import Seller, SellerKind
from pipeline.simulate.wording import wording

Step = Literal["redelivery", "unchanged", "price", "stock", "edit", "stale", "removal", "return", "copy", "variant", "comeback"]
DAY = 86_400.0

# How often each step happens to a listing, and after how many days in the mean.
STEPS: tuple[tuple[Step, float, float], ...] = (
    ("redelivery", 0.025, 0.1),
    ("unchanged", 0.05, 2.0),
    ("price", 0.19, 4.0),
    ("stock", 0.07, 3.0),
    ("edit", 0.04, 3.0),
    ("removal", 0.10, 6.0),
    ("copy", 0.04, 3.0),
    ("variant", 0.035, 1.0),
)
COMEBACK, COMEBACK_OF_RING, COMEBACK_AFTER = 0.15, 0.45, 3.0
RETURNS = 0.3  # of removals
STALE = 0.08  # of changed prices: the version before them comes once more
AFTERMATH = 1.5  # days in the mean


@dataclass(slots=True)
class Life:
    """A listing that is not done yet: its newest version, the one before, and the steps to come, the next one last."""

    offer: Offer
    listing: Listing
    before: Listing
    steps: list[tuple[float, Step]] = field(default_factory=list)

    def next_at(self) -> float:
        """Return the second at which the next step is due."""
        return self.steps[-1][0]


def life(offer: Offer, now: float, end: float, haste: float, chance: Random) -> Life:
    """Plan what happens to an offer between now and the end, in seconds; a haste below 1 shortens all delays."""
    planned = [
        (now + chance.expovariate(1.0) * days * DAY * haste, step) for step, odds, days in STEPS if chance.random() < odds
    ]  # fmt: skip
    if offer.truth.counterfeit and chance.random() < (COMEBACK_OF_RING if offer.ring else COMEBACK):
        planned.append((now + (1 + chance.expovariate(1.0)) * COMEBACK_AFTER * DAY * haste, "comeback"))
    if not planned:
        return Life(offer, offer.listing, offer.listing)
    planned += [(at + chance.expovariate(1.0) * AFTERMATH * DAY * haste, step) for at, step in _aftermath(planned, chance)]
    steps = sorted((one for one in planned if one[0] < end), reverse=True)
    return Life(offer, offer.listing, offer.listing, steps)


def _aftermath(planned: list[tuple[float, Step]], chance: Random) -> Iterator[tuple[float, Step]]:
    """Yield what follows from planned steps, with the second of what it follows from."""
    for at, step in planned:
        if step == "removal" and chance.random() < RETURNS:
            yield at, "return"
        elif step == "price" and chance.random() < STALE:
            yield at, "stale"


class Steps:
    """Takes the steps of lives."""

    def __init__(self, offers: Offers, chance: Random) -> None:
        self._offers, self._chance = offers, chance

    def take(self, one: Life, step: Step, at: datetime) -> Listing | Offer:
        """Take a step: return the listing's next event, or a new offer that came of it."""
        if step == "redelivery":
            return one.listing
        if step == "stale":
            return one.before
        if step in ("copy", "variant", "comeback"):
            return self._new_offer(one, step, at)
        return self._renew(one, step, at)

    def _renew(self, one: Life, step: Step, at: datetime) -> Listing:
        """Raise the version. What was removed comes back by any further change."""
        one.before = old = one.listing
        changes = self._changes(one, step)
        one.listing = replace(old, version=old.version + 1, event_time=at, change=_change(old, step), **changes)
        return one.listing

    def _changes(self, one: Life, step: Step) -> dict[str, Any]:
        """Return the fields that a step changes; none for an update that changes nothing, a removal or a return."""
        listing, chance = one.listing, self._chance
        if step == "price" and listing.price is not None:
            market = one.offer.seller.market
            return {"price": market.money(float(listing.price) * market.rate * between(chance, 0.85, 1.1))}
        if step == "stock":
            return {"stock": int(chance.random() * 300)}
        return {"title": self._edited(listing)} if step == "edit" else {}

    def _new_offer(self, one: Life, step: Step, at: datetime) -> Offer:
        """Return a copy by another seller, a variant by the same one, or the return of a fake at its ring."""
        offer, listing, ring = one.offer, one.listing, one.offer.ring
        if step == "variant":
            return self._offers.copy(offer, offer.seller, listing, ring, event_time=at, title=self._edited(listing))
        if step == "copy":
            return self._offers.copy(offer, self._copier(offer), listing, None, event_time=at)
        store = ring.store(self._chance) if ring else offer.seller
        images = tuple(map(self._resaved, listing.images))
        return self._offers.copy(offer, store, listing, ring, event_time=at, images=images)

    def _copier(self, offer: Offer) -> Seller:
        """Return another seller of the same marketplace. Who copies an authorised seller's page is not authorised for that."""
        kind: SellerKind = "catalogue" if offer.seller.kind == "authorised" else offer.seller.kind
        return self._offers.another_store(kind, offer.seller.market) or offer.seller

    def _edited(self, listing: Listing) -> str:
        return f"{listing.title} {pick(self._chance, wording()[listing.language or 'en'].extras)}"

    def _resaved(self, image: Image) -> Image:
        """Return a picture that was saved anew: now and then a bit or two of its phash differ."""
        if image.phash is None or self._chance.random() < 0.7:
            return image
        bits = 1 << self._chance.randrange(64) | 1 << self._chance.randrange(64)
        return replace(image, phash=f"{int(image.phash, 16) ^ bits:016x}")


def _change(old: Listing, step: Step) -> Change:
    if step == "removal":
        return "removed"
    return "listed" if old.change == "removed" else "updated"
