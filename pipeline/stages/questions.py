"""Questions to people: open from the review until a ruling, until nobody has answered in time, or until there is nothing left to ask."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from pipeline.events.decision import Reason
from pipeline.events.review import Review
from pipeline.events.value import Value
from pipeline.policy.model import Reviews, Times
from pipeline.state.schedule import Deadline, Schedule
from pipeline.state.table import Table, key
from pipeline.state.view import View

DUE, FORGET_QUESTION, FORGET_DAY = "question-due", "forget-question", "forget-day"

_DAY = timedelta(days=1)

Ending = Literal["ruling", "unanswered", "retracted", "right-inactive"]


class Question(Value, frozen=True):
    """What was asked, with all that an answer needs, and how it ended. Without a listing: whether the store closes."""

    listing_id: str | None
    right_ids: tuple[str, ...]
    brand_ids: tuple[str, ...]
    reasons: tuple[Reason, ...]
    score: float
    territories: tuple[str, ...] | None = None
    content: str | None = None  # of the listing when it was asked about
    brand_id: str | None = None  # the brand that is asked; None: the team
    by_signals: bool = False  # it was opened by signals: it stays when the notices that wait for it are retracted
    notice_id: str | None = None  # the notice that opened it
    cause: str | None = None  # of a closure: the takedown that led to it
    ended: Ending | None = None


QUESTIONS = Table("questions", Question)
ASKED = Table("asked", int)  # by day of event time
TABLES = (QUESTIONS, ASKED)


class Questions:
    """The questions about all sellers, seen through one chunk's view."""

    def __init__(self, view: View, schedule: Schedule) -> None:
        self._view, self._schedule = view, schedule

    def open(self, review: Review, asked: Question, times: Times) -> None:
        """Remember a question until it is answered; without an answer it ends when it is due and no late one can come."""
        name = key(review.seller_id, review.review_id)
        self._view.put(QUESTIONS, name, asked)
        self._schedule.add(self._view, review.due_at + times.lateness, Deadline(DUE, name))
        self._count(review.opened_at, times)

    def _count(self, at: datetime, times: Times) -> None:
        day = at.date().isoformat()
        before = self._view.get(ASKED, day) or 0
        self._view.put(ASKED, day, before + 1)
        if before == 0:
            midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
            self._schedule.add(self._view, midnight + _DAY + times.lateness, Deadline(FORGET_DAY, day))

    def affordable(self, priority: int, at: datetime, reviews: Reviews) -> bool:
        """Tell whether a question of a priority may be asked: above the budget of its day only what is urgent is."""
        spent = self._view.get(ASKED, at.date().isoformat()) or 0
        return not reviews.budget or priority <= reviews.urgent or spent < reviews.budget

    def get(self, seller_id: str, review_id: str) -> Question | None:
        """Return a question, open or ended; None where there was none, or none any more."""
        return self._view.get(QUESTIONS, key(seller_id, review_id))

    def waiting(self, seller_id: str, review_id: str | None) -> Question | None:
        """Return a question that still waits for an answer; None where it does not."""
        asked = self.get(seller_id, review_id) if review_id is not None else None
        return asked if asked is not None and asked.ended is None else None

    def note(self, seller_id: str, review_id: str, asked: Question) -> None:
        """Remember more of a question that there is."""
        self._view.put(QUESTIONS, key(seller_id, review_id), asked)

    def end(self, seller_id: str, review_id: str, how: Ending, now: datetime, times: Times) -> None:
        """End a question that is open. It is remembered, so that a second answer is known as such."""
        name = key(seller_id, review_id)
        asked = self._view.get(QUESTIONS, name)
        assert asked is not None, "it was looked up"
        self._view.put(QUESTIONS, name, replace(asked, ended=how))
        self._schedule.add(self._view, now + times.remember_takedowns + times.lateness, Deadline(FORGET_QUESTION, name))

    def forget(self, deadline: Deadline) -> None:
        """Forget a question, or how many were asked on a day."""
        self._view.delete(QUESTIONS if deadline.what == FORGET_QUESTION else ASKED, deadline.subject)
