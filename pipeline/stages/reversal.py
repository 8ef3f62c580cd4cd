"""Reversal: what a takedown, a warning or a closure led to at its seller is given back with it; what else carries it stays.

One cause, one hop: what rested on it alone is given back with the cause `cascade`. That it was, is remembered.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from pipeline.enforcement.ledger import Ledger, points
from pipeline.events.ids import derive
from pipeline.events.reinstatement import Cause, Reinstatement
from pipeline.policy.model import Preset
from pipeline.stages.cases import Case, Cases
from pipeline.stages.reference import Snapshot
from pipeline.stages.shelf import Shelf

Emit = Callable[[Reinstatement], None]


class Reversal:
    """Gives back what one ruling reverses, at one seller. The case itself has moved already."""

    def __init__(self, cases: Cases, shelf: Shelf, snapshot: Snapshot, emit: Emit, seller_id: str, at: datetime, ruling_id: str) -> None:
        self._cases, self._shelf, self._snapshot, self._emit = cases, shelf, snapshot, emit
        self._seller_id, self._at, self._ruling_id = seller_id, at, ruling_id
        self._preset = snapshot.policy.preset()

    def takedown(self, takedown_id: str, case: Case, ledger: Ledger) -> Ledger:
        """Give back a takedown, its points, and the steps and the closure that they no longer carry; return the ledger."""
        ledger = self._without(takedown_id, case, ledger, "ruling")
        return self._uncarried(ledger, self._preset) if self._preset is not None else ledger

    def warning(self, warning_id: str, ledger: Ledger) -> Ledger:
        """Give back a warning, restriction or suspension; return the ledger."""
        self._given_back("ruling", warning_id=warning_id)
        return ledger.without_step(warning_id)

    def closure(self, closure_id: str, ledger: Ledger, cause: Cause = "ruling") -> Ledger:
        """Open a store again, with the listings that went with it; return the ledger."""
        self._given_back(cause, closure_id=closure_id)
        ledger = ledger.reopened() if ledger.closure_id == closure_id else ledger
        for takedown_id, case in list(self._cases.swept_with(self._seller_id, closure_id)):
            self._cases.cascade(self._seller_id, takedown_id)
            ledger = self._without(takedown_id, case, ledger, "cascade")
        return ledger

    def _without(self, takedown_id: str, case: Case, ledger: Ledger, cause: Cause) -> Ledger:
        """Give back a takedown and its points."""
        assert case.listing_id is not None, "a takedown is of a listing"
        back = self._shelf.give_back(self._seller_id, case.listing_id, takedown_id, case.right_ids if cause == "ruling" else ())
        self._given_back(cause, takedown_id=takedown_id, listing_id=case.listing_id)
        ledger = ledger.without_hit(takedown_id)
        return replace(ledger, down=max(ledger.down - 1, 0)) if back and case.closure_id is None else ledger

    def _uncarried(self, ledger: Ledger, preset: Preset) -> Ledger:
        """Give back the steps whose points are no longer there, as they stood when each was taken."""
        for step in ledger.steps:
            if points(ledger, step.at, preset) < step.needed:
                ledger = ledger.without_step(step.warning_id)
                self._cases.cascade(self._seller_id, step.warning_id)
                self._given_back("cascade", warning_id=step.warning_id)
        if ledger.closure_id is None or ledger.closed_at is None or points(ledger, ledger.closed_at, preset) >= ledger.closure_needed:
            return ledger
        self._cases.cascade(self._seller_id, ledger.closure_id)
        return self.closure(ledger.closure_id, ledger, "cascade")

    def _given_back(
        self,
        cause: Cause,
        *,
        takedown_id: str | None = None,
        closure_id: str | None = None,
        warning_id: str | None = None,
        listing_id: str | None = None,
    ) -> None:
        snapshot, measure = self._snapshot, takedown_id or closure_id or warning_id or ""
        self._emit(
            Reinstatement(
                reinstatement_id=derive("reinstatement", self._ruling_id, measure),
                seller_id=self._seller_id,
                decided_at=self._at,
                cause=cause,
                policy_version=snapshot.policy.version,
                registry_version=snapshot.registry.version,
                takedown_id=takedown_id,
                closure_id=closure_id,
                warning_id=warning_id,
                listing_id=listing_id,
                ruling_id=self._ruling_id,
            )
        )
