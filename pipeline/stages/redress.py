"""Redress: what people decide about measures, what is objected to, what deadlines bring, and what is given back."""

from datetime import datetime

from msgspec.structs import replace

from pipeline.enforcement.ledger import Ledger
from pipeline.enforcement.regimes import put_back_at, regime
from pipeline.events.dead_letter import Fault
from pipeline.events.ids import derive
from pipeline.events.sequence import SequencedAppeal, SequencedNotice, SequencedRuling
from pipeline.stages import decisions, rulings
from pipeline.stages.answers import Answers
from pipeline.stages.cases import Case, refusal_of
from pipeline.stages.decisions import Answer
from pipeline.stages.desk import SELLERS, Desk
from pipeline.stages.enforcer import Enforcer
from pipeline.stages.notice_checks import rights_in_question
from pipeline.stages.notices import KnownNotice
from pipeline.stages.outcomes import Outcomes
from pipeline.stages.reversal import Ground, Reversal
from pipeline.state.table import SEPARATOR


class Redress:
    """Works at one chunk's desk."""

    def __init__(self, desk: Desk, enforcer: Enforcer, outcomes: Outcomes, answers: Answers) -> None:
        self._desk, self._enforcer, self._outcomes, self._answers = desk, enforcer, outcomes, answers

    def ruling(self, event: SequencedRuling) -> Fault | None:
        """Do what people have decided. A fault: it cannot be decided so, or not by them."""
        found = rulings.settle(event, self._desk.questions, self._desk.cases, self._desk.snapshot.registry)
        if isinstance(found, Fault):
            return found
        self._desk.tally.facts[f"ruled-{event.verdict}"] += 1
        if isinstance(found, rulings.Answered):
            self._answers.answer(event, found.review_id, found.question)
        elif isinstance(found, rulings.Stayed):
            self._desk.cases.note(event.seller_id, found.ident, replace(found.case, put_back_at=None))
            self._desk.tally.facts["stayed"] += 1
        elif found.case.kind == "refusal":
            self._settle_complaint(event, found)
        else:
            self._settle(event, found)
        return None

    def _settle(self, event: SequencedRuling, settled: rulings.Settled) -> None:
        """Give back what was reversed; of what was upheld, count it again for what it leads to."""
        seller_id, case = event.seller_id, settled.case
        if settled.before in ("appealed", "put_back"):
            self._desk.tally.facts[f"appeal-{case.state}"] += 1
        ledger = _with_outcome(self._desk.ledger(seller_id), settled)
        if settled.move == "reverse":
            self._reverse(seller_id, settled.ident, case, ledger, Ground("ruling", event.at, ruling_id=event.ruling_id))
            self._outcomes.reverse(seller_id, settled.ident, event.at)
            return
        ledger = ledger.upheld(settled.ident)
        self._desk.view.put(SELLERS, seller_id, ledger)
        if case.kind == "takedown":
            if settled.before == "put_back":
                ledger = self._renew(event, settled.ident, case, ledger)
            self._count_again(event, settled, ledger)

    def _count_again(self, event: SequencedRuling, settled: rulings.Settled, ledger: Ledger) -> None:
        """Do what the points of an upheld takedown lead to: inside its appeal they counted for a warning only."""
        preset = self._desk.policy.preset()
        if preset is None or not any(hit.takedown_id == settled.ident for hit in ledger.hits):
            return
        cause, at = derive("upheld", settled.ident, event.ruling_id), ledger.newest(event.at)
        self._enforcer.take_next_step(event.seller_id, ledger, cause, at, preset, beyond_warning=settled.before == "appealed")

    def _renew(self, event: SequencedRuling, takedown_id: str, case: Case, ledger: Ledger) -> Ledger:
        """Take a listing down again that was put back and is as it was then."""
        seller_id, listing = event.seller_id, self._desk.shelf.of(event.seller_id, case.listing_id or "")
        if listing is None or listing.put_back != takedown_id or listing.status != "live":
            return ledger
        takedown = decisions.renewed(seller_id, takedown_id, case, listing, event, self._desk.snapshot)
        self._enforcer.renew(takedown, listing)
        self._desk.cases.note(seller_id, takedown_id, replace(case, renewed_by=takedown.takedown_id))
        ledger = replace(ledger, down=ledger.down + 1)
        self._desk.view.put(SELLERS, seller_id, ledger)
        return ledger

    def _reverse(self, seller_id: str, ident: str, case: Case, ledger: Ledger, ground: Ground) -> None:
        back = Reversal(self._desk, seller_id, ground)
        if case.kind == "warning":
            ledger = back.warning(ident, ledger)
        elif case.kind == "closure":
            ledger = back.closure(ident, ledger)
        else:
            ledger = back.takedown(ident, case, ledger)
        self._desk.view.put(SELLERS, seller_id, ledger)
        self._sweep_again(seller_id, case, ledger, ground.at)

    def _sweep_again(self, seller_id: str, case: Case, ledger: Ledger, at: datetime) -> None:
        """A listing that comes back to a closed store goes with it, as a new one would."""
        if ledger.closure_id is None or case.listing_id is None:
            return
        listing = self._desk.shelf.of(seller_id, case.listing_id)
        if listing is not None and listing.status == "live":
            self._enforcer.sweep(seller_id, case.listing_id, listing, ledger.closure_id, at)

    def retracted(self, takedown_id: str, by: SequencedNotice) -> None:
        """Reverse a takedown that nothing but a notice carries, which is taken back; what people have upheld stays."""
        seller_id = by.seller_id
        case = self._desk.cases.get(seller_id, takedown_id)
        if case is None or case.rests_on is None or case.rests_on != by.retracts or case.state in ("upheld", "reversed"):
            return
        moved = self._desk.cases.move(seller_id, takedown_id, "reverse", "notifier")
        self._reverse(seller_id, takedown_id, moved, self._desk.ledger(seller_id), Ground("retraction", by.at, notice_id=by.notice_id))
        self._outcomes.reverse(seller_id, takedown_id, by.at)  # the one that was taken back has been told so

    # -- appeals

    def appeal(self, event: SequencedAppeal) -> Fault | None:
        """Note that somebody objects: from now on the measure waits for a ruling, or for the deadline that its regime sets."""
        found = rulings.appeal(event, self._desk.cases, self._desk.policy.appeals)
        if isinstance(found, Fault):
            return found
        times, seller_id = self._desk.policy.times, event.seller_id
        self._desk.cases.appealed(seller_id, event.appeal_id, found.ident, event.at + times.undoable)
        if found.case.kind == "refusal":
            self._desk.tally.facts["complained"] += 1
            return None
        self._desk.view.put(SELLERS, seller_id, self._desk.ledger(seller_id).contested(found.ident))
        self._desk.tally.facts["appealed"] += 1
        if found.case.kind == "takedown":
            self._start_clock(event, found.ident, found.case)
        return None

    def _start_clock(self, event: SequencedAppeal, takedown_id: str, case: Case) -> None:
        """Let a takedown be put back by its deadline, where its regime has one, and say so to who gave notice."""
        policy = self._desk.policy
        kinds = [right.kind for right in self._desk.snapshot.registry.known(case.right_ids)]
        under = regime(policy.appeals, case.source, kinds, case.marketplace, event.jurisdiction)
        until = put_back_at(policy.appeals, under, event.at)
        self._desk.tally.facts[f"regime-{under}"] += 1
        if until is not None:
            self._desk.cases.await_put_back(event.seller_id, takedown_id, case, until, policy.times)
            self._outcomes.forward(event.seller_id, takedown_id, event.at, until)

    def put_back(self, name: str, now: datetime) -> None:
        """Put a takedown back whose deadline has passed, unless somebody has decided, or a suit has come."""
        seller_id, _, takedown_id = name.partition(SEPARATOR)
        case = self._desk.cases.get(seller_id, takedown_id)
        if case is None or case.state != "appealed" or case.put_back_at is None:
            return
        if case.put_back_at + self._desk.policy.times.lateness > now:
            return
        case = self._desk.cases.move(seller_id, takedown_id, "put_back", "deadline")
        ground = Ground("deadline", now, appeal_id=case.appeal_id)
        ledger = Reversal(self._desk, seller_id, ground).put_back(takedown_id, case, self._desk.ledger(seller_id))
        self._desk.view.put(SELLERS, seller_id, ledger)
        self._desk.tally.facts["put-back"] += 1
        self._outcomes.put_back(seller_id, takedown_id)
        self._sweep_again(seller_id, case, ledger, now)

    def _settle_complaint(self, event: SequencedRuling, settled: rulings.Settled) -> None:
        """Accept a notice after all, where people say that it was refused wrongly."""
        seller_id, case = event.seller_id, settled.case
        known = self._desk.notices.get(seller_id, case.notice_id or "")
        self._desk.tally.facts[f"complaint-{settled.case.state}"] += 1
        if settled.move == "uphold" or known is None:
            return
        self._outcomes.amend(seller_id, known.event.notice_id, "reversed", "complaint-upheld", event.at, self._accept(event, case, known))

    def _accept(self, event: SequencedRuling, refused: Case, known: KnownNotice) -> str | None:
        """Take down what a notice is about that was refused; return the takedown, None where there is nothing to take down."""
        listing = self._desk.shelf.of(event.seller_id, known.event.listing_id)
        if listing is None:
            return None
        if listing.status == "down":
            return listing.takedown_id
        rights = rights_in_question(known.event, listing, self._desk.snapshot, event.at)
        if not rights:
            return None
        grave = decisions.graveness(known.event.claim if event.verdict == "reverse" else event.verdict)
        asked = decisions.asked_by(known.event, rights)
        takedown_id = self._answers.carry_out(
            event.seller_id, asked, known.event.listing_id, listing, Answer(refusal_of(known.event.notice_id), event.at, grave, event)
        )
        self._outcomes.joins(known, takedown_id, event.at)
        return takedown_id


def _with_outcome(ledger: Ledger, settled: rulings.Settled) -> Ledger:
    """Count how an appeal has ended for the seller."""
    if settled.before not in ("appealed", "put_back"):
        return ledger
    if settled.move == "reverse":
        return replace(ledger, appeals_won=ledger.appeals_won + 1)
    return replace(ledger, appeals_lost=ledger.appeals_lost + 1)
