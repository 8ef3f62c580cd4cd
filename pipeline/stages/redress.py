"""Redress: what people decide, what is objected to, what deadlines bring, and what is given back."""

from datetime import datetime

from msgspec.structs import replace

from pipeline.enforcement import brake
from pipeline.enforcement.ledger import Ledger
from pipeline.enforcement.regimes import put_back_at, regime
from pipeline.events.dead_letter import Fault
from pipeline.events.ids import derive
from pipeline.events.notice import Outcome
from pipeline.events.sequence import SequencedAppeal, SequencedNotice, SequencedRuling
from pipeline.events.takedown import Severity
from pipeline.stages import attached, decisions, rulings
from pipeline.stages.cases import Case, refusal_of
from pipeline.stages.decisions import Answer
from pipeline.stages.desk import SCHEDULE, SELLERS, Desk
from pipeline.stages.enforcer import Enforcer
from pipeline.stages.notice_checks import rights_in_question
from pipeline.stages.notices import KnownNotice
from pipeline.stages.outcomes import Outcomes
from pipeline.stages.questions import Question
from pipeline.stages.registry import is_valid
from pipeline.stages.reversal import Ground, Reversal
from pipeline.stages.shelf import KnownListing
from pipeline.stages.verdict import about_goods
from pipeline.state.table import SEPARATOR


