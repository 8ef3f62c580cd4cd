"""The chain behind a takedown, review, warning, closure, listing, notice, appeal or seller, read from what a replay wrote."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xxhash import xxh3_128_hexdigest

from pipeline.codec import encode
from pipeline.events.dead_letter import DeadLetter, Fault
from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.notice import NoticeOutcome
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.sequence import MatchedListing, SequencedAppeal, SequencedListing, SequencedNotice, SequencedRuling
from pipeline.events.takedown import Takedown
from pipeline.flow import DEAD_LETTERS, SEQUENCE
from pipeline.local.chronology import Decided, Event, Said, Step, ordered, version_of
from pipeline.local.errors import InputError
from pipeline.local.stored import events, path_of

Name = tuple[str, str, str]  # what is named, by which seller, and its id: ids of different kinds and sellers may be equal

_DECISIONS: Mapping[str, tuple[str, type[Any], str]] = {
    "takedown": ("takedowns", Takedown, "takedown_id"),
    "review": ("reviews", Review, "review_id"),
    "warning": ("seller-warnings", SellerWarning, "warning_id"),
    "closure": ("store-closures", StoreClosure, "closure_id"),
}
_SUBJECTS = ("takedown_id", "review_id", "warning_id", "closure_id", "appeal_id", "notice_id")
_MEASURES = ("takedown_id", "warning_id", "closure_id")
_SAID = (SequencedNotice, SequencedAppeal, SequencedRuling)


class UnknownIdError(InputError):
    """Nothing in the folder has the id."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What an id stands for, and the events behind it and after it, in the order in which they were handled.

    `faults` tell why something that people said came to nothing: it is a dead letter of flagging.
    """

    kind: str
    id: str
    events: tuple[Event, ...]
    faults: Mapping[Said, Fault]

    def fault(self, event: Event) -> Fault | None:
        """Return why an event came to nothing; None where it did not."""
        return self.faults.get(event) if isinstance(event, Said) else None


def explain(folder: Path, ident: str, kind: str | None = None) -> Chain:
    """Return the chain of an id: of the first of KINDS that has it, or of the one that is asked for.

    Raises UnknownIdError, and InputError where the folder is not what a replay wrote, or no more.
    """
    path_of(folder, SEQUENCE)
    for name, find in _FINDERS.items():
        found = find(folder, ident) if kind in (None, name) else []
        if found:
            story = ordered(_with_people(folder, found))
            return Chain(name, ident, story, _faults(folder, story))
    raise UnknownIdError(folder, f"holds no {kind or 'takedown, review, warning, closure, listing, notice, appeal or seller'} {ident!r}")


# -- what an id may stand for


def _of_decision(kind: str) -> Callable[[Path, str], list[Event]]:
    """Return what finds a decision of a kind, and what led to it."""
    topic, event_type, attribute = _DECISIONS[kind]

    def find(folder: Path, ident: str) -> list[Event]:
        found = next((event for event in events(folder, topic, event_type, {ident}) if getattr(event, attribute) == ident), None)
        return _behind(folder, found) if found is not None else []

    return find


def _of_listing(folder: Path, ident: str) -> list[Event]:
    """Return everything about a listing: its versions, their matches, notices, the decisions and what rests on them."""
    offers = [event for event in _offers(folder, {ident}) if event.listing.listing_id == ident]
    notices = [event for event in events(folder, SEQUENCE, SequencedNotice, {ident}) if event.listing_id == ident]
    chain: list[Event] = [*_with_matches(folder, offers), *notices]
    for seller in dict.fromkeys([*(event.listing.seller_id for event in offers), *(event.seller_id for event in notices)]):
        about = _about(folder, seller, ident)
        chain += [*about, *dict.fromkeys(step for decision in about for step in _steps(folder, decision))]
    return chain


def _of_seller(folder: Path, ident: str) -> list[Event]:
    offers = [event for event in _offers(folder, {ident}) if event.listing.seller_id == ident]
    notices = [event for event in events(folder, SEQUENCE, SequencedNotice, {ident}) if event.seller_id == ident]
    return [*_with_matches(folder, offers), *notices, *_decisions(folder, ident)]


def _of_notice(folder: Path, ident: str) -> list[Event]:
    return [event for notice in _notices(folder, ident) for event in _behind_notice(folder, notice)]


def _of_appeal(folder: Path, ident: str) -> list[Event]:
    appeals = [event for event in events(folder, SEQUENCE, SequencedAppeal, {ident}) if event.appeal_id == ident]
    return [event for appeal in appeals for event in (appeal, *_appealed(folder, appeal))]


def _appealed(folder: Path, appeal: SequencedAppeal) -> list[Event]:
    """Return the chain of what an appeal is about."""
    if appeal.notice_id is not None:
        notices = (notice for notice in _notices(folder, appeal.notice_id) if notice.seller_id == appeal.seller_id)
        return [event for notice in notices for event in _behind_notice(folder, notice)]
    measures = ((kind, getattr(appeal, f"{kind}_id")) for kind in ("takedown", "warning", "closure"))
    return [event for kind, measure in measures if measure is not None for event in _FINDERS[kind](folder, measure)]


_FINDERS: Mapping[str, Callable[[Path, str], list[Event]]] = {
    **{kind: _of_decision(kind) for kind in _DECISIONS},
    "listing": _of_listing,
    "notice": _of_notice,
    "appeal": _of_appeal,
    "seller": _of_seller,
}
KINDS = tuple(_FINDERS)


# -- what led to a decision, and what rests on it


def _behind(folder: Path, found: Decided) -> list[Event]:
    if isinstance(found, SellerWarning | StoreClosure):
        return _behind_step(folder, found)
    chain: list[Event] = [*_offers_behind(folder, [found]), *_asked_before(folder, found), found]
    for step in _steps(folder, found):
        chain += _behind_step(folder, step) if _swept(step, found) else [step]
    return chain


def _behind_step(folder: Path, found: Step) -> list[Event]:
    """Return the takedowns that a step rests on, with their listings, and the steps before it. What a closure swept it counts itself."""
    ids, decided = set(found.takedown_ids), list(_decisions(folder, found.seller_id))
    takedowns = [event for event in decided if isinstance(event, Takedown) and event.takedown_id in ids]
    earlier = [event for event in decided if isinstance(event, SellerWarning) and event != found and ids.issuperset(event.takedown_ids)]
    return [*_offers_behind(folder, takedowns), *takedowns, *earlier, found]


def _behind_notice(folder: Path, notice: SequencedNotice) -> list[Event]:
    """Return a notice with its listing, what people were asked about it meanwhile, and what it led to."""
    names = {notice.notice_id}
    outcomes = [one for one in events(folder, "notice-outcomes", NoticeOutcome, names) if _names(one) & _names(notice)]
    ended = max((one.decided_at for one in outcomes if not one.amendment), default=notice.at)
    decided = _about(folder, notice.seller_id, notice.listing_id)
    asked = [one for one in decided if isinstance(one, Review) and one.opened_at <= ended and one.due_at >= notice.at]
    takedowns = {one.takedown_id for one in outcomes}
    led_to = [event for one in decided if isinstance(one, Takedown) and one.takedown_id in takedowns for event in _behind(folder, one)]
    offers = [one for one in _offers(folder, {notice.listing_id}) if _listing(one) == (notice.seller_id, notice.listing_id)]
    return [*_with_matches(folder, [one for one in offers if one.at <= ended]), notice, *asked, *led_to]


def _asked_before(folder: Path, found: Takedown | Review) -> list[Event]:
    """Return the questions about a listing to which a takedown may be the answer."""
    if isinstance(found, Review) or found.source not in ("ruling", "notice"):
        return []
    about, rights = _about(folder, found.seller_id, found.listing_id), set(found.right_ids)
    return [one for one in about if isinstance(one, Review) and one.opened_at <= found.decided_at and rights.intersection(one.right_ids)]


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


# -- what people said of it, and what they were told


def _with_people(folder: Path, chain: Iterable[Event]) -> list[Event]:
    """Add the notices, appeals and rulings about what is in a chain, what each led to, and so on, until there is no more."""
    behind, concerned = list(chain), list[Event]()
    names: set[Name] = set()
    while new := {name for event in (*behind, *concerned) for name in (_names(event) | _causes(event))} - names:
        names |= new
        concerned = list(_concerned(folder, names))
    return [*behind, *concerned]


def _concerned(folder: Path, names: Collection[Name]) -> Iterator[Event]:
    """Yield what has one of the names, or is about what has."""
    ids = {ident for _, _, ident in names}
    for topic, kinds in (
        (SEQUENCE, _SAID),
        ("takedowns", Takedown),
        ("reviews", Review),
        ("reinstatements", Reinstatement),
        ("notice-outcomes", NoticeOutcome),
    ):
        yield from (event for event in events(folder, topic, kinds, ids) if not _names(event).isdisjoint(names))


def _names(event: Event) -> set[Name]:
    """Return the names of what an event is, or is about. What is given back is a measure, whoever asked for it."""
    fields: Iterable[tuple[str, str | None]] = ((name, getattr(event, name, None)) for name in _SUBJECTS)
    if isinstance(event, Reinstatement):
        fields = ((name, getattr(event, name)) for name in _MEASURES)
    elif isinstance(event, SequencedNotice):
        fields = (("notice_id", event.notice_id), ("notice_id", event.retracts))
    elif isinstance(event, SequencedRuling):
        fields = (*fields, ("ruling_id", event.ruling_id))
    elif isinstance(event, Takedown):
        fields = (("takedown_id", event.takedown_id), ("takedown_id", event.renews))
    elif isinstance(event, Review):
        fields = (("review_id", event.review_id),)
    elif isinstance(event, StoreClosure):
        fields = (("closure_id", event.closure_id),)
    elif isinstance(event, SequencedListing | MatchedListing):
        return set()
    return {(name, event.seller_id, ident) for name, ident in fields if ident is not None}


def _causes(event: Event) -> set[Name]:
    """Return the names of what led to an event: it is shown too, but not all else that it led to."""
    fields: list[tuple[str, str | None]]
    if isinstance(event, Reinstatement):
        fields = [("ruling_id", event.ruling_id), ("notice_id", event.notice_id), ("appeal_id", event.appeal_id)]
    elif isinstance(event, Takedown):
        fields = [("notice_id", event.notice_id)]
    elif isinstance(event, Review):
        fields = [("notice_id", notice_id) for notice_id in event.notice_ids]
    elif isinstance(event, StoreClosure):
        fields = [("review_id", event.review_id)]
    elif isinstance(event, NoticeOutcome):
        fields = [("notice_id", event.same_as)]
    else:
        return set()
    return {(name, event.seller_id, ident) for name, ident in fields if ident is not None}


def _faults(folder: Path, story: Iterable[Event]) -> Mapping[Said, Fault]:
    """Return why events came to nothing, of those that did: a dead letter names its record by the hash of its bytes."""
    said = {xxh3_128_hexdigest(encode(event)): event for event in story if isinstance(event, Said)}
    letters = (letter for letter in events(folder, DEAD_LETTERS, DeadLetter, said) if letter.stage == "flagging")
    return {said[letter.input_hash]: letter.error for letter in letters if letter.input_hash in said}


# -- reading


def _with_matches(folder: Path, offers: list[SequencedListing]) -> list[Event]:
    """Put the matched listing in the place of one that touches a right."""
    ids = {event.listing.listing_id for event in offers}
    matched = {version_of(event): event for event in events(folder, "events.matched", MatchedListing, ids)}
    return [matched.get(version_of(event), event) for event in offers]


def _notices(folder: Path, ident: str) -> list[SequencedNotice]:
    """Return the notices of an id: those of different sellers may have the same."""
    return [event for event in events(folder, SEQUENCE, SequencedNotice, {ident}) if event.notice_id == ident]


def _listing(event: SequencedListing) -> tuple[str, str]:
    return event.listing.seller_id, event.listing.listing_id


def _offers(folder: Path, ids: Collection[str]) -> list[SequencedListing]:
    return list(events(folder, SEQUENCE, SequencedListing, ids))


def _about(folder: Path, seller: str, listing: str) -> list[Takedown | Review]:
    """Return the takedowns of a listing, and the questions about it."""
    decided = (event for event in _decisions(folder, seller) if isinstance(event, Takedown | Review))
    return [event for event in decided if event.listing_id == listing]


def _decisions(folder: Path, seller: str) -> Iterator[Decided]:
    """Yield all that was decided about a seller."""
    for topic, event_type, _ in _DECISIONS.values():
        yield from (event for event in events(folder, topic, event_type, {seller}) if event.seller_id == seller)
