"""The shelf: what flagging remembers of each seller's listings."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, Protocol

from msgspec.structs import replace

from pipeline.events.takedown import Takedown
from pipeline.events.value import Value
from pipeline.policy.model import Times
from pipeline.stages.offer import Offer
from pipeline.stages.verdict import Weighed
from pipeline.state.schedule import Deadline, Schedule
from pipeline.state.table import SEPARATOR, Table, key
from pipeline.state.view import View

FORGET_LISTING = "forget-listing"


class Content(Protocol):
    """What makes a listing another one than it was."""

    @property
    def fingerprint(self) -> str | None:
        """The hash of the title's letters."""

    @property
    def phashes(self) -> tuple[str, ...]:
        """The hashes of the pictures."""

    @property
    def brand(self) -> str | None:
        """The brand that is named."""


class KnownListing(Value, frozen=True):
    """What is remembered of a listing: enough to sweep it with its store and to answer later questions about it."""

    version: int
    status: Literal["live", "down", "removed"]
    first_seen: datetime
    fingerprint: str
    phashes: tuple[str, ...] = ()
    right_ids: tuple[str, ...] = ()
    weighed: tuple[Weighed, ...] = ()  # of each right for or against which a signal was found
    price: str | None = None
    currency: str | None = None
    brand: str | None = None
    category: str | None = None
    marketplace: str | None = None
    language: str | None = None
    territories: tuple[str, ...] = ()
    takedown_id: str | None = None
    put_back: str | None = None  # the takedown that a deadline has lifted
    removed: bool = False  # by its seller, be it down or not
    question: str | None = None  # what the last review about it asked
    review_ids: tuple[str, ...] = ()  # reviews about it that may still be open
    exempt: tuple[str, ...] = ()  # rights for which people have found it genuine, or given it back
    exempt_as: str | None = None  # the content for which they did: another one is judged anew
    forget_at: datetime | None = None
    title: str | None = None  # where it uses a brand: by it, and what follows, it is recognised once it is taken down
    pdqs: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """What a finding of people holds for."""
        return content(self)

    @property
    def found_genuine(self) -> tuple[str, ...]:
        """The rights for which people have found it genuine, as it is."""
        return self.exempt if self.exempt_as == self.content else ()


LISTINGS = Table("listings", KnownListing, ordered=True)
TABLES = (LISTINGS,)


class Shelf:
    """The listings of all sellers, seen through one chunk's view."""

    def __init__(self, view: View, schedule: Schedule) -> None:
        self._view, self._schedule = view, schedule

    @staticmethod
    def prefetch(view: View, offers: Iterable[Offer]) -> None:
        """Read in one go what these offers need."""
        view.prefetch(LISTINGS, [offer.name for offer in offers])

    def known(self, offer: Offer) -> KnownListing | None:
        """Return what is remembered of an offer's listing."""
        return self._view.get(LISTINGS, offer.name)

    def of(self, seller_id: str, listing_id: str) -> KnownListing | None:
        """Return what is remembered of a listing by its id."""
        return self._view.get(LISTINGS, key(seller_id, listing_id))

    def live(self, seller_id: str) -> Iterator[tuple[str, KnownListing]]:
        """Yield the ids of a seller's live listings, in their order, with what is known of them."""
        for name, listing in self._view.within(LISTINGS, seller_id):
            if listing.status == "live":
                yield name.partition(SEPARATOR)[2], listing

    def keep(self, offer: Offer, listing: KnownListing) -> None:
        """Remember a listing until it is removed or taken down."""
        self._view.put(LISTINGS, offer.name, listing)

    def remove(self, offer: Offer, known: KnownListing | None, times: Times) -> None:
        """Remember a removed listing as it was, for a while: deleting it is no escape."""
        listing = replace(known, version=offer.version) if known is not None else renewed(offer, None)
        status: Literal["down", "removed"] = "down" if listing.status == "down" else "removed"
        forget_at = offer.at + times.forget_after + times.lateness
        self._keep_until(offer.name, replace(listing, status=status, removed=True), max(forget_at, listing.forget_at or forget_at))

    def take_down(self, listing: KnownListing, takedown: Takedown, times: Times) -> None:
        """Remember a listing as taken down."""
        found_otherwise = takedown.right_ids if takedown.closure_id is None else ()  # what goes with its store is no finding
        exempt = tuple(right_id for right_id in listing.exempt if right_id not in found_otherwise)
        down = replace(listing, status="down", takedown_id=takedown.takedown_id, put_back=None, exempt=exempt)
        self._keep_until(key(takedown.seller_id, takedown.listing_id), down, takedown.decided_at + times.undoable)

    def give_back(self, seller_id: str, listing_id: str, takedown_id: str, was: Content, exempt: tuple[str, ...]) -> bool:
        """Give a listing back that a takedown took; tell whether that takedown held it.

        `was`: what was taken down. Unless its content is another one now, it is exempt from these rights. What a deadline has put back
        already is only exempt.
        """
        name = key(seller_id, listing_id)
        listing = self._view.get(LISTINGS, name)
        if listing is None or takedown_id not in (listing.takedown_id, listing.put_back):
            return False
        given = _given_back(listing, takedown_id, put_back=None)
        self._view.put(LISTINGS, name, exempted(given, exempt) if exempt and given.content == content(was) else given)
        return listing.takedown_id == takedown_id

    def put_back(self, seller_id: str, listing_id: str, takedown_id: str, was: Content, exempt: tuple[str, ...]) -> bool:
        """Put a listing back because a deadline has passed; tell whether that takedown held it.

        Unless its content is another one now than what was taken down, it is exempt from what machines decide for these rights.
        """
        name = key(seller_id, listing_id)
        listing = self._view.get(LISTINGS, name)
        if listing is None or listing.takedown_id != takedown_id:
            return False
        same = listing.content == content(was)
        given = _given_back(listing, takedown_id, put_back=takedown_id if same else None)
        self._view.put(LISTINGS, name, exempted(given, exempt) if same else given)
        return True

    def exempt(self, seller_id: str, listing_id: str, right_ids: tuple[str, ...], as_asked: str) -> None:
        """Remember that people have found a listing genuine, if its content is what they were asked about."""
        name = key(seller_id, listing_id)
        listing = self._view.get(LISTINGS, name)
        if listing is not None and listing.content == as_asked:
            self._view.put(LISTINGS, name, exempted(listing, right_ids))

    def asked(self, seller_id: str, listing_id: str, review_id: str) -> None:
        """Remember a question about a listing that there is."""
        name = key(seller_id, listing_id)
        listing = self._view.get(LISTINGS, name)
        assert listing is not None, "it was looked up"
        self._view.put(LISTINGS, name, replace(listing, review_ids=(*listing.review_ids, review_id)))

    def forget(self, name: str, now: datetime) -> None:
        """Forget a listing that nothing can ask about any more, unless it was renewed since."""
        kept = self._view.get(LISTINGS, name)
        if kept is not None and kept.forget_at is not None and kept.forget_at <= now:
            self._view.delete(LISTINGS, name)

    def _keep_until(self, name: str, listing: KnownListing, forget_at: datetime) -> None:
        self._view.put(LISTINGS, name, replace(listing, forget_at=forget_at))
        self._schedule.add(self._view, forget_at, Deadline(FORGET_LISTING, name))


