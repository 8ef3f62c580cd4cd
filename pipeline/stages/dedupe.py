"""Dedupe, which is also the sequencer: all that comes from outside goes in, one ordered sequence without repeats goes out.

In: records of the input topics of one partition, merged by event time. Out: `events.unique`. Every later stage reads that
sequence only, so whoever has it can recompute every decision.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from msgspec.structs import replace

from pipeline.events.appeal import Appeal
from pipeline.events.clock import Tick
from pipeline.events.dead_letter import Fault
from pipeline.events.listing import Listing
from pipeline.events.notice import Notice
from pipeline.events.ruling import Ruling
from pipeline.events.sequence import SequencedAppeal, SequencedListing, SequencedNotice, SequencedRuling, SequencedTick
from pipeline.events.value import Value
from pipeline.stages.clock import CLOCK, Clock
from pipeline.stages.fingerprint import complaint_hash, content_hash, text_fingerprint
from pipeline.stages.record import MADE_TICKS, Outputs, Record
from pipeline.stages.reference import Reference
from pipeline.state.schedule import Deadline, Schedule
from pipeline.state.table import Table, key
from pipeline.state.view import View

NAME = "dedupe"
TOPIC = "events.unique"
FORGET, FORGET_SEEN = "forget-tombstone", "forget-id"

Once = Notice | Ruling | Appeal
OfSeller = Listing | Once
Sequenced = SequencedListing | SequencedNotice | SequencedRuling | SequencedAppeal
In = TypeVar("In", bound=OfSeller | Tick)


class KnownListing(Value, frozen=True):
    """The newest version seen of a listing. A removed one is a tombstone: deleting a listing is no escape."""

    version: int
    content_hash: str
    forget_at: datetime | None = None  # set for a tombstone

    @property
    def removed(self) -> bool:
        """Whether this is a tombstone."""
        return self.forget_at is not None


class Seen(Value, frozen=True):
    """The id of a notice, a ruling or an appeal that was passed on, until it is forgotten."""

    forget_at: datetime


LISTINGS = Table("listings", KnownListing)
SEEN = Table("seen", Seen)
SCHEDULE = Schedule()
TABLES = (CLOCK, LISTINGS, SEEN, *SCHEDULE.tables)


def process(records: Sequence[Record], view: View, reference: Reference) -> Outputs:
    """Handle one chunk. Pure: what comes out depends on the records, the state and the reference data alone."""
    sequencer = Sequencer(view, reference)
    view.prefetch(LISTINGS, [_key(record.event) for record in records if type(record.event) is Listing])
    for record in records:
        sequencer.handle(record)
    return sequencer.outputs


def _key(listing: Listing) -> str:
    return key(listing.seller_id, listing.listing_id)


class Sequencer:
    """Handles the records of a chunk one after the other."""

    def __init__(self, view: View, reference: Reference) -> None:
        self.outputs = Outputs()
        self._tally = self.outputs.tally
        self._view, self._reference = view, reference
        self._clock = Clock(view, reference)

    def handle(self, record: Record) -> None:
        """Give a record its one disposition."""
        self._tally.taken += 1
        event = record.event
        if record.fault is not None:
            self.outputs.bury(NAME, record, record.fault)
        elif type(event) is Tick:
            self._tick(record, _in_utc(event))
        elif type(event) is Listing or isinstance(event, Once):
            self._of_seller(record, _in_utc(event))
        else:
            raise TypeError(f"dedupe is given a {type(event).__name__}")

    # -- the clock

    def _tick(self, record: Record, tick: Tick) -> None:
        """Pass on a tick that is later than the last, stamped; a second ticker is harmless."""
        now = self._clock.at
        if now is not None and tick.event_time <= now:
            self._tally.dropped["repeated-tick"] += 1
            return
        self._tally.passed += 1
        self._advance(record, tick.event_time)

    def _advance(self, record: Record, at: datetime) -> None:
        tick = SequencedTick("tick", at, record.partition, self._reference.read_so_far())
        self._clock.advance(tick)
        self.outputs.emit(TOPIC, None, tick, record)
        for deadline in SCHEDULE.take_due(self._view, at):
            self._forget(deadline.subject, at) if deadline.what == FORGET else self._view.delete(SEEN, deadline.subject)

    def _forget(self, name: str, now: datetime) -> None:
        """Forget a tombstone, unless the listing has come back since, or was removed once more."""
        known = self._view.get(LISTINGS, name)
        if known is not None and known.forget_at is not None and known.forget_at <= now:
            self._view.delete(LISTINGS, name)

    # -- what sellers and people say

    def _of_seller(self, record: Record, event: OfSeller) -> None:
        if record.key is not None and record.key != event.seller_id:
            return self.outputs.bury(NAME, record, Fault("wrong-key", f"the key is not the seller_id {event.seller_id!r}", "$.seller_id"))
        if self._is_from_the_future(record, event):
            return self.outputs.bury(NAME, record, Fault("from-the-future", "ahead of the clock, which has ended", "$.event_time"))
        return self._first_or_newer(record, event) if isinstance(event, Listing) else self._once(record, event)

    def _is_from_the_future(self, record: Record, event: OfSeller) -> bool:
        now = self._clock.at
        return record.clock_ended and now is not None and event.event_time - now > self._clock.snapshot.policy.times.future

    def _once(self, record: Record, event: Once) -> None:
        """Pass on a notice, a ruling or an appeal whose id was not seen before."""
        name = _name(event)
        if self._view.get(SEEN, name) is not None:
            self._tally.dropped["repeated"] += 1
            return
        self._pass_on(record, event, _sequenced(event, *self._handling_time(record, event)))
        times = self._clock.snapshot.policy.times
        forget_at = self._clock.time + max(times.forget_after + times.lateness, times.undoable)
        SCHEDULE.add(self._view, forget_at, Deadline(FORGET_SEEN, name))
        self._view.put(SEEN, name, Seen(forget_at))

    def _first_or_newer(self, record: Record, listing: Listing) -> None:
        """Pass on what is new, drop the rest for a counted reason, and remember the newest version."""
        name, digest = _key(listing), content_hash(listing)
        reason = _why_dropped(listing, digest, self._view.get(LISTINGS, name))
        if reason is None:
            at, late = self._handling_time(record, listing)
            event = SequencedListing("listing", at, digest, text_fingerprint(listing), listing, late)
            self._pass_on(record, listing, event)
        else:
            self._tally.dropped[reason] += 1
        if reason in (None, "unchanged"):
            self._remember(name, listing, digest)

    def _pass_on(self, record: Record, event: OfSeller, sequenced: Sequenced) -> None:
        """Count and emit what goes into the sequence."""
        self._tally.passed += 1
        if sequenced.late:
            self._tally.facts["late"] += 1
        self.outputs.emit(TOPIC, event.seller_id, sequenced, record)

    def _remember(self, name: str, listing: Listing, digest: str) -> None:
        """Keep the newest version; of a removed listing as a tombstone that is forgotten in time."""
        if listing.change != "removed":
            return self._view.put(LISTINGS, name, KnownListing(listing.version, digest))
        times = self._clock.snapshot.policy.times
        forget_at = self._clock.time + times.forget_after + times.lateness
        SCHEDULE.add(self._view, forget_at, Deadline(FORGET, name))
        return self._view.put(LISTINGS, name, KnownListing(listing.version, digest, forget_at))

    def _handling_time(self, record: Record, event: OfSeller) -> tuple[datetime, bool]:
        """Return the event's own time, or the sequence's where it is later than the policy allows."""
        at = event.event_time
        if self._clock.at is None:
            self._tally.facts[MADE_TICKS] += 1
            self._advance(record, _minute(at))  # a sequence begins with a tick
        if self._clock.time - at > self._clock.snapshot.policy.times.lateness:
            return self._clock.time, True
        return at, False


def _name(event: Once) -> str:
    if isinstance(event, Notice):
        return key(event.seller_id, "notice", event.notice_id)
    return key(event.seller_id, *(("ruling", event.ruling_id) if isinstance(event, Ruling) else ("appeal", event.appeal_id)))


def _sequenced(event: Once, at: datetime, late: bool) -> SequencedNotice | SequencedRuling | SequencedAppeal:
    if isinstance(event, Notice):
        return _notice(event, at, late)
    return _ruling(event, at, late) if isinstance(event, Ruling) else _appeal(event, at, late)


def _notice(event: Notice, at: datetime, late: bool) -> SequencedNotice:
    """Return what the later stages need of a notice: not what it says nor who may be asked, only how much that is, and a hash."""
    return SequencedNotice(
        kind="notice",
        at=at,
        notice_id=event.notice_id,
        notifier_id=event.notifier_id,
        seller_id=event.seller_id,
        listing_id=event.listing_id,
        claim=event.kind,
        complaint=complaint_hash(event),
        explained=len((event.explanation or "").strip()),
        evidence=len(event.evidence),
        right_id=event.right_id,
        good_faith=bool(event.good_faith),
        accurate=bool(event.accurate),
        notifier_kind=event.notifier_kind or "other",
        language=event.language,
        retracts=event.retracts,
        late=late,
    )


def _ruling(event: Ruling, at: datetime, late: bool) -> SequencedRuling:
    return SequencedRuling(
        kind="ruling",
        at=at,
        ruling_id=event.ruling_id,
        seller_id=event.seller_id,
        verdict=event.verdict,
        decided_by=event.decided_by,
        review_id=event.review_id,
        takedown_id=event.takedown_id,
        appeal_id=event.appeal_id,
        closure_id=event.closure_id,
        referral_id=event.referral_id,
        late=late,
    )


def _appeal(event: Appeal, at: datetime, late: bool) -> SequencedAppeal:
    """Return what the later stages need of an appeal: not what it says, only how much that is."""
    return SequencedAppeal(
        kind="appeal",
        at=at,
        appeal_id=event.appeal_id,
        seller_id=event.seller_id,
        grounds=event.grounds,
        stated=len(event.statement),
        evidence=len(event.evidence),
        takedown_id=event.takedown_id,
        closure_id=event.closure_id,
        warning_id=event.warning_id,
        notice_id=event.notice_id,
        notifier_id=event.notifier_id,
        jurisdiction=event.jurisdiction,
        late=late,
    )


def _in_utc(event: In) -> In:
    """Return an event with its time in UTC: from here on, all times are."""
    return event if event.event_time.tzinfo is UTC else replace(event, event_time=event.event_time.astimezone(UTC))


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _why_dropped(listing: Listing, digest: str, known: KnownListing | None) -> str | None:
    """Return the reason to drop a listing; None where it is news."""
    removed = listing.change == "removed"
    if known is None:
        return None
    if listing.version < known.version:
        return "stale"
    if listing.version == known.version:
        same = digest == known.content_hash and removed == known.removed
        return "repeated" if same else "version-conflict"
    if removed:
        return "unchanged" if known.removed else None
    same = listing.change == "updated" and digest == known.content_hash and not known.removed  # offered anew is news: it may have been down
    return "unchanged" if same else None
