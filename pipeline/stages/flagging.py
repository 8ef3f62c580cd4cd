"""Flagging: decides on each listing that touches a right, and enforces what follows for its seller.

In: `events.matched`. Out: `takedowns`, `reviews`, `seller-warnings`, `store-closures`. A listing that arrives right after its store
closed must see the closure, however the input is cut; so ledger and closures are handled record by record, here.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from pipeline.enforcement import brake
from pipeline.enforcement.ledger import Hit, Ledger, StepTaken, points
from pipeline.enforcement.measures import closure, warning
from pipeline.enforcement.steps import is_excused, next_step
from pipeline.events.match import Match
from pipeline.events.sequence import MatchedListing, SequencedTick, SlimListing
from pipeline.events.takedown import Takedown
from pipeline.policy.model import Policy, Preset
from pipeline.signals.case import Case, Past
from pipeline.stages import decisions, shelf
from pipeline.stages.clock import CLOCK, Clock
from pipeline.stages.decided import Decision, counted_as
from pipeline.stages.decisions import Cost
from pipeline.stages.offer import Offer
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import Reference, Snapshot
from pipeline.stages.shelf import KnownListing, Shelf, renewed
from pipeline.stages.verdict import Verdict, severity, weigh
from pipeline.state.schedule import Schedule
from pipeline.state.table import Table, key
from pipeline.state.view import View

NAME = "flagging"
TAKEDOWNS, REVIEWS, WARNINGS, CLOSURES = "takedowns", "reviews", "seller-warnings", "store-closures"

SELLERS = Table("sellers", Ledger)
SCHEDULE = Schedule()
TABLES = (CLOCK, *shelf.TABLES, SELLERS, brake.COUNTS, *SCHEDULE.tables)


def process(records: Sequence[Record], view: View, reference: Reference) -> Outputs:
    """Handle one chunk. Pure: what comes out depends on the records, the state and the reference data alone."""
    offers = [Offer.of(record.event) for record in records if type(record.event) in (MatchedListing, SlimListing)]
    view.prefetch(SELLERS, [offer.seller_id for offer in offers])
    Shelf.prefetch(view, offers)
    flagger = Flagger(view, reference)
    for record in records:
        flagger.handle(record)
    return flagger.outputs


class Flagger:
    """Handles the records of a chunk one after the other."""

    _cause: Record  # the record that is handled

    def __init__(self, view: View, reference: Reference) -> None:
        self.outputs = Outputs()
        self._tally = self.outputs.tally
        self._view = view
        self._clock = Clock(view, reference)
        self._shelf = Shelf(view, SCHEDULE)

    def handle(self, record: Record) -> None:
        """Keep a record, and emit what it leads to."""
        self._tally.taken += 1
        self._cause = record
        event = record.event
        if record.fault is not None:
            return self.outputs.bury(NAME, record, record.fault)
        if isinstance(event, SequencedTick):
            self._tick(event)
        elif isinstance(event, MatchedListing | SlimListing):
            self._offer(Offer.of(event))
        else:
            raise TypeError(f"flagging is given a {type(event).__name__}")
        self._tally.kept += 1
        return None

    def _emit(self, topic: str, seller_id: str, decision: Decision) -> None:
        """Emit a decision, and count it."""
        self.outputs.emit(topic, seller_id, decision, self._cause)
        self._tally.decided[counted_as(decision)] += 1

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
            if deadline.what == brake.FORGET:
                brake.forget(self._view, deadline)
            else:
                self._shelf.forget(deadline, tick.at)

    # -- a listing arrives

    def _offer(self, offer: Offer) -> None:
        known, ledger = self._shelf.known(offer), self._view.get(SELLERS, offer.seller_id) or Ledger()
        if known is None and offer.change != "removed":
            ledger = replace(ledger, listed=ledger.listed + 1)
            self._view.put(SELLERS, offer.seller_id, ledger)
        listing = renewed(offer, known)
        if offer.change == "removed":
            self._shelf.remove(offer, listing, self._policy.times)
            self._tally.facts["removed"] += 1
        elif listing.status == "down":
            self._shelf.keep(offer, listing)  # an update does not bring a listing back: only a new offer is decided on anew
            self._tally.facts["already-down"] += 1
        elif ledger.closure_id is not None:
            listing = replace(listing, right_ids=_used(offer.matched.matches) if offer.matched else ())
            self._sweep(offer.seller_id, offer.listing_id, listing, ledger.closure_id, offer.at)
        elif offer.matched is None:
            self._shelf.keep(offer, replace(listing, right_ids=(), question=None))
            self._tally.facts["unmatched"] += 1
        else:
            self._decide(offer, offer.matched, listing, ledger)

    # -- the decision

    def _decide(self, offer: Offer, event: MatchedListing, listing: KnownListing, ledger: Ledger) -> None:
        """Take down, ask, or clear."""
        verdicts = self._verdicts(offer, event, ledger)
        self._count_shadow(verdicts)
        listing = replace(listing, right_ids=_used(event.matches), price=event.listing.price, currency=event.listing.currency)
        acting = [verdict for verdict in verdicts if verdict.right.status == "active"]
        down = [verdict for verdict in acting if verdict.outcome == "takedown"]
        asked = [verdict for verdict in acting if verdict.outcome != "clear"]
        if down and self._brake_allows(down, offer):
            self._take_down(offer, listing, ledger, down)
        elif asked:
            self._ask(offer, listing, asked, braked=bool(down))
        else:
            self._tally.facts["clear"] += 1
            self._shelf.keep(offer, listing)

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
        titles = self._shelf.traces(offer.seller_id, "title", (offer.fingerprint,))
        return Past(score, ledger.down, titles, self._shelf.traces(offer.seller_id, "picture", offer.phashes))

    def _count_shadow(self, verdicts: Iterable[Verdict]) -> None:
        """Count what a right or a signal on trial would have done."""
        for verdict in verdicts:
            if verdict.right.status == "shadow":
                self._tally.facts[f"shadow-{verdict.outcome}"] += 1
            for code in verdict.shadow:
                self._tally.facts[f"shadow-signal-{code}"] += 1

    def _brake_allows(self, verdicts: Sequence[Verdict], offer: Offer) -> bool:
        return brake.allows(self._view, self._policy.brake, _right_ids(verdicts), verdicts[0].lead, offer.at)

    # -- a question

    def _ask(self, offer: Offer, listing: KnownListing, verdicts: Sequence[Verdict], *, braked: bool) -> None:
        """Open a review, unless the same was asked about this listing before."""
        question = key(*(verdict.right.right_id for verdict in verdicts), *(share.code for share in verdicts[0].shares))
        self._shelf.keep(offer, replace(listing, question=question))
        if listing.question == question:
            self._tally.facts["asked-before"] += 1
            return
        self._tally.facts["braked" if braked else "review"] += 1
        self._emit(REVIEWS, offer.seller_id, decisions.review(offer, verdicts, self._snapshot, braked=braked))

    # -- a takedown and what follows from it

    def _take_down(self, offer: Offer, listing: KnownListing, ledger: Ledger, verdicts: Sequence[Verdict]) -> None:
        policy, preset, lead = self._policy, self._policy.preset(), verdicts[0]
        cost = self._cost(offer, listing, ledger, lead, preset)
        language = offer.matched.listing.language if offer.matched else None
        takedown = decisions.takedown(offer, verdicts, language, cost, self._snapshot)
        self._emit(TAKEDOWNS, offer.seller_id, takedown)
        self._tally.facts["takedown"] += 1
        brake.count(self._view, SCHEDULE, policy.brake, _right_ids(verdicts), lead.lead, offer.at, policy.times.lateness)
        self._shelf.take_down(offer.seller_id, offer.listing_id, listing, takedown.takedown_id, offer.at, policy.times)
        self._shelf.leave_traces(offer, takedown.takedown_id, policy.times)
        ledger = _with_takedown(ledger, takedown, first=listing.takedown_id is None)
        self._view.put(SELLERS, offer.seller_id, ledger)
        if preset is not None and not cost.excused:
            self._take_next_step(offer.seller_id, ledger, takedown, preset)

    def _cost(self, offer: Offer, listing: KnownListing, ledger: Ledger, lead: Verdict, preset: Preset | None) -> Cost:
        if preset is None:
            return Cost(0, excused=False)
        if is_excused(ledger, listing.first_seen, offer.at, preset, self._policy.enforcement.grace):
            return Cost(0, excused=True)
        return Cost(preset.points.get(severity(lead, self._policy), 0), excused=False)

    def _take_next_step(self, seller_id: str, ledger: Ledger, takedown: Takedown, preset: Preset) -> None:
        """Warn, restrict, suspend or close, where the takedown leads to it."""
        at = ledger.newest(takedown.decided_at)
        step = next_step(ledger, at, preset)
        if step is None:
            return
        if step.code == "closure":
            self._close(seller_id, ledger, takedown.takedown_id, at, preset)
            return
        issued = warning(ledger, step, seller_id, takedown.takedown_id, at, self._policy, preset)
        self._emit(WARNINGS, seller_id, issued)
        self._tally.facts[step.code] += 1
        self._view.put(SELLERS, seller_id, ledger.with_step(StepTaken(step.code, at)))

    def _close(self, seller_id: str, ledger: Ledger, cause: str, at: datetime, preset: Preset) -> None:
        """Close the store, and take down all that it still offers."""
        live = list(self._shelf.live(seller_id))
        closed = closure(ledger, seller_id, cause, at, len(live), self._policy, preset)
        self._emit(CLOSURES, seller_id, closed)
        self._tally.facts["closure"] += 1
        self._view.put(SELLERS, seller_id, replace(ledger, closure_id=closed.closure_id))
        for listing_id, listing in live:
            self._sweep(seller_id, listing_id, listing, closed.closure_id, at)

    def _sweep(self, seller_id: str, listing_id: str, listing: KnownListing, closure_id: str, at: datetime) -> None:
        """Take down a listing of a closed store."""
        takedown = decisions.swept(seller_id, listing_id, listing, closure_id, at, self._snapshot)
        self._emit(TAKEDOWNS, seller_id, takedown)
        self._tally.facts["swept"] += 1
        self._shelf.take_down(seller_id, listing_id, listing, takedown.takedown_id, at, self._policy.times)


def _with_takedown(ledger: Ledger, takedown: Takedown, *, first: bool) -> Ledger:
    """Count a takedown; `first`: of its listing, since a share of the listings is what `down` is for."""
    ledger = replace(ledger, down=ledger.down + first)
    return ledger.with_hit(Hit(takedown.takedown_id, takedown.decided_at, takedown.points)) if takedown.points else ledger


def _right_ids(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    return tuple(verdict.right.right_id for verdict in verdicts)


def _used(matches: Iterable[Match]) -> tuple[str, ...]:
    """Return the rights whose names are used as brands; a reference is no use, and a shadow right acts on nothing."""
    return tuple(dict.fromkeys(match.right_id for match in matches if match.use == "brand" and not match.shadow))


def _by_right(matches: Iterable[Match]) -> dict[str, tuple[Match, ...]]:
    groups: dict[str, tuple[Match, ...]] = {}
    for match in matches:
        groups[match.right_id] = (*groups.get(match.right_id, ()), match)
    return groups
