"""Flagging: decides on each listing that touches a right, and enforces what follows for its seller.

In: `events.matched`. Out: `takedowns`, `reviews`, `seller-warnings`, `store-closures`, `reinstatements`, `notice-outcomes`. A listing that
arrives right after its store closed must see the closure, however the input is cut; so all is handled record by record, here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from pipeline.enforcement import brake
from pipeline.enforcement.ledger import Ledger
from pipeline.events.dead_letter import Fault
from pipeline.events.match import Match
from pipeline.events.right import Right
from pipeline.events.sequence import MatchedListing, SequencedAppeal, SequencedNotice, SequencedRuling, SequencedTick, SlimListing
from pipeline.matching.near.picture import telling_pdqs
from pipeline.signals.case import Case
from pipeline.stages import cases, decisions, desk, notices, questions
from pipeline.stages.answers import Answers
from pipeline.stages.desk import SCHEDULE, SELLERS, Desk
from pipeline.stages.enforcer import Enforcer
from pipeline.stages.intake import Intake
from pipeline.stages.notices import Notices
from pipeline.stages.offer import Offer
from pipeline.stages.outcomes import Outcomes
from pipeline.stages.recall import NOTHING, Beside, Recall
from pipeline.stages.record import Outputs, Record
from pipeline.stages.redress import Redress
from pipeline.stages.reference import Reference
from pipeline.stages.shelf import FORGET_LISTING, KnownListing, Shelf, renewed
from pipeline.stages.traces import Traces
from pipeline.stages.verdict import Verdict, right_ids, severity, weigh
from pipeline.state.schedule import Deadline
from pipeline.state.table import Table, key
from pipeline.state.view import View

NAME = "flagging"
TABLES: tuple[Table[Any], ...] = (*desk.TABLES, brake.COUNTS)

ByRight = Mapping[str, tuple[Match, ...]]  # the matches of each right


def process(records: Sequence[Record], view: View, reference: Reference) -> Outputs:
    """Handle one chunk. Pure: what comes out depends on the records, the state and the reference data alone."""
    offered = [Offer.of(record.event) if type(record.event) in (MatchedListing, SlimListing) else None for record in records]
    offers = [offer for offer in offered if offer is not None]
    view.prefetch(SELLERS, [offer.seller_id for offer in offers])
    Shelf.prefetch(view, offers)
    Notices.prefetch(view, offers)
    Traces.prefetch(view, [phash for offer in offers for phash in offer.phashes])
    flagger = Flagger(view, reference)
    for record, offer in zip(records, offered, strict=True):
        flagger.handle(record, offer)
    return flagger.outputs


class Flagger:
    """Handles the records of a chunk one after the other."""

    def __init__(self, view: View, reference: Reference) -> None:
        self._desk = Desk(view, reference)
        self._recall = Recall(self._desk)
        self._enforcer = Enforcer(self._desk)
        outcomes = Outcomes(self._desk)
        self._answers = Answers(self._desk, self._enforcer, outcomes)
        self._redress = Redress(self._desk, self._enforcer, outcomes, self._answers)
        self._intake = Intake(self._desk, self._enforcer, self._redress, self._answers, outcomes)

    @property
    def outputs(self) -> Outputs:
        """What came of the records so far."""
        return self._desk.outputs

    def handle(self, record: Record, offer: Offer | None) -> None:
        """Keep a record, and emit what it leads to. `offer`: the listing in it, where there is one."""
        self._desk.tally.taken += 1
        self._desk.cause = record
        event = record.event
        if record.fault is not None:
            return self.outputs.bury(NAME, record, record.fault)
        fault: Fault | None = None
        if offer is not None:
            self._offer(offer)
        elif isinstance(event, SequencedTick):
            self._tick(event)
        elif isinstance(event, SequencedNotice):
            fault = self._intake.notice(event)
        elif isinstance(event, SequencedRuling):
            fault = self._redress.ruling(event)
        elif isinstance(event, SequencedAppeal):
            fault = self._redress.appeal(event)
        else:
            raise TypeError(f"flagging is given a {type(event).__name__}")
        if fault is not None:
            return self.outputs.bury(NAME, record, fault)
        self._desk.tally.kept += 1
        return None

    # -- the clock

    def _tick(self, tick: SequencedTick) -> None:
        self._desk.clock.advance(tick)
        for deadline in SCHEDULE.take_due(self._desk.view, tick.at):
            self._due(deadline, tick.at)

    def _due(self, deadline: Deadline, now: datetime) -> None:
        if deadline.what == brake.FORGET:
            brake.forget(self._desk.view, deadline)
        elif deadline.what == questions.DUE:
            self._answers.unanswered(deadline.subject, now)
        elif deadline.what == cases.PUT_BACK:
            self._redress.put_back(deadline.subject, now)
        elif deadline.what == notices.WAITED:
            self._intake.give_up(deadline.subject, now)
        elif deadline.what == notices.FORGET_NOTICE:
            self._desk.notices.forget(deadline)
        elif deadline.what in (questions.FORGET_QUESTION, questions.FORGET_DAY):
            self._desk.questions.forget(deadline)
        elif deadline.what in (cases.FORGET_CASE, cases.FORGET_APPEAL):
            self._desk.cases.forget(deadline)
        elif deadline.what == FORGET_LISTING:
            self._desk.shelf.forget(deadline.subject, now)
        else:
            self._desk.traces.forget(deadline, now)

    # -- a listing arrives

    def _offer(self, offer: Offer) -> None:
        known, ledger = self._desk.shelf.known(offer), self._desk.ledger(offer.seller_id)
        if known is None and offer.change != "removed":
            ledger = replace(ledger, listed=ledger.listed + 1)
            self._desk.view.put(SELLERS, offer.seller_id, ledger)
        if offer.change == "removed":
            self._desk.shelf.remove(offer, known, self._desk.policy.times)
            self._desk.tally.facts["removed"] += 1
        else:
            self._offered(offer, renewed(offer, known), ledger)
        if known is None:
            self._intake.arrived(offer)

    def _offered(self, offer: Offer, listing: KnownListing, ledger: Ledger) -> None:
        """Handle what a seller offers, unless it is down, or its store is closed."""
        if listing.status == "down":
            self._desk.shelf.keep(offer, listing)  # an update does not bring a listing back: only a new offer is decided on anew
            self._desk.tally.facts["already-down"] += 1
        elif ledger.closure_id is not None:
            listing = _as_shown(listing, offer.matched) if offer.matched else replace(listing, right_ids=())
            self._enforcer.sweep(offer.seller_id, offer.listing_id, listing, ledger.closure_id, offer.at)
        elif offer.matched is None:
            self._desk.shelf.keep(offer, replace(listing, right_ids=(), weighed=(), question=None))
            self._desk.tally.facts["unmatched"] += 1
            self._recall.let_be(offer, ledger)
        else:
            self._decide(offer, offer.matched, listing, ledger)

    # -- the decision

    def _decide(self, offer: Offer, event: MatchedListing, listing: KnownListing, ledger: Ledger) -> None:
        """Take down, ask, or clear."""
        names_a_brand = any(match.use == "brand" for match in event.matches)
        beside = self._recall.beside(offer, event.listing, ledger) if names_a_brand else NOTHING
        acting_on, on_trial = _sorted_out(event.matches, self._desk.snapshot.registry.rights)
        every = self._verdicts(offer, event, acting_on, beside)
        verdicts = [verdict for verdict in every if verdict.right.right_id not in listing.exempt]
        if len(verdicts) < len(every):
            self._desk.tally.facts["exempt"] += 1
        self._count_shadow(verdicts)
        self._count_shadow_aliases(verdicts, self._verdicts(offer, event, on_trial, beside), listing.exempt)
        listing = replace(
            _as_shown(listing, event),
            weighed=tuple(verdict.weighed for verdict in every if verdict.shares),
            price=event.listing.price,
            currency=event.listing.currency,
        )
        acting = [verdict for verdict in verdicts if verdict.right.status == "active"]
        down = [verdict for verdict in acting if verdict.outcome == "takedown"]
        asked = [verdict for verdict in acting if verdict.outcome != "clear"]
        if down and self._desk.brake_allows(right_ids(down), down[0].lead, offer.at):
            self._take_down(offer, listing, down)
        elif asked:
            self._ask(offer, listing, asked, braked=bool(down))
        else:
            self._desk.tally.facts["clear"] += 1
            self._desk.shelf.keep(offer, listing)
            self._recall.let_be(offer, ledger)

    def _verdicts(self, offer: Offer, event: MatchedListing, by_right: ByRight, beside: Beside) -> list[Verdict]:
        """Weigh the listing against each right by some of its matches, the highest score first."""
        listing, rights, policy = event.listing, self._desk.snapshot.registry.rights, self._desk.policy
        verdicts = [
            weigh(Case(listing, offer.fingerprint, offer.at, rights[one], matches, beside.past, policy, beside.sightings.get(one)))
            for one, matches in by_right.items()
        ]
        return sorted(verdicts, key=lambda verdict: -verdict.score)

    def _count_shadow(self, verdicts: Iterable[Verdict]) -> None:
        """Count what a right or a signal on trial would have done."""
        for verdict in verdicts:
            if verdict.right.status == "shadow":
                self._desk.tally.facts[f"shadow-{verdict.outcome}"] += 1
            for code in verdict.shadow:
                self._desk.tally.facts[f"shadow-signal-{code}"] += 1

    def _count_shadow_aliases(self, acting: Sequence[Verdict], trials: Sequence[Verdict], exempt: Sequence[str]) -> None:
        """Count what rights would have done with their aliases on trial: the outcome, or that it stays what it is."""
        if trials:
            outcomes = {verdict.right.right_id: verdict.outcome for verdict in acting}
            for trial in trials:
                if trial.right.right_id not in exempt:
                    moved = trial.outcome != outcomes.get(trial.right.right_id, "clear")
                    self._desk.tally.facts[f"shadow-alias-{trial.outcome if moved else 'unmoved'}"] += 1

    # -- a question

    def _ask(self, offer: Offer, listing: KnownListing, verdicts: Sequence[Verdict], *, braked: bool) -> None:
        """Open a review, unless the same was asked about this listing before, or waits for its answer, or the day's budget is spent."""
        question = key(*(verdict.right.right_id for verdict in verdicts), *(share.code for share in verdicts[0].shares))
        waiting = {name: asked for name in listing.review_ids if (asked := self._desk.questions.waiting(offer.seller_id, name))}
        in_question = {right_id for asked in waiting.values() for right_id in asked.right_ids}
        fresh = [verdict for verdict in verdicts if verdict.right.right_id not in in_question]
        if listing.question == question or not fresh:
            self._desk.shelf.keep(offer, replace(listing, question=question, review_ids=tuple(waiting)))
            self._desk.tally.facts["asked-before"] += 1
            return
        review = decisions.review(offer, fresh, self._desk.snapshot, braked=braked)
        if not self._desk.questions.affordable(review.priority, offer.at, self._desk.policy.reviews):
            self._desk.shelf.keep(offer, replace(listing, review_ids=tuple(waiting)))
            self._desk.tally.facts["capacity"] += 1
            return
        self._desk.tally.facts["braked" if braked else "review"] += 1
        self._desk.shelf.keep(offer, replace(listing, question=question, review_ids=(*waiting, review.review_id)))
        self._desk.ask(review, decisions.question(review, listing.content, by_signals=True))

    # -- a takedown and what follows from it

    def _take_down(self, offer: Offer, listing: KnownListing, verdicts: Sequence[Verdict]) -> None:
        lead = verdicts[0]
        cost = self._enforcer.cost(offer.seller_id, listing, severity(lead.score, self._desk.policy), offer.at)
        takedown = decisions.takedown(offer, verdicts, cost, self._desk.snapshot)
        self._desk.count_for_brake(takedown.right_ids, lead.lead, offer.at)
        self._enforcer.carry_out(takedown, listing)


