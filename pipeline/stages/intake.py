"""Intake: what a notice leads to. The rules are in docs/people.md; the order in which they are asked is here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from pipeline.events.dead_letter import Fault
from pipeline.events.right import Right
from pipeline.events.sequence import SequencedNotice
from pipeline.events.standing import Tier
from pipeline.signals.case import Finding
from pipeline.stages import attached, decisions, notice_checks
from pipeline.stages.answers import Answers
from pipeline.stages.desk import Desk
from pipeline.stages.enforcer import Enforcer
from pipeline.stages.notices import KnownNotice
from pipeline.stages.offer import Offer
from pipeline.stages.outcomes import PUT_BACK, Outcomes
from pipeline.stages.redress import Redress
from pipeline.stages.shelf import KnownListing
from pipeline.stages.verdict import Share, Verdict, outcome, right_ids

SIGNAL = "notice"

Voice = Tier | Literal["stranger"]


class Intake:
    """Works at one chunk's desk."""

    def __init__(self, desk: Desk, enforcer: Enforcer, redress: Redress, answers: Answers, outcomes: Outcomes) -> None:
        self._desk, self._enforcer, self._redress, self._answers, self._outcomes = desk, enforcer, redress, answers, outcomes

    def notice(self, event: SequencedNotice) -> Fault | None:
        """Confirm a notice, and look at it. A fault: its id is known, though whoever remembers ids has forgotten it."""
        if self._desk.notices.get(event.seller_id, event.notice_id) is not None:
            return Fault("already-known", f"there is a notice {event.notice_id!r} about this seller", "$.notice_id")
        self._outcomes.receive(event)
        known = KnownNotice(event, self._desk.cause.offset)
        if event.claim == "retraction":
            self._retract(known)
        else:
            self._look(known, event.at)
        return None

    def arrived(self, offer: Offer) -> None:
        """Look at the notices that wait for a listing which has come now."""
        for known in self._desk.notices.awaited(offer):
            self._look(known, max(offer.at, known.event.at))

    def give_up(self, name: str, now: datetime) -> None:
        """Refuse a notice whose listing has not come in time."""
        known = self._desk.notices.give_up(name)
        if known is not None:
            self._outcomes.end(known, "refused", "listing-unknown", now)

    # -- is it in order?

    def _look(self, known: KnownNotice, at: datetime) -> None:
        event, snapshot = known.event, self._desk.snapshot
        listing = self._desk.shelf.of(event.seller_id, event.listing_id)
        known = replace(known, content=listing.content if listing is not None else None)
        first = self._desk.notices.first_to_say(event, known.content)
        if first is not None:
            self._as_before(known, first, at)
            return
        refused = notice_checks.refusal(event, snapshot, at)
        if refused is not None:
            self._outcomes.end(known, "refused", refused.code, at, missing=refused.missing)
        elif listing is None:
            self._desk.notices.wait(known, event.at + self._desk.policy.notices.wait_for_listing, self._desk.policy.times)
        else:
            self._weigh(known, listing, at)

    def _as_before(self, known: KnownNotice, first: KnownNotice, at: datetime) -> None:
        """Give the same complaint the same answer: now, or when the first one has it."""
        known = replace(known, same_as=first.event.notice_id)
        if first.outcome is None or first.code is None:
            self._desk.notices.put(known)
            self._desk.attached.add(known.event.seller_id, attached.same_as(first.event.notice_id), known.event.notice_id, known.place)
        else:
            self._outcomes.end(known, first.outcome, first.code, at, automated=first.automated, takedown_id=first.takedown_id)

    # -- what does it say?

    def _weigh(self, known: KnownNotice, listing: KnownListing, at: datetime) -> None:
        rights = notice_checks.rights_in_question(known.event, listing, self._desk.snapshot, at)
        if not rights and known.event.right_id is not None:
            self._outcomes.end(known, "refused", "territory", at)
        elif listing.status == "down":
            self._outcomes.end(known, "already_down", "already-down", at, takedown_id=listing.takedown_id)
        elif not rights:
            self._outcomes.end(known, "refused", "no-right", at)
        else:
            voice = self._voice(known.event, at)
            self._decide(known, listing, voice, self._verdicts(known.event, listing, rights, voice), at)

    def _voice(self, event: SequencedNotice, at: datetime) -> Voice:
        """Return the standing of a notifier who speaks for the right; else it is a stranger."""
        right = self._desk.snapshot.registry.rights.get(event.right_id or "")
        speaks = right is not None and event.notifier_id in right.notifier_ids
        return notice_checks.tier(event.notifier_id, self._desk.snapshot, at) if speaks else "stranger"

    def _verdicts(self, event: SequencedNotice, listing: KnownListing, rights: Sequence[Right], voice: Voice) -> list[Verdict]:
        """Add what the notice weighs to what the listing scored when it was last looked at; the highest score first."""
        policy = self._desk.policy
        weight = getattr(policy.notices.weights, voice)
        scored = {weighed.right_id: weighed for weighed in listing.weighed}
        verdicts = []
        for right in rights:
            before = scored.get(right.right_id)
            score = round((before.score if before else policy.decision.prior) + weight, 4)
            said = Share(SIGNAL, "goods", weight, Finding(1.0, (), {"claim": event.claim, "notifier_kind": event.notifier_kind}))
            shares = (*(before.shares if before else ()), said)
            verdicts.append(Verdict(right, outcome(score, shares, policy.decision), score, shares, ()))
        return sorted(verdicts, key=lambda verdict: -verdict.score)

    def _decide(self, known: KnownNotice, listing: KnownListing, voice: Voice, verdicts: list[Verdict], at: datetime) -> None:
        """Take down at once, ask, or refuse. Only the fast track takes down: any other word is a question at most."""
        fast = voice == "fast_track" and known.event.claim in self._desk.policy.notices.fast_track
        asked = verdicts if voice != "stranger" else [verdict for verdict in verdicts if verdict.outcome != "clear"]
        if not set(listing.found_genuine).isdisjoint(right_ids(verdicts)):
            self._ask(known, listing, verdicts, at)
        elif fast and self._desk.brake_allows(right_ids(verdicts), SIGNAL, at):
            self._take_down(known, listing, verdicts, at)
        elif asked:
            self._ask(known, listing, asked, at)
        else:
            self._outcomes.end(known, "refused", "insufficient", at)

    def _take_down(self, known: KnownNotice, listing: KnownListing, verdicts: Sequence[Verdict], at: datetime) -> None:
        event = known.event
        cost = self._enforcer.cost(event.seller_id, listing, decisions.graveness(event.claim), at)
        takedown = decisions.noticed(event, listing, verdicts, at, cost, self._desk.snapshot)
        self._desk.count_for_brake(takedown.right_ids, SIGNAL, at)
        self._enforcer.carry_out(takedown, listing, rests_on=None if self._carried(listing, verdicts) else event.notice_id)
        self._outcomes.end(known, "accepted", "accepted", at, takedown_id=takedown.takedown_id)

    def _carried(self, listing: KnownListing, verdicts: Sequence[Verdict]) -> bool:
        """Tell whether what was found in a listing itself would have taken it down for one of the rights."""
        concerned, thresholds = set(right_ids(verdicts)), self._desk.policy.decision
        return any(one.right_id in concerned and one.carries_takedown(thresholds) for one in listing.weighed)

    def _ask(self, known: KnownNotice, listing: KnownListing, verdicts: Sequence[Verdict], at: datetime) -> None:
        """Join the question that is open about the listing and one of the rights, or open one."""
        event, about = known.event, set(right_ids(verdicts))
        for review_id in listing.review_ids:
            asked = self._desk.questions.waiting(event.seller_id, review_id)
            if asked is not None and about.intersection(asked.right_ids):
                self._await(known, review_id)
                return
        review = decisions.noticed_review(event, listing, verdicts, at, self._desk.snapshot)
        self._desk.ask(review, decisions.question(review, listing.content))
        self._desk.shelf.asked(event.seller_id, event.listing_id, review.review_id)
        self._await(known, review.review_id)

    def _await(self, known: KnownNotice, review_id: str) -> None:
        """Let a notice wait for the answer to a question."""
        self._desk.attached.add(known.event.seller_id, attached.question(review_id), known.event.notice_id, known.place)
        self._desk.notices.put(replace(known, review_id=review_id))

    # -- it is taken back

    def _retract(self, known: KnownNotice) -> None:
        """Take a notice back, where it is open or something rests on it."""
        event, at = known.event, known.event.at
        target = self._desk.notices.get(event.seller_id, event.retracts) if event.retracts is not None else None
        if event.retracts is None:
            self._outcomes.end(known, "refused", "incomplete", at, missing=("retracts",))
        elif target is None or target.event.notifier_id != event.notifier_id:
            self._outcomes.end(known, "refused", "notice-unknown", at)
        elif target.event.claim == "retraction" or target.amended not in (None, PUT_BACK) or target.outcome not in (None, "accepted"):
            self._outcomes.end(known, "refused", "already-ended", at)
        else:
            self._take_back(target, event)
            self._outcomes.end(known, "accepted", "taken-back", at)

    def _take_back(self, target: KnownNotice, by: SequencedNotice) -> None:
        seller_id, notice_id = target.event.seller_id, target.event.notice_id
        if target.outcome is None:
            target = self._desk.notices.leave(target) if target.waits else target
            self._outcomes.end(target, "retracted", "retracted", by.at)
            self._answers.leave(target, by.at)
            return
        self._outcomes.amend(seller_id, notice_id, "retracted", "retracted", by.at, target.takedown_id)
        if target.takedown_id is not None:
            self._redress.retracted(target.takedown_id, by)
