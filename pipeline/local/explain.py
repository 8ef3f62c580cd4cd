"""The chain behind a takedown, review, warning, closure, listing or seller, read from what a replay wrote."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from pipeline.codec import marks
from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.sequence import MatchedListing, SequencedAppeal, SequencedListing, SequencedRuling
from pipeline.events.takedown import Takedown
from pipeline.flow import SEQUENCE, TOPICS
from pipeline.local.errors import InputError
from pipeline.local.inputs import file_of
from pipeline.local.lines import OUTPUT_LIMIT, Lines
from pipeline.local.recorded import read, whole

Step = SellerWarning | StoreClosure
Decided = Takedown | Review | Step
Redress = SequencedAppeal | SequencedRuling | Reinstatement
Event = SequencedListing | MatchedListing | Decided | Redress

_DECISIONS: tuple[tuple[str, str, type[Any], str], ...] = (
    ("takedown", "takedowns", Takedown, "takedown_id"),
    ("review", "reviews", Review, "review_id"),
    ("warning", "seller-warnings", SellerWarning, "warning_id"),
    ("closure", "store-closures", StoreClosure, "closure_id"),
)


_RANKS: dict[type[Any], int] = {
    SequencedListing: 0,
    MatchedListing: 0,
    Takedown: 1,
    Review: 1,
    SellerWarning: 2,
    StoreClosure: 2,
    SequencedAppeal: 3,
    SequencedRuling: 4,
    Reinstatement: 5,
}


_BEGINS: dict[type[Any], bytes] = {
    kind: mark for topic in (SEQUENCE, "events.matched") for mark, kind in marks(TOPICS[topic].events).items()
}


class UnknownIdError(InputError):
    """Nothing in the folder has the id."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What an id stands for, and the events behind it and after it, in the order in which they were handled."""

    kind: str
    id: str
    events: tuple[Event, ...]


def explain(folder: Path, ident: str) -> Chain:
    """Return the chain of an id. Raises UnknownIdError, and InputError where the folder is not what a replay wrote, or no more."""
    _path(folder, SEQUENCE)
    for kind, topic, event_type, attribute in _DECISIONS:
        found = next((event for event in _events(folder, topic, event_type, {ident}) if getattr(event, attribute) == ident), None)
        if found is not None:
            return Chain(kind, ident, _ordered(_with_redress(folder, _behind(folder, found))))
    return _of_listing_or_seller(folder, ident)


def _of_listing_or_seller(folder: Path, ident: str) -> Chain:
    offers = [event for event in _offers(folder, {ident}) if ident in (event.listing.listing_id, event.listing.seller_id)]
    if not offers:
        raise UnknownIdError(folder, f"holds no takedown, review, warning, closure, listing or seller {ident!r}")
    if any(event.listing.listing_id == ident for event in offers):
        listing_offers = [event for event in offers if event.listing.listing_id == ident]
        return Chain("listing", ident, _ordered(_with_redress(folder, _of_listings(folder, listing_offers))))
    return Chain("seller", ident, _ordered(_with_redress(folder, [*_with_matches(folder, offers), *_decisions(folder, ident)])))


def _behind(folder: Path, found: Decided) -> list[Event]:
    """Return what led to a decision, and the steps that rest on it."""
    if isinstance(found, SellerWarning | StoreClosure):
        return _behind_step(folder, found)
    chain: list[Event] = [*_offers_behind(folder, [found]), found]
    for step in _steps(folder, found):
        chain += _behind_step(folder, step) if _swept(step, found) else [step]
    return chain


def _with_redress(folder: Path, chain: list[Event]) -> list[Event]:
    """Add what sellers objected to of a chain, what people decided about it, and what was given back."""
    ids = {ident for event in chain for ident in _names(event)}
    appeals = [event for event in _events(folder, SEQUENCE, SequencedAppeal, ids) if ids.intersection(_names(event))]
    ids |= {event.appeal_id for event in appeals}
    rulings = [event for event in _events(folder, SEQUENCE, SequencedRuling, ids) if ids.intersection(_names(event))]
    given = [event for event in _events(folder, "reinstatements", Reinstatement, ids) if ids.intersection(_names(event))]
    return [*chain, *appeals, *rulings, *given]


def _names(event: Event) -> set[str]:
    """Return the ids of the measures, questions and appeals that an event is, or is about."""
    names = ("takedown_id", "review_id", "warning_id", "closure_id", "appeal_id")
    return {ident for name in names if (ident := getattr(event, name, None)) is not None}


def _behind_step(folder: Path, found: Step) -> list[Event]:
    """Return the takedowns that a step rests on, with their listings, and the steps before it. What a closure swept it counts itself."""
    ids, decided = set(found.takedown_ids), list(_decisions(folder, found.seller_id))
    takedowns = [event for event in decided if isinstance(event, Takedown) and event.takedown_id in ids]
    earlier = [event for event in decided if isinstance(event, SellerWarning) and event != found and ids.issuperset(event.takedown_ids)]
    return [*_offers_behind(folder, takedowns), *takedowns, *earlier, found]