def _given_back(listing: KnownListing, takedown_id: str, *, put_back: str | None) -> KnownListing:
    """Return a listing that a takedown no longer holds; one that its seller has removed meanwhile stays a tombstone."""
    if listing.takedown_id != takedown_id:
        return replace(listing, put_back=put_back)
    status: Literal["live", "removed"] = "removed" if listing.removed else "live"
    forget_at = listing.forget_at if listing.removed else None
    return replace(listing, status=status, forget_at=forget_at, takedown_id=None, put_back=put_back)


def exempted(listing: KnownListing, right_ids: tuple[str, ...]) -> KnownListing:
    """Return a listing that is exempt from some rights more, as it is."""
    return replace(listing, exempt=tuple(dict.fromkeys((*listing.found_genuine, *right_ids))), exempt_as=listing.content)


def content(of: Content) -> str:
    """Return what a finding of people holds for: the letters of the title, the pictures and the brand that is named."""
    return " ".join((of.fingerprint or "", *of.phashes, *((of.brand.casefold(),) if of.brand else ())))


def renewed(offer: Offer, known: KnownListing | None) -> KnownListing:
    """Return what is known of a listing with its new version; a new offer of one that was down is live again, until decided.

    Where it comes back it is first seen anew: else one old listing would be excused for ever.
    """
    if known is None:
        return KnownListing(
            version=offer.version,
            status="live",
            first_seen=offer.at,
            fingerprint=offer.fingerprint,
            phashes=offer.phashes,
            brand=offer.brand,
            category=offer.category,
            marketplace=offer.marketplace,
            language=offer.language,
            territories=offer.territories,
        )
    back = known.status != "live" and offer.change == "listed"
    status: Literal["live", "down"] = "down" if known.status == "down" and offer.change != "listed" else "live"
    same = known.exempt_as == content(offer)
    return replace(
        known,
        version=offer.version,
        exempt=known.exempt if same else (),
        exempt_as=known.exempt_as if same else None,
        question=known.question if same or not known.exempt else None,  # what was found genuine is asked about anew when it changes
        status=status,
        first_seen=offer.at if back else known.first_seen,
        fingerprint=offer.fingerprint,
        phashes=offer.phashes,
        brand=offer.brand,
        category=offer.category,
        marketplace=offer.marketplace,
        language=offer.language,
        territories=offer.territories,
        put_back=known.put_back if same else None,
        removed=False,
        title=None,
        pdqs=(),
        forget_at=known.forget_at if status == "down" else None,
    )
