"""The enforcer: carries a takedown out, and does what follows from it for the seller: points, steps, the end of a store."""

from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from pipeline.enforcement import lifecycle
from pipeline.enforcement.ledger import Hit, Ledger, StepTaken
from pipeline.enforcement.measures import closure, decided_by, warning
from pipeline.enforcement.steps import WARNING, is_excused, next_step
from pipeline.events.enforcement import ClosureDecision
from pipeline.events.takedown import Severity, Takedown
from pipeline.policy.model import Preset
from pipeline.stages import decisions
from pipeline.stages.cases import Case
from pipeline.stages.decisions import Cost
from pipeline.stages.desk import CLOSURES, SELLERS, TAKEDOWNS, WARNINGS, Desk
from pipeline.stages.shelf import KnownListing


class Enforcer:
    """Works at one chunk's desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def carry_out(self, takedown: Takedown, listing: KnownListing, rests_on: str | None = None) -> None:
        """Take a listing down, remember it, and do what follows for its seller. `rests_on`: the one notice that carries it."""
        seller_id, times, at = takedown.seller_id, self._desk.policy.times, takedown.decided_at
        self._desk.emit(TAKEDOWNS, seller_id, takedown)
        self._desk.tally.facts["takedown"] += 1
        self._desk.shelf.take_down(listing, takedown, times)
        kept = self._desk.policy.duplicates.kept
        self._desk.traces.leave(seller_id, listing, takedown.takedown_id, at, times, kept)
        case = replace(_case_of(takedown, listing), rests_on=rests_on)
        self._desk.cases.open(seller_id, takedown.takedown_id, case, times)
        ledger = _with_takedown(self._desk.ledger(seller_id), takedown, first=listing.takedown_id is None)
        self._desk.view.put(SELLERS, seller_id, ledger)
        preset = self._desk.policy.preset()
        if preset is not None and takedown.points:
            self.take_next_step(seller_id, ledger, takedown.takedown_id, ledger.newest(at), preset)

    def renew(self, takedown: Takedown, listing: KnownListing) -> None:
        """Take a listing down once more that was put back. Its points are those of the first takedown, which count again."""
        seller_id, times = takedown.seller_id, self._desk.policy.times
        self._desk.emit(TAKEDOWNS, seller_id, takedown)
        self._desk.tally.facts["takedown"] += 1
        self._desk.shelf.take_down(listing, takedown, times)
        self._desk.cases.open(
            seller_id, takedown.takedown_id, replace(_case_of(takedown, listing), state="upheld", renews=takedown.renews), times
        )

    def cost(self, seller_id: str, listing: KnownListing, grave: Severity, at: datetime) -> Cost:
        """Return what a takedown of a listing costs its seller."""
        preset = self._desk.policy.preset()
        if preset is None:
            return Cost(0, excused=False)
        if is_excused(self._desk.ledger(seller_id), listing.first_seen, at, preset, self._desk.policy.enforcement.grace):
            return Cost(0, excused=True)
        return Cost(preset.points.get(grave, 0), excused=False)

    def take_next_step(
        self, seller_id: str, ledger: Ledger, cause: str, at: datetime, preset: Preset, *, beyond_warning: bool = False
    ) -> None:
        """Warn, restrict, suspend or close, where the cause leads to it: a takedown, or a ruling by which its points count."""
        if ledger.closure_id is not None:
            return  # a closed store has nothing more to lose: what is taken down there waits for its reopening
        step = next_step(ledger, at, preset)
        if step is None or (beyond_warning and step.code == WARNING):
            return
        if step.code == "closure":
            self._close_or_ask(seller_id, ledger, cause, at, preset, step.at)
            return
        issued = warning(ledger, step, seller_id, cause, at, self._desk.policy, preset)
        self._desk.emit(WARNINGS, seller_id, issued)
        self._desk.tally.facts[step.code] += 1
        self._open_case(seller_id, issued.warning_id, "warning", at)
        taken = StepTaken(step.code, at, issued.warning_id, step.at, self._desk.policy.enforcement.preset)
        self._desk.view.put(SELLERS, seller_id, ledger.with_step(taken))

    def _open_case(self, seller_id: str, ident: str, kind: Literal["warning", "closure"], at: datetime) -> None:
        times = self._desk.policy.times
        self._desk.cases.open(seller_id, ident, Case(kind, lifecycle.FIRST, at, at + times.appeal_window), times)

    def _close_or_ask(self, seller_id: str, ledger: Ledger, cause: str, at: datetime, preset: Preset, needed: int) -> None:
        """Close the store; where only machines have decided, people are asked first. One question at a time."""
        decision = decided_by(ledger, at, preset)
        if ledger.closure_question is not None:
            self._desk.tally.facts["closure-in-question"] += 1
        elif decision == "automated" and self._desk.policy.enforcement.ask_before_closure:
            review = decisions.closure_review(ledger, seller_id, cause, at, preset, self._desk.snapshot)
            self._desk.ask(review, decisions.question(review, None, cause=cause))
            self._desk.view.put(SELLERS, seller_id, replace(ledger, closure_question=review.review_id))
        else:
            self._close(seller_id, ledger, cause, at, preset, needed, decision)

    def close_as_answered(self, seller_id: str, ledger: Ledger, cause: str, at: datetime, preset: Preset, review_id: str) -> None:
        """Close a store because people have said so, if its takedowns still lead to that."""
        step = next_step(ledger, at, preset)
        if step is not None and step.code == "closure":
            self._close(seller_id, ledger, cause, at, preset, step.at, "human", review_id)
        else:
            self._desk.tally.facts["closure-not-due"] += 1

    def _close(
        self,
        seller_id: str,
        ledger: Ledger,
        cause: str,
        at: datetime,
        preset: Preset,
        needed: int,
        decision: ClosureDecision,
        review_id: str | None = None,
    ) -> None:
        """Close the store, and take down all that it still offers."""
        live = list(self._desk.shelf.live(seller_id))
        closed = closure(ledger, seller_id, cause, at, len(live), self._desk.policy, preset, decision, review_id)
        self._desk.emit(CLOSURES, seller_id, closed)
        self._desk.tally.facts["closure"] += 1
        self._open_case(seller_id, closed.closure_id, "closure", at)
        self._desk.view.put(SELLERS, seller_id, ledger.closed(closed.closure_id, at, needed, closed.preset))
        for listing_id, listing in live:
            self.sweep(seller_id, listing_id, listing, closed.closure_id, at)

    def sweep(self, seller_id: str, listing_id: str, listing: KnownListing, closure_id: str, at: datetime) -> None:
        """Take down a listing of a closed store."""
        takedown = decisions.swept(seller_id, listing_id, listing, closure_id, at, self._desk.snapshot)
        self._desk.emit(TAKEDOWNS, seller_id, takedown)
        self._desk.tally.facts["swept"] += 1
        self._desk.shelf.take_down(listing, takedown, self._desk.policy.times)
        self._desk.cases.open(seller_id, takedown.takedown_id, _case_of(takedown, listing), self._desk.policy.times)


def _case_of(takedown: Takedown, listing: KnownListing) -> Case:
    return Case(
        "takedown",
        lifecycle.FIRST,
        takedown.decided_at,
        takedown.appeal_until,
        takedown.listing_id,
        takedown.closure_id,
        takedown.right_ids,
        listing.fingerprint,
        listing.phashes,
        listing.brand,
        source=takedown.source,
        marketplace=listing.marketplace,
    )


def _with_takedown(ledger: Ledger, takedown: Takedown, *, first: bool) -> Ledger:
    """Count a takedown; `first`: of its listing, since a share of the listings is what `down` is for."""
    ledger = replace(ledger, down=ledger.down + first)
    hit = Hit(takedown.takedown_id, takedown.decided_at, takedown.points, human=takedown.decision == "human")
    return ledger.with_hit(hit) if takedown.points else ledger