def _offers_behind(folder: Path, decisions: Sequence[Takedown | Review]) -> list[Event]:
    """Return the versions of the listings that were decided on, up to the one that was."""
    decided: dict[tuple[str, str | None], int] = {}
    for one in decisions:
        about = one.seller_id, one.listing_id
        decided[about] = max(one.listing_version or 0, decided.get(about, 0))
    offers = _offers(folder, {one.listing_id for one in decisions if one.listing_id is not None})
    return _with_matches(folder, [one for one in offers if one.listing.version <= decided.get(_listing(one), -1)])


def _steps(folder: Path, found: Takedown | Review) -> list[Step]:
    """Return the warnings and closures that rest on a takedown, and the closure that swept it."""
    if isinstance(found, Review):
        return []
    steps = (event for event in _decisions(folder, found.seller_id) if isinstance(event, SellerWarning | StoreClosure))
    return [step for step in steps if found.takedown_id in step.takedown_ids or _swept(step, found)]


def _swept(step: Step, takedown: Takedown | Review) -> bool:
    return isinstance(step, StoreClosure) and isinstance(takedown, Takedown) and step.closure_id == takedown.closure_id


def _of_listings(folder: Path, offers: list[SequencedListing]) -> list[Event]:
    """Return everything about a listing: its versions, their matches, the decisions and what rests on them."""
    chain: list[Event] = _with_matches(folder, offers)
    for seller, listing in dict.fromkeys((event.listing.seller_id, event.listing.listing_id) for event in offers):
        about = [event for event in _decisions(folder, seller) if isinstance(event, Takedown | Review) and event.listing_id == listing]
        steps = [step for decision in about for step in _steps(folder, decision)]
        chain += [*about, *dict.fromkeys(steps)]
    return chain


def _with_matches(folder: Path, offers: list[SequencedListing]) -> list[Event]:
    """Put the matched listing in the place of one that touches a right."""
    ids = {event.listing.listing_id for event in offers}
    matched = {_version(event): event for event in _events(folder, "events.matched", MatchedListing, ids)}
    return [matched.get(_version(event), event) for event in offers]


def _listing(event: SequencedListing) -> tuple[str, str]:
    return event.listing.seller_id, event.listing.listing_id


def _version(event: SequencedListing | MatchedListing) -> tuple[str, str, int]:
    return event.listing.seller_id, event.listing.listing_id, event.listing.version


def _offers(folder: Path, ids: Collection[str]) -> list[SequencedListing]:
    return list(_events(folder, SEQUENCE, SequencedListing, ids))


def _decisions(folder: Path, seller: str) -> Iterator[Decided]:
    for _, topic, event_type, _ in _DECISIONS:
        yield from (event for event in _events(folder, topic, event_type, {seller}) if event.seller_id == seller)


def _ordered(events: Iterable[Event]) -> tuple[Event, ...]:
    """Sort by time. At the same time each offer, in the order of the sequence, comes before what was decided on it and what followed."""
    found = list(events)
    offers = [_version(event) for event in found if isinstance(event, SequencedListing | MatchedListing)]
    places: dict[Any, int] = {version: place for place, version in enumerate(offers)}
    for event in found:
        if isinstance(event, Takedown):
            places[event.takedown_id] = places.get(_decided_on(event), len(offers))
    return tuple(sorted(found, key=lambda event: (time_of(event), _place(event, places, len(offers)), _RANKS[type(event)])))


def _place(event: Event, places: Mapping[Any, int], last: int) -> int:
    """Return the place of the offer that an event is or rests on; a step rests on its last takedown, one that rests on none comes last."""
    if isinstance(event, SequencedListing | MatchedListing):
        return places[_version(event)]
    if isinstance(event, SequencedAppeal | SequencedRuling | Reinstatement):
        return last
    if isinstance(event, Takedown | Review):
        return places.get(_decided_on(event), last)
    return max((places[ident] for ident in event.takedown_ids if ident in places), default=last)


def _decided_on(event: Takedown | Review) -> tuple[str, str | None, int | None]:
    return event.seller_id, event.listing_id, event.listing_version


def time_of(event: Event) -> datetime:
    """Return when an event was handled or decided."""
    if isinstance(event, SequencedListing | MatchedListing | SequencedAppeal | SequencedRuling):
        return event.at
    return event.opened_at if isinstance(event, Review) else event.decided_at


def _events(folder: Path, topic: str, event_type: type[Any], ids: Collection[str]) -> Iterator[Any]:
    """Yield the events of a topic in which one of the ids stands; only lines that hold its bytes are decoded. Raises DamagedError."""
    if not ids:
        return
    needle = re.compile(b"|".join(re.escape(orjson.dumps(ident)) for ident in sorted(ids)))
    kind = _BEGINS.get(event_type, b"{")
    path = _path(folder, topic)
    for number, line in enumerate(Lines(path, OUTPUT_LIMIT), 1):
        raw = whole(path, number, line)
        if raw.startswith(kind) and needle.search(raw):
            yield read(event_type, path, number, raw)


def _path(folder: Path, topic: str) -> Path:
    path = file_of(folder, topic)
    if path is None:
        raise InputError(folder, f"holds no {topic}.jsonl; name a folder that a replay wrote")
    return path
