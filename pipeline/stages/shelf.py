"""The shelf: what flagging remembers of each seller's listings, and of the titles and pictures that were taken down."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, TypeVar

from msgspec.structs import replace

from pipeline.events.value import Value
from pipeline.policy.model import Times
from pipeline.stages.offer import Offer
from pipeline.state.schedule import Deadline, Schedule
from pipeline.state.table import SEPARATOR, Table, key
from pipeline.state.view import View

FORGET_LISTING, FORGET_TRACE = "forget-listing", "forget-trace"


class KnownListing(Value, frozen=True):
    """What is remembered of a listing: enough to sweep it with its store and to answer later questions about it."""

    version: int
    status: Literal["live", "down", "removed"]
    first_seen: datetime
    fingerprint: str
    phashes: tuple[str, ...] = ()
    right_ids: tuple[str, ...] = ()
    price: str | None = None
    currency: str | None = None
    takedown_id: str | None = None
    question: str | None = None  # what the last review about it asked
    review_ids: tuple[str, ...] = ()  # reviews about it that may still be open
    exempt: tuple[str, ...] = ()  # rights for which people have found it genuine, or given it back
    exempt_as: str | None = None  # the content for which they did: another one is judged anew
    forget_at: datetime | None = None


class Trace(Value, frozen=True):
    """A title or a picture that was taken down at a seller."""

    takedown_id: str
    forget_at: datetime


K = TypeVar("K", KnownListing, Trace)

LISTINGS = Table("listings", KnownListing, ordered=True)
TRACES = Table("traces", Trace)
TABLES = (LISTINGS, TRACES)


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

    def remove(self, offer: Offer, listing: KnownListing, times: Times) -> None:
        """Remember a removed listing for a while: deleting it is no escape."""
        status: Literal["down", "removed"] = "down" if listing.status == "down" else "removed"
        forget_at = offer.at + times.forget_after + times.lateness
        self._keep_until(offer.name, replace(listing, status=status), max(forget_at, listing.forget_at or forget_at))

    def take_down(self, seller_id: str, listing_id: str, listing: KnownListing, takedown_id: str, at: datetime, times: Times) -> None:
        """Remember a listing as taken down."""
        down = replace(listing, status="down", takedown_id=takedown_id)
        self._keep_until(key(seller_id, listing_id), down, at + times.remember_takedowns + times.lateness)

    def leave_traces(self, seller_id: str, listing: KnownListing, takedown_id: str, at: datetime, times: Times) -> None:
        """Remember the title and the pictures of a takedown, so that they are recognised when they come back."""
        forget_at = at + times.remember_takedowns + times.lateness
        for what, value in (("title", listing.fingerprint), *(("picture", phash) for phash in listing.phashes)):
            name = key(seller_id, what, value)
            self._view.put(TRACES, name, Trace(takedown_id, forget_at))
            self._schedule.add(self._view, forget_at, Deadline(FORGET_TRACE, name))

    def give_back(self, seller_id: str, listing_id: str, takedown_id: str, right_ids: tuple[str, ...]) -> bool:
        """Put a listing back that a takedown took, exempt from these rights as it is; tell whether it was that takedown which took it."""
        name = key(seller_id, listing_id)
        listing = self._view.get(LISTINGS, name)
        if listing is None or listing.takedown_id != takedown_id:
            return False
        for what, value in (("title", listing.fingerprint), *(("picture", phash) for phash in listing.phashes)):
            trace = self._view.get(TRACES, key(seller_id, what, value))
            if trace is not None and trace.takedown_id == takedown_id:
                self._view.delete(TRACES, key(seller_id, what, value))
        back = listing.status == "down"
        given = replace(listing, status="live", forget_at=None) if back else listing
        self._view.put(LISTINGS, name, exempted(replace(given, takedown_id=None), right_ids))
        return back

    def exempt(self, seller_id: str, listing_id: str, right_ids: tuple[str, ...]) -> None:
        """Remember that people have found a listing genuine, as it is."""
        name = key(seller_id, listing_id)
        listing = self._view.get(LISTINGS, name)
        if listing is not None:
            self._view.put(LISTINGS, name, exempted(listing, right_ids))

    def traces(self, seller_id: str, what: Literal["title", "picture"], values: Iterable[str]) -> dict[str, str]:
        """Return the takedowns at a seller of these titles or pictures, by title or picture."""
        found = {value: self._view.get(TRACES, key(seller_id, what, value)) for value in values}
        return {value: trace.takedown_id for value, trace in found.items() if trace is not None}

    def forget(self, deadline: Deadline, now: datetime) -> None:
        """Forget what nothing can ask about any more, unless it was renewed since."""
        if deadline.what == FORGET_LISTING:
            self._forget(LISTINGS, deadline.subject, now)
        else:
            self._forget(TRACES, deadline.subject, now)

    def _forget(self, table: Table[K], name: str, now: datetime) -> None:
        kept = self._view.get(table, name)
        if kept is not None and kept.forget_at is not None and kept.forget_at <= now:
            self._view.delete(table, name)

    def _keep_until(self, name: str, listing: KnownListing, forget_at: datetime) -> None:
        self._view.put(LISTINGS, name, replace(listing, forget_at=forget_at))
        self._schedule.add(self._view, forget_at, Deadline(FORGET_LISTING, name))


def exempted(listing: KnownListing, right_ids: tuple[str, ...]) -> KnownListing:
    """Return a listing that is exempt from some rights more, as it is."""
    content = _content(listing.fingerprint, listing.phashes)
    return replace(listing, exempt=tuple(dict.fromkeys((*listing.exempt, *right_ids))), exempt_as=content)


def _content(fingerprint: str, phashes: Iterable[str]) -> str:
    """Return what a finding of people holds for: the letters of the title, and the pictures."""
    return " ".join((fingerprint, *phashes))


def renewed(offer: Offer, known: KnownListing | None) -> KnownListing:
    """Return what is known of a listing with its new version; a new offer of one that was down is live again, until decided.

    Where it comes back it is first seen anew: else one old listing would be excused for ever.
    """
    if known is None:
        return KnownListing(offer.version, "live", offer.at, offer.fingerprint, offer.phashes)
    back = known.status != "live" and offer.change == "listed"
    status: Literal["live", "down"] = "down" if known.status == "down" and offer.change != "listed" else "live"
    same = known.exempt_as == _content(offer.fingerprint, offer.phashes)
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
        forget_at=known.forget_at if status == "down" else None,
    )
