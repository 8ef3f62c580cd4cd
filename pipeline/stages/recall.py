"""Recall: what is known beside a listing: its seller's record, what of its takedowns it brings back, and pictures of counterfeits in it."""

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.enforcement.ledger import Ledger, points
from pipeline.events.listing import Listing
from pipeline.matching.near.likeness import Glance
from pipeline.matching.near.picture import Pictures
from pipeline.signals.case import Past, Sighting
from pipeline.stages.bank import Bank
from pipeline.stages.desk import Desk
from pipeline.stages.offer import Offer


class Beside(NamedTuple):
    """What is known beside a listing; sightings by right."""

    past: Past
    sightings: Mapping[str, Sighting]


NOTHING = Beside(Past(), {})


class Recall:
    """Recalls what flagging has seen, through one chunk's view."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def _bank(self) -> Bank:
        return self._desk.snapshot.registry.bank

    def beside(self, offer: Offer, listing: Listing, ledger: Ledger) -> Beside:
        """Return what is known beside a listing that uses a brand."""
        past = self._past(offer, listing, ledger) if ledger.down else NOTHING.past
        return Beside(past, self._sightings(offer, listing) if self._bank else NOTHING.sightings)

    def _past(self, offer: Offer, listing: Listing, ledger: Ledger) -> Past:
        """Return what is known of the seller: its points, and what of its takedowns the listing brings back, or is like.

        Which pictures say nothing is looked up only where one was recognised.
        """
        policy, pictures = self._desk.policy, Pictures.of(listing)
        preset = policy.preset()
        known = Past(points(ledger, offer.at, preset) if preset else 0, ledger.down)
        past = self._recognised(offer, listing, pictures, known)
        if not past.phashes and (past.nearest is None or not past.nearest.likeness.by_picture):
            return past
        common = self._common(offer.seller_id, listing, pictures)
        return self._recognised(offer, listing, pictures.without(common), known) if common else past

    def _recognised(self, offer: Offer, listing: Listing, pictures: Pictures, known: Past) -> Past:
        """Return what of the seller's takedowns the listing brings back, or is like, by its title and some of its pictures."""
        traces, seller_id = self._desk.traces, offer.seller_id
        titles = traces.of(seller_id, "title", (offer.fingerprint,))
        again = traces.of(seller_id, "picture", (f"{phash:016x}" for _, phash in pictures.phashes))
        nearest = traces.nearest(seller_id, Glance.at(listing, pictures), self._desk.policy.duplicates)
        return Past(known.points, known.takedowns, titles, again, nearest)

    def _common(self, seller_id: str, listing: Listing, pictures: Pictures) -> frozenset[int]:
        """Return the numbers of the pictures that say nothing of who shows them: of genuine goods, and stock pictures."""
        stock = (number for number, image in enumerate(listing.images) if image.phash and self._is_stock(seller_id, image.phash))
        return self._bank.genuine(pictures).union(stock)

    def _sightings(self, offer: Offer, listing: Listing) -> dict[str, Sighting]:
        """Return the pictures of counterfeits among those of a listing, by right."""
        pictures = Pictures.of(listing)
        seen = self._bank.counterfeits(pictures)
        common = self._common(offer.seller_id, listing, pictures) if seen else frozenset()
        return {
            found.right_id: Sighting(found.image, found.by_pdq, found.distance)
            for found in seen
            if found.image not in common and not self._is_stock(offer.seller_id, found.hashed)
        }

    def _is_stock(self, seller_id: str, picture: str) -> bool:
        return self._desk.traces.is_stock(picture, seller_id, self._desk.policy.duplicates)

    def let_be(self, offer: Offer, ledger: Ledger) -> None:
        """Note who shows a picture in question where nobody objects; a seller with takedowns is no witness for a picture."""
        traces, policy = self._desk.traces, self._desk.policy
        for phash in offer.phashes if not ledger.down else ():
            if traces.is_in_question(phash) or self._bank.names_counterfeit(phash):
                traces.let_be(offer.seller_id, phash, offer.at, policy.times, policy.duplicates)
