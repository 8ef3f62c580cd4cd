"""Answers: what becomes of a question to people, and of the notices that wait for it, when it is answered, or when nobody does in time."""

from datetime import datetime

from msgspec.structs import replace

from pipeline.events.notice import Outcome
from pipeline.events.sequence import SequencedRuling
from pipeline.stages import attached, decisions
from pipeline.stages.decisions import Answer
from pipeline.stages.desk import SELLERS, Desk
from pipeline.stages.enforcer import Enforcer
from pipeline.stages.notices import KnownNotice
from pipeline.stages.outcomes import Outcomes
from pipeline.stages.questions import Ending, Question
from pipeline.stages.registry import is_valid
from pipeline.stages.shelf import KnownListing
from pipeline.stages.verdict import about_goods, severity
from pipeline.state.table import SEPARATOR


class Answers:
    """Works at one chunk's desk."""

    def __init__(self, desk: Desk, enforcer: Enforcer, outcomes: Outcomes) -> None:
        self._desk, self._enforcer, self._outcomes = desk, enforcer, outcomes

    def answer(self, event: SequencedRuling, review_id: str, asked: Question) -> None:
        """Do what the answer to a question says."""
        if not self._end(event.seller_id, review_id, asked, "ruling", event.at):
            return
        if asked.listing_id is None:
            self._answer_closure(event, review_id, asked)
        else:
            self._answer_listing(event, review_id, asked, asked.listing_id)

    def unanswered(self, name: str, now: datetime) -> None:
        """End a question that nobody has answered in time."""
        seller_id, _, review_id = name.partition(SEPARATOR)
        asked = self._desk.questions.waiting(seller_id, review_id)
        if asked is not None and self._end(seller_id, review_id, asked, "unanswered", now) and asked.listing_id is not None:
            self._default(seller_id, review_id, asked, asked.listing_id, now)

    def _end(self, seller_id: str, review_id: str, asked: Question, how: Ending, at: datetime) -> bool:
        """End a question; tell whether its answer counts: it does not where it is about rights none of which holds any more."""
        if asked.listing_id is None:
            self._desk.view.put(SELLERS, seller_id, replace(self._desk.ledger(seller_id), closure_question=None))
        elif not self._has_active_right(asked, at):
            self._desk.answered(seller_id, review_id, "right-inactive", at)
            self._tell(seller_id, review_id, "refused", "right-inactive", at, automated=True)
            return False
        self._desk.answered(seller_id, review_id, how, at)
        return True

    def _answer_listing(self, event: SequencedRuling, review_id: str, asked: Question, listing_id: str) -> None:
        seller_id = event.seller_id
        if event.verdict == "genuine":
            self._desk.shelf.exempt(seller_id, listing_id, asked.right_ids, asked.content or "")
            self._tell(seller_id, review_id, "refused", "found-genuine", event.at)
        elif event.verdict == "inconclusive":
            self._tell(seller_id, review_id, "refused", "inconclusive", event.at)
        else:
            answer = Answer(review_id, event.at, decisions.graveness(event.verdict), event)
            self._take_down(seller_id, asked, listing_id, answer)

    def _answer_closure(self, event: SequencedRuling, review_id: str, asked: Question) -> None:
        """Close the store where people say so."""
        ledger, preset = self._desk.ledger(event.seller_id), self._desk.policy.preset()
        if event.verdict == "uphold" and preset is not None and ledger.closure_id is None:
            at = ledger.newest(event.at)
            self._enforcer.close_as_answered(event.seller_id, ledger, asked.cause or review_id, at, preset, review_id)

    def _default(self, seller_id: str, review_id: str, asked: Question, listing_id: str, now: datetime) -> None:
        """Do what the policy says where nobody answers."""
        listing = self._desk.shelf.of(seller_id, listing_id)
        if listing is not None and listing.status == "down":
            self._tell(seller_id, review_id, "already_down", "already-down", now, automated=True, takedown_id=listing.takedown_id)
        elif listing is not None and _is_suspected(asked, listing) and self._may_take_down_unasked(asked, now):
            grave = severity(_score(asked, listing), self._desk.policy)
            self._take_down(seller_id, asked, listing_id, Answer(review_id, now, grave, None))
        else:
            self._tell(seller_id, review_id, "refused", "unanswered", now, automated=True)

    def _may_take_down_unasked(self, asked: Question, now: datetime) -> bool:
        """Tell whether silence takes down, by the policy, and by the brake, for which it counts then."""
        silence, rights = self._desk.policy.reviews.unanswered, asked.right_ids
        if silence != "takedown" or not self._desk.brake_allows(rights, decisions.UNANSWERED, now):
            return False
        self._desk.count_for_brake(rights, decisions.UNANSWERED, now)
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
            takedown_id = self.carry_out(seller_id, asked, listing_id, listing, by)
            self._tell(seller_id, by.ident, "accepted", "accepted", by.at, automated=by.by is None, takedown_id=takedown_id)

    def carry_out(self, seller_id: str, asked: Question, listing_id: str, listing: KnownListing, by: Answer) -> str:
        """Take a listing down as the answer to a question, or to a refusal that was wrong; return the takedown."""
        cost = self._enforcer.cost(seller_id, listing, by.severity, by.at)
        takedown = decisions.answered(seller_id, asked, listing_id, listing, by, cost, self._desk.snapshot)
        self._enforcer.carry_out(takedown, listing)
        return takedown.takedown_id

    def _has_active_right(self, asked: Question, at: datetime) -> bool:
        found = self._desk.snapshot.registry.known(asked.right_ids)
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

    def leave(self, notice: KnownNotice, at: datetime) -> None:
        """Let a notice that was taken back wait for no question; one that only notices have opened ends with the last of them."""
        seller_id = notice.event.seller_id
        asked = self._desk.questions.waiting(seller_id, notice.review_id)
        if asked is None or notice.review_id is None:
            return
        waiting = attached.question(notice.review_id)
        self._desk.attached.remove(seller_id, waiting, notice.event.notice_id, notice.place)
        if not asked.by_signals and not self._desk.attached.of(seller_id, waiting):
            self._desk.answered(seller_id, notice.review_id, "retracted", at)


def _is_suspected(asked: Question, listing: KnownListing) -> bool:
    """Tell whether a signal about the goods speaks against a listing as it is now, in what was asked, and its brand is no guess."""
    concerned = set(asked.right_ids).difference(listing.found_genuine)
    return any(about_goods(one.shares) and not one.guessed for one in listing.weighed if one.right_id in concerned)


def _score(asked: Question, listing: KnownListing) -> float:
    """Return what a listing scores as it is now, in what was asked."""
    return max((one.score for one in listing.weighed if one.right_id in asked.right_ids), default=asked.score)
