"""Deadlines, in the order in which they fall due. Only a tick makes them fire, and it costs as many steps as are due."""

from datetime import datetime

from pipeline.events.value import Value
from pipeline.state.store import Store
from pipeline.state.table import SEPARATOR, Table, key
from pipeline.state.view import View

_NEXT = ""  # the one key of the table that holds the earliest due time
EARLIEST = Table("earliest-deadline", str)


class Deadline(Value, frozen=True):
    """Something to do at a time: what, and the key of what it concerns."""

    what: str
    subject: str


class Schedule:
    """The deadlines of one stage: an ordered table by due time, and the earliest one, so that most ticks read nothing else."""

    def __init__(self) -> None:
        self.deadlines = Table("deadlines", Deadline, ordered=True)
        self.earliest = EARLIEST

    @property
    def tables(self) -> tuple[Table[Deadline], Table[str]]:
        """The tables that hold the schedule."""
        return self.deadlines, self.earliest

    def add(self, view: View, due: datetime, deadline: Deadline) -> None:
        """Make a deadline fall due at a time; one that is there already stays single."""
        when = _sortable(due)
        view.put(self.deadlines, key(when, deadline.what, deadline.subject), deadline)
        earliest = view.get(self.earliest, _NEXT)
        if earliest is None or when < earliest:
            view.put(self.earliest, _NEXT, when)

    def take_due(self, view: View, now: datetime) -> list[Deadline]:
        """Remove and return all that is due at or before now, earliest first."""
        earliest, end = view.get(self.earliest, _NEXT), _sortable(now) + "\x01"
        if earliest is None or earliest >= end:
            return []
        due = view.scan(self.deadlines, "", end)
        for name, _ in due:
            view.delete(self.deadlines, name)
        self._set_earliest(view, end)
        return [deadline for _, deadline in due]

    def _set_earliest(self, view: View, start: str) -> None:
        first = view.first(self.deadlines, start)
        if first is None:
            view.delete(self.earliest, _NEXT)
        else:
            view.put(self.earliest, _NEXT, first.partition(SEPARATOR)[0])


def earliest_due(store: Store) -> datetime | None:
    """Return when the next deadline of a stage's schedule falls due, in UTC, as its store keeps it; None where none waits."""
    kept = store.read(EARLIEST, (_NEXT,))
    return datetime.fromisoformat(EARLIEST.decode(kept[_NEXT])) if kept else None


def _sortable(when: datetime) -> str:
    """Return a UTC time as text of constant length, which sorts as the times do."""
    return when.isoformat(timespec="microseconds")
