"""Flagging: decides on each listing that touches a right, and enforces what follows for its seller.

In: `events.matched`. Out: `takedowns`, `reviews`, `seller-warnings`, `store-closures`. A listing that arrives right after its store
closed must see the closure, however the input is cut; so ledger and closures are handled record by record, here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pipeline.enforcement import brake
from pipeline.enforcement.ledger import Hit, Ledger, StepTaken, points
from pipeline.enforcement.measures import closure, closure_id, warning
from pipeline.enforcement.steps import is_excused, next_step
from pipeline.events.decision import Reason
from pipeline.events.ids import derive
from pipeline.events.match import Match
from pipeline.events.review import Assignee, Review
from pipeline.events.sequence import MatchedListing, SequencedTick, SlimListing
from pipeline.events.takedown import Takedown
from pipeline.policy.model import Policy, Preset
from pipeline.policy.reasons import text
from pipeline.signals.case import Case, Past
from pipeline.stages.clock import CLOCK, Clock
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import Reference, Snapshot
from pipeline.stages.verdict import Verdict, reasons, severity, weigh
from pipeline.state.schedule import Deadline, Schedule
from pipeline.state.table import Table, key
from pipeline.state.view import View

NAME = "flagging"
TAKEDOWNS, REVIEWS, WARNINGS, CLOSURES = "takedowns", "reviews", "seller-warnings", "store-closures"
FORGET_LISTING, FORGET_TRACE = "forget-listing", "forget-trace"


@dataclass(frozen=True, slots=True)
class KnownListing:
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
    forget_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """A title or a picture that was taken down at this seller."""

    takedown_id: str
    forget_at: datetime


LISTINGS = Table("listings", KnownListing, ordered=True)
SELLERS = Table("sellers", Ledger)
TRACES = Table("traces", Trace)
SCHEDULE = Schedule()
TABLES = (CLOCK, LISTINGS, SELLERS, TRACES, brake.COUNTS, *SCHEDULE.tables)


def process(records: Sequence[Record], view: View, reference: Reference) -> Outputs:
    """Handle one chunk. Pure: what comes out depends on the records, the state and the reference data alone."""
    offers = [Offer.of(record.event) for record in records if type(record.event) in (MatchedListing, SlimListing)]
    view.prefetch(SELLERS, [offer.seller_id for offer in offers])
    view.prefetch(LISTINGS, [offer.name for offer in offers])
    flagger = Flagger(view, reference)
    for record in records:
        flagger.handle(record)
    return flagger.outputs


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing as it arrives, matched or slim."""

    at: datetime
    seller_id: str
    listing_id: str
    version: int
    change: str
    fingerprint: str
    phashes: tuple[str, ...]
    matched: MatchedListing | None

    @property
    def name(self) -> str:
        """The listing's key in the state."""
        return key(self.seller_id, self.listing_id)

    @classmethod
    def of(cls, event: MatchedListing | SlimListing) -> "Offer":
        """Read what both kinds of record have in common."""
        if isinstance(event, SlimListing):
            return cls(event.at, event.seller_id, event.listing_id, event.version, event.change, event.fingerprint, event.phashes, None)
        one = event.listing
        phashes = tuple(image.phash for image in one.images if image.phash)
        return cls(event.at, one.seller_id, one.listing_id, one.version, one.change, event.fingerprint, phashes, event)


