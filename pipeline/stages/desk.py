"""What the parts of flagging work on while a chunk is handled: the state, the clock, and where what they decide goes."""

from typing import Any

from pipeline.enforcement.ledger import Ledger
from pipeline.policy.model import Policy
from pipeline.stages import cases, shelf
from pipeline.stages.cases import Cases
from pipeline.stages.clock import CLOCK, Clock
from pipeline.stages.decided import Decision, counted_as
from pipeline.stages.questions import QUESTIONS, Questions
from pipeline.stages.record import Outputs, Record, Tally
from pipeline.stages.reference import Reference, Snapshot
from pipeline.stages.shelf import Shelf
from pipeline.state.schedule import Schedule
from pipeline.state.table import Table
from pipeline.state.view import View

TAKEDOWNS, REVIEWS, WARNINGS, CLOSURES = "takedowns", "reviews", "seller-warnings", "store-closures"
REINSTATEMENTS = "reinstatements"

SELLERS = Table("sellers", Ledger)
SCHEDULE = Schedule()
TABLES: tuple[Table[Any], ...] = (CLOCK, *shelf.TABLES, SELLERS, QUESTIONS, *cases.TABLES, *SCHEDULE.tables)


class Desk:
    """One chunk's desk. `cause` is the record that is handled."""

    cause: Record

    def __init__(self, view: View, reference: Reference) -> None:
        self.outputs = Outputs()
        self.view = view
        self.clock = Clock(view, reference)
        self.shelf = Shelf(view, SCHEDULE)
        self.questions = Questions(view, SCHEDULE)
        self.cases = Cases(view, SCHEDULE)

    @property
    def tally(self) -> Tally:
        """What became of the records so far."""
        return self.outputs.tally

    @property
    def snapshot(self) -> Snapshot:
        """The reference data that holds now."""
        return self.clock.snapshot

    @property
    def policy(self) -> Policy:
        """The policy that holds now."""
        return self.clock.snapshot.policy

    def emit(self, topic: str, seller_id: str, decision: Decision) -> None:
        """Emit a decision, and count it."""
        self.outputs.emit(topic, seller_id, decision, self.cause)
        self.tally.decided[counted_as(decision)] += 1

    def ledger(self, seller_id: str) -> Ledger:
        """Return what stands against a seller."""
        return self.view.get(SELLERS, seller_id) or Ledger()
