"""Reversal: what a takedown, a warning or a closure led to at its seller is given back with it; what else carries it stays.

One cause, one hop: what rested on it alone is given back with the cause `cascade`. That it was, is remembered.
"""

from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.enforcement.ledger import Ledger, points_given
from pipeline.events.ids import derive
from pipeline.events.reinstatement import Cause, Reinstatement
from pipeline.stages.cases import Case
from pipeline.stages.desk import REINSTATEMENTS, Desk


class Ground(NamedTuple):
    """By what something is given back: the ruling, the retraction or the appeal with its deadline."""

    cause: Cause
    at: datetime
    ruling_id: str | None = None
    notice_id: str | None = None
    appeal_id: str | None = None


class Reversal:
    """Gives back what one ground reverses, at one seller. The case itself has moved already."""

    def __init__(self, desk: Desk, seller_id: str, ground: Ground) -> None:
        self._desk, self._seller_id, self._ground = desk, seller_id, ground

    def takedown(self, takedown_id: str, case: Case, ledger: Ledger) -> Ledger:
        """Give back a takedown, its points, and the steps and the closure that they no longer carry; return the ledger."""
        exempt = case.right_ids
        ledger = self._without(takedown_id, case, ledger, self._ground.cause, exempt)
        if case.renewed_by is not None:
            self._desk.cases.cascade(self._seller_id, case.renewed_by)
            ledger = self._without(case.renewed_by, case, ledger, "cascade", exempt)
        return self._uncarried(ledger)

    def warning(self, warning_id: str, ledger: Ledger) -> Ledger:
        """Give back a warning, restriction or suspension; return the ledger."""
        self._given_back(self._ground.cause, warning_id=warning_id)
        return ledger.without_step(warning_id)

    def closure(self, closure_id: str, ledger: Ledger, cause: Cause | None = None) -> Ledger:
        """Open a store again, with the listings that went with it; return the ledger."""
        self._given_back(cause or self._ground.cause, closure_id=closure_id)
        ledger = ledger.reopened() if ledger.closure_id == closure_id else ledger
        for takedown_id, case in list(self._desk.cases.swept_with(self._seller_id, closure_id)):
            self._desk.cases.cascade(self._seller_id, takedown_id)
            ledger = self._without(takedown_id, case, ledger, "cascade", ())
        return ledger

    def put_back(self, takedown_id: str, case: Case, ledger: Ledger) -> Ledger:
        """Lift a takedown because its deadline has passed: no finding, so that nothing else goes with it; return the ledger."""
        assert case.listing_id is not None, "a takedown is of a listing"
        held = self._desk.shelf.put_back(self._seller_id, case.listing_id, takedown_id, case, case.right_ids)
        self._given_back("deadline", takedown_id=takedown_id, listing_id=case.listing_id)
        ledger = ledger.suspended(takedown_id)
        return replace(ledger, down=max(ledger.down - 1, 0)) if held else ledger

    def _without(self, takedown_id: str, case: Case, ledger: Ledger, cause: Cause, exempt: tuple[str, ...]) -> Ledger:
        """Give back a takedown and its points. `exempt`: from which rights the listing is, as it stands."""
        assert case.listing_id is not None, "a takedown is of a listing"
        self._desk.traces.wipe(self._seller_id, case, takedown_id)
        held = self._desk.shelf.give_back(self._seller_id, case.listing_id, takedown_id, case, exempt)
        self._given_back(cause, takedown_id=takedown_id, listing_id=case.listing_id)
        ledger = ledger.without_hit(takedown_id)
        return replace(ledger, down=max(ledger.down - 1, 0)) if held and case.closure_id is None else ledger

    def _uncarried(self, ledger: Ledger) -> Ledger:
        """Give back the steps whose points were never given, counted as each was taken: at its time, by the preset of then."""
        for step in ledger.steps:
            if self._is_uncarried(ledger, step.at, step.needed, step.preset):
                ledger = ledger.without_step(step.warning_id)
                self._desk.cases.cascade(self._seller_id, step.warning_id)
                self._given_back("cascade", warning_id=step.warning_id)
        if ledger.closure_id is None or ledger.closed_at is None:
            return ledger
        if not self._is_uncarried(ledger, ledger.closed_at, ledger.closure_needed, ledger.closure_preset):
            return ledger
        self._desk.cases.cascade(self._seller_id, ledger.closure_id)
        return self.closure(ledger.closure_id, ledger, "cascade")

    def _is_uncarried(self, ledger: Ledger, at: datetime, needed: int, preset: str | None) -> bool:
        """Tell whether the points are not there that a step needed; one whose preset the policy has no more stands as it is."""
        policy = self._desk.policy
        rules = policy.presets.get(preset or policy.enforcement.preset)
        return rules is not None and points_given(ledger, at, rules) < needed

    def _given_back(
        self,
        cause: Cause,
        *,
        takedown_id: str | None = None,
        closure_id: str | None = None,
        warning_id: str | None = None,
        listing_id: str | None = None,
    ) -> None:
        ground, snapshot, measure = self._ground, self._desk.snapshot, takedown_id or closure_id or warning_id or ""
        by = ground.ruling_id or ground.notice_id or ground.appeal_id or ""
        event = Reinstatement(
            reinstatement_id=derive("reinstatement", ground.cause, by, measure),
            seller_id=self._seller_id,
            decided_at=ground.at,
            cause=cause,
            policy_version=snapshot.policy.version,
            registry_version=snapshot.registry.version,
            takedown_id=takedown_id,
            closure_id=closure_id,
            warning_id=warning_id,
            listing_id=listing_id,
            ruling_id=ground.ruling_id,
            notice_id=ground.notice_id,
            appeal_id=ground.appeal_id,
        )
        self._desk.emit(REINSTATEMENTS, self._seller_id, event)
