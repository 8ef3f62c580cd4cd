"""The brake: so many automated takedowns an hour by right and by signal, the rest go to people.

Mass wrongful takedowns begin with one bad alias or one bad rule. The hour is one of event time.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pipeline.policy.model import Brake
from pipeline.state.schedule import Deadline, Schedule
from pipeline.state.table import Table, key
from pipeline.state.view import View

COUNTS = Table("brake", int)
FORGET = "forget-brake"


def allows(view: View, limits: Brake, right_ids: Sequence[str], signal: str, at: datetime) -> bool:
    """Tell whether one more automated takedown, for these rights, fits within the limits of its hour."""
    return all((view.get(COUNTS, name) or 0) < limit for name, limit in _counted(limits, right_ids, signal, at))


def count(view: View, schedule: Schedule, limits: Brake, right_ids: Sequence[str], signal: str, at: datetime, lateness: timedelta) -> None:
    """Count a takedown; the hour is forgotten when no late record can fall into it any more."""
    for name, _ in _counted(limits, right_ids, signal, at):
        before = view.get(COUNTS, name) or 0
        view.put(COUNTS, name, before + 1)
        if before == 0:
            schedule.add(view, _hour(at) + timedelta(hours=1) + lateness, Deadline(FORGET, name))


def forget(view: View, deadline: Deadline) -> None:
    """Forget an hour that is over."""
    view.delete(COUNTS, deadline.subject)


def _counted(limits: Brake, right_ids: Sequence[str], signal: str, at: datetime) -> Iterator[tuple[str, int]]:
    """Yield the counters that are limited, each with its limit."""
    hour = _hour(at).isoformat()
    if limits.per_right:
        yield from ((key("right", right_id, hour), limits.per_right) for right_id in right_ids)
    if limits.per_signal:
        yield key("signal", signal, hour), limits.per_signal


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