class Redress:
    """Works at one chunk's desk."""

    def __init__(self, desk: Desk, enforcer: Enforcer, outcomes: Outcomes) -> None:
        self._desk, self._enforcer, self._outcomes = desk, enforcer, outcomes

    def ruling(self, event: SequencedRuling) -> Fault | None:
        """Do what people have decided. A fault: it cannot be decided so, or not by them."""
        found = rulings.settle(event, self._desk.questions, self._desk.cases, self._desk.snapshot.registry)
        if isinstance(found, Fault):
            return found
        self._desk.tally.facts[f"ruled-{event.verdict}"] += 1
        if isinstance(found, rulings.Answered):
            self._answer(event, found.review_id, found.question)
        elif isinstance(found, rulings.Stayed):
            self._desk.cases.note(event.seller_id, found.ident, replace(found.case, put_back_at=None))
            self._desk.tally.facts["stayed"] += 1
        elif found.case.kind == "refusal":
            self._settle_complaint(event, found)
        else:
            self._settle(event, found)
        return None

    # -- questions

    def _answer(self, event: SequencedRuling, review_id: str, asked: Question) -> None:
        """Do what the answer to a question says."""
        seller_id, at = event.seller_id, event.at
        if asked.listing_id is None:
            self._desk.answered(seller_id, review_id, "ruling", at)
            self._answer_closure(event, review_id, asked)
        elif not self._has_active_right(asked, at):
            self._close_question(seller_id, review_id, at)
        else:
            self._desk.answered(seller_id, review_id, "ruling", at)
            self._answer_listing(event, review_id, asked, asked.listing_id)

    def _answer_listing(self, event: SequencedRuling, review_id: str, asked: Question, listing_id: str) -> None:
        seller_id = event.seller_id
        if event.verdict == "genuine":
            self._desk.shelf.exempt(seller_id, listing_id, asked.right_ids, asked.content or "")
            self._tell(seller_id, review_id, "refused", "found-genuine", event.at)
        elif event.verdict == "inconclusive":
            self._tell(seller_id, review_id, "refused", "inconclusive", event.at)
        else:
            answer = Answer(review_id, event.at, decisions.graveness(event), event)
            self._take_down(seller_id, asked, listing_id, answer)

    def _answer_closure(self, event: SequencedRuling, review_id: str, asked: Question) -> None:
        """Close the store where people say so."""
        ledger, preset = replace(self._desk.ledger(event.seller_id), closure_question=None), self._desk.policy.preset()
        self._desk.view.put(SELLERS, event.seller_id, ledger)
        if event.verdict == "uphold" and preset is not None and ledger.closure_id is None:
            at = ledger.newest(event.at)
            self._enforcer.close_as_answered(event.seller_id, ledger, asked.cause or review_id, at, preset, review_id)

    def unanswered(self, name: str, now: datetime) -> None:
        """End a question that nobody has answered in time."""
        seller_id, _, review_id = name.partition(SEPARATOR)
        asked = self._desk.questions.waiting(seller_id, review_id)
        if asked is None:
            return
        if asked.listing_id is None:
            self._desk.answered(seller_id, review_id, "unanswered", now)
            self._desk.view.put(SELLERS, seller_id, replace(self._desk.ledger(seller_id), closure_question=None))
        elif not self._has_active_right(asked, now):
            self._close_question(seller_id, review_id, now)
        else:
            self._desk.answered(seller_id, review_id, "unanswered", now)
            self._default(seller_id, review_id, asked, asked.listing_id, now)

    def _default(self, seller_id: str, review_id: str, asked: Question, listing_id: str, now: datetime) -> None:
        """Do what the policy says where nobody answers."""
        listing = self._desk.shelf.of(seller_id, listing_id)
        if listing is not None and listing.status == "down":
            self._tell(seller_id, review_id, "already_down", "already-down", now, automated=True, takedown_id=listing.takedown_id)
        elif listing is not None and _is_suspected(asked, listing) and self._may_take_down_unasked(asked, now):
            grave: Severity = "serious" if _score(asked, listing) >= self._desk.policy.decision.serious else "ordinary"
            self._take_down(seller_id, asked, listing_id, Answer(review_id, now, grave, None))
        else:
            self._tell(seller_id, review_id, "refused", "unanswered", now, automated=True)

    def _may_take_down_unasked(self, asked: Question, now: datetime) -> bool:
        """Tell whether silence takes down, by the policy, and by the brake, for which it counts then."""
        policy, view = self._desk.policy, self._desk.view
        if policy.reviews.unanswered != "takedown" or not brake.allows(view, policy.brake, asked.right_ids, decisions.UNANSWERED, now):
            return False
        brake.count(view, SCHEDULE, policy.brake, asked.right_ids, decisions.UNANSWERED, now, policy.times.lateness)
        return True

    def _take_down(self, seller_id: str, asked: Question, listing_id: str, by: Answer) -> None:
        """Take down what a question was about, where it is still there; to remove it is no escape."""
        listing = self._desk.shelf.of(seller_id, listing_id)
        if listing is None:
            self._tell(seller_id, by.ident, "refused", "listing-unknown", by.at)
        elif listing.status == "down":
            self._desk.tally.facts["already-down"] += 1
            self._tell(seller_id, by.ident, "already_down", "already-down", by.at, takedown_id=listing.takedown_id)
        else:
            takedown_id = self._carry_out(seller_id, asked, listing_id, listing, by)
            self._tell(seller_id, by.ident, "accepted", "accepted", by.at, automated=by.by is None, takedown_id=takedown_id)

    def _carry_out(self, seller_id: str, asked: Question, listing_id: str, listing: KnownListing, by: Answer) -> str:
        ledger, preset = self._desk.ledger(seller_id), self._desk.policy.preset()
        cost = self._enforcer.cost(listing, ledger, by.severity, preset, by.at)
        takedown = decisions.answered(seller_id, asked, listing_id, listing, by, cost, self._desk.snapshot)
        self._enforcer.carry_out(takedown, listing, ledger, preset)
        return takedown.takedown_id

    def _close_question(self, seller_id: str, review_id: str, at: datetime) -> None:
        """End a question none of whose rights holds any more."""
        self._desk.answered(seller_id, review_id, "right-inactive", at)
        self._tell(seller_id, review_id, "refused", "right-inactive", at, automated=True)

    def _has_active_right(self, asked: Question, at: datetime) -> bool:
        rights = self._desk.snapshot.registry.rights
        found = (rights[right_id] for right_id in asked.right_ids if right_id in rights)
        return any(right.status == "active" and is_valid(right, at) for right in found)

    def _tell(
        self,
        seller_id: str,
        review_id: str,
        outcome: Outcome,
        code: str,
        at: datetime,
        *,
        automated: bool = False,
        takedown_id: str | None = None,
    ) -> None:
        """Answer the notices that wait for a question."""
        waiting = attached.question(review_id)
        for notice_id in self._desk.attached.of(seller_id, waiting):
            known = self._desk.notices.get(seller_id, notice_id)
            if known is not None and known.outcome is None:
                self._outcomes.end(known, outcome, code, at, automated=automated, takedown_id=takedown_id)
        self._desk.attached.clear(seller_id, waiting)

    def leave_question(self, notice: KnownNotice, at: datetime) -> None:
        """Let a notice that was taken back wait for no question; one that only notices have opened ends with the last of them."""
        seller_id = notice.event.seller_id
        asked = self._desk.questions.waiting(seller_id, notice.review_id)
        if asked is None or notice.review_id is None:
            return
        waiting = attached.question(notice.review_id)
        self._desk.attached.remove(seller_id, waiting, notice.event.notice_id, notice.place)
        if not asked.by_signals and not self._desk.attached.of(seller_id, waiting):
            self._desk.answered(seller_id, notice.review_id, "retracted", at)

    # -- measures

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
            self._start_clock(event, found.ident)
        return None

    def _start_clock(self, event: SequencedAppeal, takedown_id: str) -> None:
        """Let a takedown be put back by its deadline, where its regime has one, and say so to who gave notice."""
        case = self._desk.cases.get(event.seller_id, takedown_id)
        assert case is not None, "it has just been appealed against"
        policy, rights = self._desk.policy, self._desk.snapshot.registry.rights
        kinds = [rights[right_id].kind for right_id in case.right_ids if right_id in rights]
        swept = case.closure_id is not None  # it goes and comes with its store
        under = "dsa" if swept else regime(policy.appeals, case.source, kinds, case.marketplace, event.jurisdiction)
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
        grave = decisions.claimed(known.event) if event.verdict == "reverse" else decisions.graveness(event)
        asked = decisions.asked_by(known.event, listing, rights)
        takedown_id = self._carry_out(
            event.seller_id, asked, known.event.listing_id, listing, Answer(refusal_of(known.event.notice_id), event.at, grave, event)
        )
        self._outcomes.joins(known, takedown_id, event.at)
        return takedown_id


def _is_suspected(asked: Question, listing: KnownListing) -> bool:
    """Tell whether a signal about the goods speaks against a listing as it is now, in what was asked."""
    concerned = set(asked.right_ids).difference(listing.found_genuine)
    return any(about_goods(one.shares) for one in listing.weighed if one.right_id in concerned)


def _score(asked: Question, listing: KnownListing) -> float:
    """Return what a listing scores as it is now, in what was asked."""
    return max((one.score for one in listing.weighed if one.right_id in asked.right_ids), default=asked.score)


def _with_outcome(ledger: Ledger, settled: rulings.Settled) -> Ledger:
    """Count how an appeal has ended for the seller."""
    if settled.before not in ("appealed", "put_back"):
        return ledger
    if settled.move == "reverse":
        return replace(ledger, appeals_won=ledger.appeals_won + 1)
    return replace(ledger, appeals_lost=ledger.appeals_lost + 1)
