"""Cases: each takedown, warning, closure and refusal of a notice in its life, from its issue until it is forgotten."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from msgspec.structs import replace

from pipeline.enforcement import lifecycle
from pipeline.enforcement.lifecycle import Move, State
from pipeline.events.takedown import Source
from pipeline.events.value import Value
from pipeline.policy.model import Times
from pipeline.stages import attached
from pipeline.stages.attached import Attached
from pipeline.state.schedule import Deadline, Schedule
from pipeline.state.table import SEPARATOR, Table, key
from pipeline.state.view import View

FORGET_CASE, FORGET_APPEAL, PUT_BACK = "forget-case", "forget-appeal", "put-back"

Kind = Literal["takedown", "warning", "closure", "refusal"]


class Case(Value, frozen=True):
    """One measure: against a seller, or, a refusal, against a notifier, who is named then.

    `listing_id`, `closure_id` (of the store with which it went), `source` and what follows are a takedown's.
    """

    kind: Kind
    state: State
    at: datetime
    appeal_until: datetime
    listing_id: str | None = None
    closure_id: str | None = None
    right_ids: tuple[str, ...] = ()
    fingerprint: str | None = None  # of the listing when it was taken down, as the two that follow
    phashes: tuple[str, ...] = ()
    brand: str | None = None
    appeals: int = 0  # made so far
    notifier_id: str | None = None
    source: Source = "own_initiative"
    marketplace: str | None = None
    noticed: bool = False  # notices were accepted with it
    notice_id: str | None = None  # of a refusal
    rests_on: str | None = None  # the one notice without which the machine would not have made it
    appeal_id: str | None = None  # the last appeal
    put_back_at: datetime | None = None  # when it is put back, unless somebody decides or proof of a suit comes
    renews: str | None = None  # the takedown that was put back and upheld, of which this one is the execution
    renewed_by: str | None = None


CASES = Table("cases", Case, ordered=True)
APPEALS = Table("appeals", str)  # what an appeal is about
TABLES: tuple[Table[Any], ...] = (CASES, APPEALS)


class Cases:
    """The cases of all sellers, seen through one chunk's view."""

    def __init__(self, view: View, schedule: Schedule, attached: Attached) -> None:
        self._view, self._schedule, self._attached = view, schedule, attached

    def open(self, seller_id: str, ident: str, case: Case, times: Times) -> None:
        """Remember a measure as issued, for as long as it can be undone."""
        name = key(seller_id, ident)
        self._view.put(CASES, name, case)
        self._schedule.add(self._view, case.at + times.undoable, Deadline(FORGET_CASE, name))

    def get(self, seller_id: str, ident: str) -> Case | None:
        """Return a case; None where there is none, or none any more."""
        return self._view.get(CASES, key(seller_id, ident))

    def move(self, seller_id: str, ident: str, move: Move, by: str) -> Case:
        """Take a case that there is to its next state. Raises IllegalMoveError."""
        case = self.get(seller_id, ident)
        assert case is not None, "it was looked up"
        after = replace(case, state=lifecycle.moved(case.state, move, by))
        self._view.put(CASES, key(seller_id, ident), after)
        return after

    def note(self, seller_id: str, ident: str, case: Case) -> None:
        """Remember more of a case that there is."""
        self._view.put(CASES, key(seller_id, ident), case)

    def await_put_back(self, seller_id: str, ident: str, case: Case, at: datetime, times: Times) -> None:
        """Put a takedown back at a time, unless it has been decided until then, or its clock has been stopped."""
        self.note(seller_id, ident, replace(case, put_back_at=at))
        self._schedule.add(self._view, at + times.lateness, Deadline(PUT_BACK, key(seller_id, ident)))

    def cascade(self, seller_id: str, ident: str) -> None:
        """Note that a case is reversed because what it rested on is, whatever its state; one that is forgotten needs no note."""
        case = self.get(seller_id, ident)
        if case is not None:
            self._view.put(CASES, key(seller_id, ident), replace(case, state="reversed"))

    def appealed(self, seller_id: str, appeal_id: str, ident: str, until: datetime) -> None:
        """Remember what an appeal is about."""
        name = key(seller_id, appeal_id)
        self._view.put(APPEALS, name, ident)
        self._schedule.add(self._view, until, Deadline(FORGET_APPEAL, name))

    def subject(self, seller_id: str, appeal_id: str) -> str | None:
        """Return what an appeal is about; None where there was none, or none any more."""
        return self._view.get(APPEALS, key(seller_id, appeal_id))

    def swept_with(self, seller_id: str, closure_id: str) -> Iterator[tuple[str, Case]]:
        """Yield the takedowns that went with a closed store and are not reversed."""
        for name, case in self._view.within(CASES, seller_id):
            if case.closure_id == closure_id and case.state != "reversed":
                yield name.partition(SEPARATOR)[2], case

    def forget(self, deadline: Deadline) -> None:
        """Forget a case, with the notices that hang on it, or an appeal."""
        if deadline.what == FORGET_APPEAL:
            self._view.delete(APPEALS, deadline.subject)
            return
        case = self._view.get(CASES, deadline.subject)
        if case is not None and case.noticed:
            seller_id, _, ident = deadline.subject.partition(SEPARATOR)
            self._attached.clear(seller_id, attached.takedown(ident))
        self._view.delete(CASES, deadline.subject)


def refusal_of(notice_id: str) -> str:
    """Return under which id the refusal of a notice is a case: the ids of measures are derived and hold no blank."""
    return f"refusal of {notice_id}"