def _as_shown(listing: KnownListing, event: MatchedListing) -> KnownListing:
    """Return what is known of a listing with the rights that it uses, and what it is recognised by if it is taken down."""
    used = _used(event.matches)
    title, pdqs = (event.listing.title, telling_pdqs(event.listing)) if used else (None, ())
    return replace(listing, right_ids=used, title=title, pdqs=pdqs)


def _used(matches: Iterable[Match]) -> tuple[str, ...]:
    """Return the rights whose names are used as brands; a reference is no use, and a shadow right acts on nothing."""
    return tuple(dict.fromkeys(match.right_id for match in matches if match.use == "brand" and not match.shadow))


def _sorted_out(matches: Sequence[Match], rights: Mapping[str, Right]) -> tuple[ByRight, ByRight]:
    """Return the matches by right, without those by aliases on trial; and all matches of the rights that have such.

    Of a right that is itself on trial all are weighed, and the verdict acts on nothing.
    """
    tried = {match.right_id for match in matches if match.shadow and rights[match.right_id].status != "shadow"}
    if not tried:
        return _by_right(matches), {}
    acting = (match for match in matches if not (match.shadow and match.right_id in tried))
    return _by_right(acting), _by_right(match for match in matches if match.right_id in tried)


def _by_right(matches: Iterable[Match]) -> ByRight:
    groups: dict[str, tuple[Match, ...]] = {}
    for match in matches:
        groups[match.right_id] = (*groups.get(match.right_id, ()), match)
    return groups
