"""Outcomes: what each notifier is told, from the receipt of a notice to its one final outcome and what amends it."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from pipeline.enforcement import lifecycle
from pipeline.events.notice import NoticeOutcome, Outcome
from pipeline.events.sequence import SequencedNotice
from pipeline.policy.reasons import hint
from pipeline.stages.cases import Case, refusal_of
from pipeline.stages.desk import NOTICE_OUTCOMES, Desk
from pipeline.stages.notices import KnownNotice


class Outcomes:
    """Works at one chunk's desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def receive(self, event: SequencedNotice) -> None:
        """Confirm that a notice has come."""
        self._desk.notices.put(KnownNotice(event))
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
        found = [self._desk.notices.get(known.event.seller_id, notice_id) for notice_id in known.repeats]
        return [one for one in found if one is not None and one.outcome is None]

    def _keep(self, known: KnownNotice, outcome: Outcome, at: datetime, takedown_id: str | None) -> None:
        """Remember what the notifier may object to, and what a reversal will have to amend."""
        event, cases = known.event, self._desk.cases
        if outcome == "refused" and event.claim != "retraction":  # to have taken nothing back is no harm that a takedown could mend
            window = at + self._desk.policy.times.appeal_window
            refused = Case(
                "refusal", lifecycle.FIRST, at, window, event.listing_id, notifier_id=event.notifier_id, notice_ids=(event.notice_id,)
            )
            cases.open(event.seller_id, refusal_of(event.notice_id), refused, self._desk.policy.times)
        if outcome == "accepted" and takedown_id is not None:
            self.joins(known, takedown_id)

    def joins(self, known: KnownNotice, takedown_id: str) -> None:
        """Note that a notice stands and falls with a takedown."""
        case = self._desk.cases.get(known.event.seller_id, takedown_id)
        if case is not None:
            joined = replace(case, notice_ids=(*case.notice_ids, known.event.notice_id))
            self._desk.cases.note(known.event.seller_id, takedown_id, joined)

    def amend(self, seller_id: str, notice_id: str, outcome: Outcome, code: str, at: datetime, takedown_id: str | None) -> None:
        """Tell that a final outcome no longer holds. What was taken back, or is forgotten, is not amended."""
        known = self._desk.notices.get(seller_id, notice_id)
        if known is None or known.amended == "retracted":
            return
        self._desk.notices.put(replace(known, amended=code, takedown_id=takedown_id))
        automated = outcome == "retracted"
        self._tell(known.event, outcome, code, at, automated=automated, takedown_id=takedown_id, same_as=known.same_as, amendment=True)

    def forward(self, seller_id: str, notice_ids: tuple[str, ...], takedown_id: str, at: datetime, until: datetime) -> None:
        """Tell each notifier that the seller objects, and until when proof of a suit keeps the listing down."""
        for notice_id in notice_ids:
            known = self._desk.notices.get(seller_id, notice_id)
            if known is not None and known.amended != "retracted":
                self._tell(
                    known.event, "forwarded", "appealed", at, automated=True, takedown_id=takedown_id, same_as=known.same_as, until=until
                )

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