class Flagger:
    """Handles the records of a chunk one after the other."""

    def __init__(self, view: View, reference: Reference) -> None:
        self.outputs = Outputs()
        self._tally = self.outputs.tally
        self._view = view
        self._clock = Clock(view, reference)
        self._cause = 0

    def handle(self, record: Record) -> None:
        """Keep a record, and emit what it leads to."""
        self._tally.taken += 1
        self._cause = record.offset
        event = record.event
        if isinstance(event, SequencedTick):
            self._tick(event)
        elif isinstance(event, MatchedListing | SlimListing):
            self._offer(Offer.of(event))
        else:
            raise TypeError(f"flagging is given a {type(event).__name__}")
        self._tally.kept += 1

    @property
    def _snapshot(self) -> Snapshot:
        return self._clock.snapshot

    @property
    def _policy(self) -> Policy:
        return self._clock.snapshot.policy

    # -- the clock

    def _tick(self, tick: SequencedTick) -> None:
        self._clock.advance(tick)
        for deadline in SCHEDULE.take_due(self._view, tick.at):
            self._forget(deadline, tick.at)

    def _forget(self, deadline: Deadline, now: datetime) -> None:
        """Forget what nothing can ask about any more, unless it was renewed since."""
        if deadline.what == brake.FORGET:
            self._view.delete(brake.COUNTS, deadline.subject)
            return
        table: Table[KnownListing] | Table[Trace] = LISTINGS if deadline.what == FORGET_LISTING else TRACES
        kept = self._view.get(table, deadline.subject)  # type: ignore[arg-type]
        if kept is not None and kept.forget_at is not None and kept.forget_at <= now:
            self._view.delete(table, deadline.subject)

    # -- a listing arrives

    def _offer(self, offer: Offer) -> None:
        known = self._view.get(LISTINGS, offer.name)
        ledger = self._view.get(SELLERS, offer.seller_id) or Ledger()
        if known is None:
            ledger = replace(ledger, listed=ledger.listed + 1)
            self._view.put(SELLERS, offer.seller_id, ledger)
        listing = _renewed(offer, known)
        if offer.change == "removed":
            self._remove(offer, listing)
        elif listing.status == "down":
            self._stay_down(offer, listing)
        elif ledger.closure_id is not None:
            self._sweep(offer.seller_id, offer.name, listing, ledger.closure_id, offer.at)
        else:
            self._decide(offer, listing, ledger)

    def _keep(self, name: str, listing: KnownListing) -> None:
        self._view.put(LISTINGS, name, listing)

    def _keep_until(self, name: str, listing: KnownListing, forget_at: datetime) -> None:
        self._keep(name, replace(listing, forget_at=forget_at))
        SCHEDULE.add(self._view, forget_at, Deadline(FORGET_LISTING, name))

    def _remove(self, offer: Offer, listing: KnownListing) -> None:
        """Remember a removed listing for a while: deleting it is no escape."""
        status: Literal["down", "removed"] = "down" if listing.status == "down" else "removed"
        times = self._policy.times
        self._keep_until(offer.name, replace(listing, status=status), offer.at + times.forget_after + times.lateness)
        self._tally.facts["removed"] += 1

    def _stay_down(self, offer: Offer, listing: KnownListing) -> None:
        """An update does not bring a listing back: only a new offer is decided on anew."""
        self._keep(offer.name, listing)
        self._tally.facts["already-down"] += 1

    # -- the decision

    def _decide(self, offer: Offer, listing: KnownListing, ledger: Ledger) -> None:
        if offer.matched is None:
            self._tally.facts["unmatched"] += 1
            return self._keep(offer.name, listing)
        verdicts = self._verdicts(offer, offer.matched, ledger)
        listing = replace(
            listing,
            right_ids=tuple(verdict.right.right_id for verdict in verdicts),
            price=offer.matched.listing.price,
            currency=offer.matched.listing.currency,
        )
        acting = [verdict for verdict in verdicts if verdict.right.status == "active"]
        self._count_shadow(verdicts)
        return self._act(offer, offer.matched, listing, ledger, acting)

    def _count_shadow(self, verdicts: Iterable[Verdict]) -> None:
        """Count what a right or a signal on trial would have done."""
        for verdict in verdicts:
            if verdict.right.status == "shadow":
                self._tally.facts[f"shadow-{verdict.outcome}"] += 1
            for code in verdict.shadow:
                self._tally.facts[f"shadow-signal-{code}"] += 1

    def _verdicts(self, offer: Offer, event: MatchedListing, ledger: Ledger) -> list[Verdict]:
        """Weigh the listing against each right that it touches, the highest score first."""
        past, rights = self._past(offer, ledger), self._snapshot.registry.rights
        verdicts = [
            weigh(Case(event.listing, offer.fingerprint, offer.at, rights[right_id], matches, past, self._policy))
            for right_id, matches in _by_right(event.matches).items()
        ]
        return sorted(verdicts, key=lambda verdict: -verdict.score)

    def _past(self, offer: Offer, ledger: Ledger) -> Past:
        """Return what is known of the seller: its points, and which of its titles and pictures were taken down."""
        if not ledger.down:
            return Past()
        preset = self._policy.preset()
        score = points(ledger, offer.at, preset) if preset else 0
        titles = {offer.fingerprint: self._trace(offer.seller_id, "title", offer.fingerprint)}
        pictures = {phash: self._trace(offer.seller_id, "picture", phash) for phash in offer.phashes}
        return Past(score, ledger.down, _present(titles), _present(pictures))

    def _trace(self, seller_id: str, what: str, value: str) -> str | None:
        trace = self._view.get(TRACES, key(seller_id, what, value))
        return trace.takedown_id if trace else None

    def _act(self, offer: Offer, event: MatchedListing, listing: KnownListing, ledger: Ledger, verdicts: list[Verdict]) -> None:
        """Take down, ask, or clear."""
        down = [verdict for verdict in verdicts if verdict.outcome == "takedown"]
        asked = [verdict for verdict in verdicts if verdict.outcome != "clear"]
        if down and self._brake_allows(down[0], offer.at):
            self._take_down(offer, event, listing, ledger, down)
        elif asked:
            self._ask(offer, event, listing, asked, braked=bool(down))
        else:
            self._tally.facts["clear"] += 1
            self._keep(offer.name, listing)

    def _brake_allows(self, verdict: Verdict, at: datetime) -> bool:
        return brake.allows(self._view, self._policy.brake, verdict.right.right_id, verdict.lead, at)

    # -- a question

    def _ask(self, offer: Offer, event: MatchedListing, listing: KnownListing, verdicts: list[Verdict], *, braked: bool) -> None:
        """Open a review, unless the same was asked about this listing before."""
        question = key(*(verdict.right.right_id for verdict in verdicts), *(share.code for share in verdicts[0].shares))
        self._keep(offer.name, replace(listing, question=question))
        if listing.question == question:
            self._tally.facts["asked-before"] += 1
            return
        self._tally.facts["braked" if braked else "review"] += 1
        self.outputs.emit(REVIEWS, offer.seller_id, self._review(offer, event, verdicts, braked), self._cause)

    def _review(self, offer: Offer, event: MatchedListing, verdicts: list[Verdict], braked: bool) -> Review:
        lead, policy = verdicts[0], self._policy
        return Review(
            review_id=_derived("review", offer),
            seller_id=offer.seller_id,
            question="counterfeit",
            assignee=Assignee("team"),
            priority=_priority(event.listing.category, policy),
            due_at=offer.at + policy.reviews.due_after,
            opened_at=offer.at,
            right_ids=tuple(verdict.right.right_id for verdict in verdicts),
            brand_ids=_brand_ids(verdicts),
            reasons=(*reasons(lead, policy, event.listing.language), *_brake_reason(braked, lead, policy, event.listing.language)),
            score=lead.score,
            policy_version=policy.version,
            registry_version=self._snapshot.registry.version,
            braked=braked,
            listing_id=offer.listing_id,
            listing_version=offer.version,
        )

    # -- a takedown and what follows from it

    def _take_down(self, offer: Offer, event: MatchedListing, listing: KnownListing, ledger: Ledger, verdicts: list[Verdict]) -> None:
        policy, preset, lead = self._policy, self._policy.preset(), verdicts[0]
        grave = severity(lead, policy)
        excused = preset is not None and is_excused(ledger, listing.first_seen, offer.at, preset, policy.enforcement.grace)
        worth = preset.points.get(grave, 0) if preset and not excused else 0
        takedown = Takedown(
            takedown_id=_derived("takedown", offer),
            listing_id=offer.listing_id,
            listing_version=offer.version,
            seller_id=offer.seller_id,
            brand_ids=_brand_ids(verdicts),
            right_ids=tuple(verdict.right.right_id for verdict in verdicts),
            decided_at=offer.at,
            source="own_initiative",
            detection="automated",
            decision="automated",
            ground="illegal",
            policy_version=policy.version,
            registry_version=self._snapshot.registry.version,
            score=lead.score,
            severity=grave,
            points=worth,
            reasons=reasons(lead, policy, event.listing.language),
            appeal_until=offer.at + policy.times.appeal_window,
            excused=excused,
            territories=_territories(verdicts),
        )
        self.outputs.emit(TAKEDOWNS, offer.seller_id, takedown, self._cause)
        self._tally.facts["takedown"] += 1
        brake.count(self._view, SCHEDULE, policy.brake, lead.right.right_id, lead.lead, offer.at, policy.times.lateness)
        self._mark_down(offer, listing, takedown)
        ledger = replace(ledger, down=ledger.down + 1)
        if worth:
            ledger = ledger.with_hit(Hit(takedown.takedown_id, offer.at, worth))
        self._view.put(SELLERS, offer.seller_id, ledger)
        if preset is not None and not excused:
            self._take_next_step(offer.seller_id, ledger, takedown, preset)

    def _mark_down(self, offer: Offer, listing: KnownListing, takedown: Takedown) -> None:
        """Remember the listing as down, and its title and pictures, so that it is recognised when it comes back."""
        forget_at = offer.at + self._policy.times.remember_takedowns + self._policy.times.lateness
        self._keep_until(offer.name, replace(listing, status="down", takedown_id=takedown.takedown_id), forget_at)
        self._leave_trace(key(offer.seller_id, "title", offer.fingerprint), takedown, forget_at)
        for phash in offer.phashes:
            self._leave_trace(key(offer.seller_id, "picture", phash), takedown, forget_at)

    def _leave_trace(self, name: str, takedown: Takedown, forget_at: datetime) -> None:
        self._view.put(TRACES, name, Trace(takedown.takedown_id, forget_at))
        SCHEDULE.add(self._view, forget_at, Deadline(FORGET_TRACE, name))

    def _take_next_step(self, seller_id: str, ledger: Ledger, takedown: Takedown, preset: Preset) -> None:
        """Warn, restrict, suspend or close, where the takedown leads to it."""
        at, step = takedown.decided_at, next_step(ledger, takedown.decided_at, preset)
        if step is None:
            return
        if step.code == "closure":
            return self._close(seller_id, ledger, takedown, preset)
        issued = warning(ledger, step, seller_id, takedown.takedown_id, at, self._policy, preset)
        self.outputs.emit(WARNINGS, seller_id, issued, self._cause)
        self._tally.facts[step.code] += 1
        self._view.put(SELLERS, seller_id, ledger.with_step(StepTaken(step.code, at)))

    def _close(self, seller_id: str, ledger: Ledger, takedown: Takedown, preset: Preset) -> None:
        """Close the store, and take down all that it still offers."""
        at, cause = takedown.decided_at, takedown.takedown_id
        live = [(name, listing) for name, listing in self._view.within(LISTINGS, seller_id) if listing.status == "live"]
        closed = closure(ledger, seller_id, cause, at, len(live), self._policy, preset)
        self.outputs.emit(CLOSURES, seller_id, closed, self._cause)
        self._tally.facts["closure"] += 1
        self._view.put(SELLERS, seller_id, replace(ledger, closure_id=closure_id(cause)))
        for name, listing in live:
            self._sweep(seller_id, name, listing, closed.closure_id, at)

    def _sweep(self, seller_id: str, name: str, listing: KnownListing, closed: str, at: datetime) -> None:
        """Take down a listing of a closed store: no score, no points."""
        policy, listing_id = self._policy, name.partition("\x00")[2]
        reason = Reason("store_closed", 0.0, text("store_closed", policy.language, policy.language, {"closure": closed}))
        rights = self._snapshot.registry.rights
        takedown = Takedown(
            takedown_id=derive("takedown", closed, listing_id, str(listing.version), at.isoformat()),
            listing_id=listing_id,
            listing_version=listing.version,
            seller_id=seller_id,
            brand_ids=tuple(dict.fromkeys(rights[right_id].brand_id for right_id in listing.right_ids if right_id in rights)),
            right_ids=listing.right_ids,
            decided_at=at,
            source="closure",
            detection="automated",
            decision="automated",
            ground="terms",
            policy_version=policy.version,
            registry_version=self._snapshot.registry.version,
            score=0.0,
            severity="ordinary",
            points=0,
            reasons=(reason,),
            appeal_until=at + policy.times.appeal_window,
            closure_id=closed,
        )
        self.outputs.emit(TAKEDOWNS, seller_id, takedown, self._cause)
        self._tally.facts["swept"] += 1
        forget_at = at + policy.times.remember_takedowns + policy.times.lateness
        self._keep_until(name, replace(listing, status="down", takedown_id=takedown.takedown_id), forget_at)


