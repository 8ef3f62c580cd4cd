"""Questions to people: open from the review until a ruling, or until nobody has answered in time."""

from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from pipeline.events.decision import Reason
from pipeline.events.review import Review
from pipeline.events.value import Value
from pipeline.policy.model import Times
from pipeline.state.schedule import Deadline, Schedule
from pipeline.state.table import Table, key
from pipeline.state.view import View

DUE, FORGET_QUESTION = "question-due", "forget-question"

Ending = Literal["ruling", "unanswered"]


class Question(Value, frozen=True):
    """What was asked, with all that an answer needs, and how it ended."""

    listing_id: str
    listing_version: int
    right_ids: tuple[str, ...]
    brand_ids: tuple[str, ...]
    reasons: tuple[Reason, ...]
    score: float
    territories: tuple[str, ...] | None = None
    ended: Ending | None = None


QUESTIONS = Table("questions", Question)


class Questions:
    """The questions about all sellers, seen through one chunk's view."""

    def __init__(self, view: View, schedule: Schedule) -> None:
        self._view, self._schedule = view, schedule

    def open(self, review: Review, times: Times) -> None:
        """Remember a question about a listing until it is answered; without an answer it ends when it is due and no late one can come."""
        assert review.listing_id is not None, "a question about a listing"
        name, version = key(review.seller_id, review.review_id), review.listing_version or 0
        asked = Question(review.listing_id, version, review.right_ids, review.brand_ids, review.reasons, review.score, review.territories)
        self._view.put(QUESTIONS, name, asked)
        self._schedule.add(self._view, review.due_at + times.lateness, Deadline(DUE, name))

    def get(self, seller_id: str, review_id: str) -> Question | None:
        """Return a question, open or ended; None where there was none, or none any more."""
        return self._view.get(QUESTIONS, key(seller_id, review_id))

    def waiting(self, seller_id: str, review_id: str | None) -> Question | None:
        """Return a question that still waits for an answer; None where it does not."""
        asked = self.get(seller_id, review_id) if review_id is not None else None
        return asked if asked is not None and asked.ended is None else None

    def end(self, name: str, how: Ending, now: datetime, times: Times) -> bool:
        """End a question, unless it has ended; tell whether it had not. It is remembered, so that a second answer is known as such."""
        asked = self._view.get(QUESTIONS, name)
        if asked is None or asked.ended is not None:
            return False
        self._view.put(QUESTIONS, name, replace(asked, ended=how))
        self._schedule.add(self._view, now + times.remember_takedowns + times.lateness, Deadline(FORGET_QUESTION, name))
        return True

    def forget(self, name: str) -> None:
        """Forget a question."""
        self._view.delete(QUESTIONS, name)
