"""What the parts of flagging work on while a chunk is handled: the state, the clock, and where what they decide goes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipeline.enforcement import brake
from pipeline.enforcement.ledger import Ledger
from pipeline.events.decided import Decision
from pipeline.events.review import Review
from pipeline.policy.model import Policy
from pipeline.stages import attached, cases, notices, questions, shelf, traces
from pipeline.stages.attached import Attached
from pipeline.stages.cases import Cases
from pipeline.stages.clock import CLOCK, Clock
from pipeline.stages.decided import ENDED, counted_as
from pipeline.stages.notices import Notices
from pipeline.stages.questions import Ending, Question, Questions
from pipeline.stages.record import Outputs, Record, Tally
from pipeline.stages.reference import Reference, Snapshot
from pipeline.stages.shelf import Shelf
from pipeline.stages.traces import Traces
from pipeline.state.schedule import Schedule
from pipeline.state.table import Table
from pipeline.state.view import View

TAKEDOWNS, REVIEWS, WARNINGS, CLOSURES = "takedowns", "reviews", "seller-warnings", "store-closures"
REINSTATEMENTS, NOTICE_OUTCOMES = "reinstatements", "notice-outcomes"

SELLERS = Table("sellers", Ledger)
SCHEDULE = Schedule()
TABLES: tuple[Table[Any], ...] = (
    CLOCK,
    *shelf.TABLES,
    *traces.TABLES,
    SELLERS,
    *questions.TABLES,
    *cases.TABLES,
    *notices.TABLES,
    *attached.TABLES,
    *SCHEDULE.tables,
)


class Desk:
    """One chunk's desk. `cause` is the record that is handled."""

    cause: Record

    def __init__(self, view: View, reference: Reference) -> None:
        self.outputs = Outputs()
        self.view = view
        self.clock = Clock(view, reference)
        self.shelf = Shelf(view, SCHEDULE)
        self.traces = Traces(view, SCHEDULE)
        self.questions = Questions(view, SCHEDULE)
        self.attached = Attached(view)
        self.cases = Cases(view, SCHEDULE, self.attached)
        self.notices = Notices(view, SCHEDULE, self.attached)

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

    def emit(self, topic: str, key: str, decision: Decision) -> None:
        """Emit a decision, and count it."""
        self.outputs.emit(topic, key, decision, self.cause)
        self.tally.decided[counted_as(decision)] += 1

    def brake_allows(self, right_ids: Sequence[str], signal: str, at: datetime) -> bool:
        """Tell whether one more automated takedown is allowed for these rights, to which a signal leads."""
        return brake.allows(self.view, self.policy.brake, right_ids, signal, at)

    def count_for_brake(self, right_ids: Sequence[str], signal: str, at: datetime) -> None:
        """Count an automated takedown."""
        brake.count(self.view, SCHEDULE, self.policy.brake, right_ids, signal, at, self.policy.times.lateness)

    def ask(self, review: Review, asked: Question) -> None:
        """Put a question to people, and remember it."""
        self.questions.open(review, asked, self.policy.times)
        self.emit(REVIEWS, review.seller_id, review)

    def answered(self, seller_id: str, review_id: str, how: Ending, at: datetime) -> None:
        """End a question that is open."""
        self.questions.end(seller_id, review_id, how, at, self.policy.times)
        self.tally.decided[f"{ENDED}:{how}"] += 1

    def ledger(self, seller_id: str) -> Ledger:
        """Return what stands against a seller."""
        return self.view.get(SELLERS, seller_id) or Ledger()