def _renewed(offer: Offer, known: KnownListing | None) -> KnownListing:
    """Return what is known of a listing with its new version; a new offer of one that was down is live again, until decided."""
    if known is None:
        return KnownListing(offer.version, "live", offer.at, offer.fingerprint, offer.phashes)
    status = "down" if known.status == "down" and offer.change != "listed" else "live"
    return replace(
        known,
        version=offer.version,
        status=status,
        fingerprint=offer.fingerprint,
        phashes=offer.phashes,
        forget_at=known.forget_at if status == "down" else None,
    )


def _by_right(matches: Iterable[Match]) -> dict[str, tuple[Match, ...]]:
    groups: dict[str, tuple[Match, ...]] = {}
    for match in matches:
        groups[match.right_id] = (*groups.get(match.right_id, ()), match)
    return groups


def _present(values: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _derived(kind: str, offer: Offer) -> str:
    """Derive an id from the version of the listing that caused it."""
    return derive(kind, offer.seller_id, offer.listing_id, str(offer.version), offer.at.isoformat())


def _brand_ids(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(verdict.right.brand_id for verdict in verdicts))


def _territories(verdicts: Iterable[Verdict]) -> tuple[str, ...] | None:
    """Return where the rights hold; None where one of them holds everywhere."""
    bounds = [verdict.right.territories for verdict in verdicts]
    return tuple(sorted({country for bound in bounds for country in bound or ()})) if all(bounds) else None


def _priority(category: str | None, policy: Policy) -> int:
    """Return the urgency of the class of harm that the category belongs to; 1 is the most urgent."""
    words = (category or "").casefold()
    fitting = [harm.priority for harm in policy.reviews.harm if any(word.casefold() in words for word in harm.words)]
    return min(fitting, default=policy.reviews.priority)


def _brake_reason(braked: bool, verdict: Verdict, policy: Policy, language: str | None) -> tuple[Reason, ...]:
    if not braked:
        return ()
    return (Reason("brake", 0.0, text("brake", language or policy.language, policy.language, {"brand": verdict.right.brand})),)
