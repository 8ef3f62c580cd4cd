from datetime import timedelta

from pipeline.enforcement import brake
from pipeline.policy.model import Brake
from pipeline.state.memory import MemoryStore
from pipeline.state.schedule import Schedule
from pipeline.state.view import View
from tests.build import START, at

SCHEDULE = Schedule()
LATE = timedelta(days=1)


def view() -> View:
    return View(MemoryStore((brake.COUNTS, *SCHEDULE.tables)))


def count(seen: View, limits: Brake, right: str = "R1", signal: str = "s", **after: float) -> None:
    brake.count(seen, SCHEDULE, limits, (right,), signal, at(**after), LATE)


def test_the_limit_of_a_right_holds_for_one_hour() -> None:
    seen, limits = view(), Brake(per_right=2, per_signal=0)
    assert brake.allows(seen, limits, ("R1",), "s", START)
    count(seen, limits)
    count(seen, limits, minutes=59)
    assert not brake.allows(seen, limits, ("R1",), "s", at(minutes=30))
    assert brake.allows(seen, limits, ("R2",), "s", at(minutes=30))
    assert brake.allows(seen, limits, ("R1",), "s", at(minutes=60))


def test_the_limit_of_a_signal_holds_over_all_rights() -> None:
    seen, limits = view(), Brake(per_right=0, per_signal=1)
    count(seen, limits, right="R1")
    assert not brake.allows(seen, limits, ("R2",), "s", START)
    assert brake.allows(seen, limits, ("R2",), "other", START)


def test_0_switches_the_brake_off() -> None:
    seen, limits = view(), Brake(per_right=0, per_signal=0)
    count(seen, limits)
    assert brake.allows(seen, limits, ("R1",), "s", START)


def test_an_hour_is_forgotten_when_nothing_late_can_fall_into_it() -> None:
    seen, limits = view(), Brake(per_right=1, per_signal=0)
    count(seen, limits)
    assert SCHEDULE.take_due(seen, at(days=1)) == []
    (deadline,) = SCHEDULE.take_due(seen, at(days=1, hours=1))
    brake.forget(seen, deadline)
    assert brake.allows(seen, limits, ("R1",), "s", START)


def test_every_right_of_a_takedown_is_counted_and_asked() -> None:
    limits, seen = Brake(per_right=1, per_signal=0), view()
    brake.count(seen, SCHEDULE, limits, ("R1", "R2"), "s", START, LATE)
    assert not brake.allows(seen, limits, ("R2",), "s", START)
    assert not brake.allows(seen, limits, ("R3", "R2"), "s", START)
    assert brake.allows(seen, limits, ("R3",), "s", START)
