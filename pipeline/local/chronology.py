"""The order of a story: events of several topics as they happened, one after the other, also where they happened at the same time."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pipeline.codec import encode
from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.notice import NoticeOutcome
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.sequence import MatchedListing, SequencedAppeal, SequencedListing, SequencedNotice, SequencedRuling
from pipeline.events.takedown import Takedown

Offer = SequencedListing | MatchedListing
Step = SellerWarning | StoreClosure
Decided = Takedown | Review | Step
Said = SequencedNotice | SequencedAppeal | SequencedRuling
Told = NoticeOutcome | Reinstatement
Event = Offer | Decided | Said | Told

_RANKS: dict[type[Any], int] = {
    SequencedListing: 0,
    MatchedListing: 0,
    SequencedNotice: 2,
    SequencedAppeal: 4,
    SequencedRuling: 5,
    Takedown: 6,
    Review: 6,
    SellerWarning: 7,
    StoreClosure: 7,
    Reinstatement: 8,
    NoticeOutcome: 9,
}
_BY_DEADLINE, _RECEIPT = 1, 3  # a tick comes before all else of its time; a receipt at once


def ordered(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events in the order of time, each once, and at one time in that of cause and effect: what people say before what follows.

    Late events may be handled at the same time: then what is about one offer stays together.
    """
    found = list({(type(event), encode(event)): event for event in events}.values())  # a listing's attributes have no hash
    offers = [version_of(event) for event in found if isinstance(event, Offer)]
    places: dict[Any, int] = {version: place for place, version in enumerate(offers)}
    for event in found:
        if isinstance(event, Takedown):
            places[event.takedown_id] = _place(event, places, len(offers))
    return tuple(sorted(found, key=lambda event: (time_of(event), _place(event, places, len(offers)), _rank(event))))


def _place(event: Event, places: Mapping[Any, int], last: int) -> int:
    """Return the place of the offer that an event is or rests on; a step rests on its last takedown, one that rests on none comes last."""
    if isinstance(event, Offer):
        return places[version_of(event)]
    if isinstance(event, Takedown | Review):
        return places.get((event.seller_id, event.listing_id, event.listing_version), last) if _of_an_offer(event) else last
    if isinstance(event, StoreClosure) and event.review_id is not None:
        return last  # people have answered: it comes after what they say
    if isinstance(event, Step):
        return max((places[ident] for ident in event.takedown_ids if ident in places), default=last)
    return last


def _of_an_offer(event: Takedown | Review) -> bool:
    """Tell whether an offer led to a decision, rather than what somebody said about it."""
    return event.source in ("own_initiative", "closure") if isinstance(event, Takedown) else not event.notice_ids


def _rank(event: Event) -> int:
    if isinstance(event, Reinstatement) and event.cause == "deadline":
        return _BY_DEADLINE
    return _RECEIPT if isinstance(event, NoticeOutcome) and event.outcome == "received" else _RANKS[type(event)]


def version_of(event: Offer) -> tuple[str, str, int]:
    """Return what an offer is told by: sellers may use the same listing ids, and a listing changes."""
    return event.listing.seller_id, event.listing.listing_id, event.listing.version


def time_of(event: Event) -> datetime:
    """Return when an event was handled or decided."""
    if isinstance(event, Offer | Said):
        return event.at
    return event.opened_at if isinstance(event, Review) else event.decided_at
