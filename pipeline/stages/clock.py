"""Where a stage stands in the sequence: the last tick and the reference data that it brought."""

from datetime import datetime

from msgspec import Struct

from pipeline.events.sequence import Offsets, SequencedTick
from pipeline.stages.reference import Reference, Snapshot
from pipeline.state.table import Table
from pipeline.state.view import View

_ONLY = ""


class Position(Struct, frozen=True):
    """The time of the last tick, and what it was stamped with."""

    at: datetime
    reference: Offsets


CLOCK = Table("clock", Position)


class BeforeFirstTickError(LookupError):
    """A sequence does not begin with a tick."""


class Clock:
    """The clock of one stage and partition while it handles a chunk."""

    def __init__(self, view: View, reference: Reference) -> None:
        self._view, self._reference = view, reference
        self._position = view.get(CLOCK, _ONLY)
        self._snapshot = reference.at(self._position.reference) if self._position else None

    @property
    def at(self) -> datetime | None:
        """The time of the last tick; None before the first."""
        return self._position.at if self._position else None

    @property
    def time(self) -> datetime:
        """The time of the last tick. Raises BeforeFirstTickError."""
        if self._position is None:
            raise BeforeFirstTickError("the sequence does not begin with a tick")
        return self._position.at

    @property
    def snapshot(self) -> Snapshot:
        """The reference data that holds now. Raises BeforeFirstTickError."""
        if self._snapshot is None:
            raise BeforeFirstTickError("the sequence does not begin with a tick")
        return self._snapshot

    def advance(self, tick: SequencedTick) -> None:
        """Take over a tick's time and reference data."""
        self._position = Position(tick.at, tick.reference)
        self._view.put(CLOCK, _ONLY, self._position)
        self._snapshot = self._reference.at(tick.reference)
