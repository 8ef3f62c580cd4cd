"""Outcomes: what each notifier is told, from the receipt of a notice to its one final outcome and what amends it."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from pipeline.enforcement import lifecycle
from pipeline.events.notice import NoticeOutcome, Outcome
from pipeline.events.sequence import SequencedNotice
from pipeline.policy.reasons import hint
from pipeline.stages import attached
from pipeline.stages.cases import Case, refusal_of
from pipeline.stages.desk import NOTICE_OUTCOMES, Desk
from pipeline.stages.notices import KnownNotice

PUT_BACK = "put-back"


class Outcomes:
    """Works at one chunk's desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def receive(self, event: SequencedNotice) -> None:
        """Confirm that a notice has come."""
        self._tell(event, "received", "received", event.at, automated=True)

    def end(
        self,
        known: KnownNotice,
        outcome: Outcome,
        code: str,
        at: datetime,
        *,
        automated: bool = True,
        takedown_id: str | None = None,
        missing: tuple[str, ...] = (),
    ) -> None:
        """Give a notice, and those that say the same, their final outcome."""
        for one in (known, *self._repeats(known)):
            self._desk.notices.end(one, outcome, code, at, self._desk.policy.times, automated=automated, takedown_id=takedown_id)
            told = self._tell(
                one.event, outcome, code, at, automated=automated, takedown_id=takedown_id, same_as=one.same_as, missing=missing
            )
            self._desk.tally.facts["notice-seconds"] += told.handled_in
            self._keep(one, outcome, at, takedown_id)

    def _repeats(self, known: KnownNotice) -> list[KnownNotice]:
        """Return the notices that say the same and wait for its answer; they wait no longer."""
        seller_id, first = known.event.seller_id, attached.same_as(known.event.notice_id)
        found = [self._desk.notices.get(seller_id, notice_id) for notice_id in self._desk.attached.of(seller_id, first)]
        self._desk.attached.clear(seller_id, first)
        return [one for one in found if one is not None and one.outcome is None]

    def _keep(self, known: KnownNotice, outcome: Outcome, at: datetime, takedown_id: str | None) -> None:
        """Remember what the notifier may object to, and what a reversal will have to amend."""
        event, cases = known.event, self._desk.cases
        if outcome == "refused" and event.claim != "retraction":  # to have taken nothing back is no harm that a takedown could mend
            window = at + self._desk.policy.times.appeal_window
            refused = Case(
                "refusal", lifecycle.FIRST, at, window, event.listing_id, notifier_id=event.notifier_id, notice_id=event.notice_id
            )
            cases.open(event.seller_id, refusal_of(event.notice_id), refused, self._desk.policy.times)
        if outcome == "accepted" and takedown_id is not None:
            self.joins(known, takedown_id, at)

    def joins(self, known: KnownNotice, takedown_id: str, at: datetime) -> None:
        """Note that a notice stands and falls with a takedown."""
        seller_id, case = known.event.seller_id, self._desk.cases.get(known.event.seller_id, takedown_id)
        if case is not None:
            self._desk.attached.add(seller_id, attached.takedown(takedown_id), known.event.notice_id, known.place)
            self._desk.cases.note(seller_id, takedown_id, replace(case, noticed=True))
            if case.state == "appealed" and case.put_back_at is not None:  # whoever comes later hears of the appeal, too
                self._forward(known, takedown_id, at, case.put_back_at)

    def of(self, seller_id: str, takedown_id: str) -> tuple[str, ...]:
        """Return the notices that were accepted with a takedown."""
        case = self._desk.cases.get(seller_id, takedown_id)
        return self._desk.attached.of(seller_id, attached.takedown(takedown_id)) if case is not None and case.noticed else ()

    def amend(self, seller_id: str, notice_id: str, outcome: Outcome, code: str, at: datetime, takedown_id: str | None) -> None:
        """Tell that a final outcome no longer holds. What was taken back, or is forgotten, is not amended."""
        known = self._desk.notices.get(seller_id, notice_id)
        if known is None or known.amended == "retracted":
            return
        self._desk.notices.put(replace(known, amended=code, takedown_id=takedown_id))
        automated = outcome == "retracted"
        self._tell(known.event, outcome, code, at, automated=automated, takedown_id=takedown_id, same_as=known.same_as, amendment=True)

    def reverse(self, seller_id: str, takedown_id: str, at: datetime) -> None:
        """Tell each notifier that the takedown of its notice is reversed."""
        for notice_id in self.of(seller_id, takedown_id):
            self.amend(seller_id, notice_id, "reversed", "reversed", at, takedown_id)

    def put_back(self, seller_id: str, takedown_id: str) -> None:
        """Note that a takedown is lifted, which is no finding: who says the same is looked at anew."""
        for notice_id in self.of(seller_id, takedown_id):
            known = self._desk.notices.get(seller_id, notice_id)
            if known is not None and known.amended is None:
                self._desk.notices.put(replace(known, amended=PUT_BACK))

    def forward(self, seller_id: str, takedown_id: str, at: datetime, until: datetime) -> None:
        """Tell each notifier that the seller objects, and until when proof of a suit keeps the listing down."""
        for notice_id in self.of(seller_id, takedown_id):
            known = self._desk.notices.get(seller_id, notice_id)
            if known is not None and known.amended != "retracted":
                self._forward(known, takedown_id, at, until)

    def _forward(self, known: KnownNotice, takedown_id: str, at: datetime, until: datetime) -> None:
        self._tell(known.event, "forwarded", "appealed", at, automated=True, takedown_id=takedown_id, same_as=known.same_as, until=until)

    def _tell(
        self,
        event: SequencedNotice,
        outcome: Outcome,
        code: str,
        at: datetime,
        *,
        automated: bool,
        takedown_id: str | None = None,
        same_as: str | None = None,
        until: datetime | None = None,
        missing: tuple[str, ...] = (),
        amendment: bool = False,
    ) -> NoticeOutcome:
        policy = self._desk.policy
        told = NoticeOutcome(
            notice_id=event.notice_id,
            notifier_id=event.notifier_id,
            seller_id=event.seller_id,
            listing_id=event.listing_id,
            outcome=outcome,
            code=code,
            hint=hint(code, event.language, policy.language, _words(until, missing)),
            automated=automated,
            decided_at=at,
            handled_in=max(int((at - event.at).total_seconds()), 0),
            policy_version=policy.version,
            amendment=amendment,
            takedown_id=takedown_id,
            until=until,
            same_as=same_as,
        )
        self._desk.emit(NOTICE_OUTCOMES, event.notifier_id, told)
        return told


def _words(until: datetime | None, missing: tuple[str, ...]) -> Mapping[str, str]:
    return {"until": until.date().isoformat() if until is not None else "", "missing": ", ".join(missing)}
