from datetime import timedelta

from pipeline.enforcement.ledger import Hit, Ledger
from pipeline.enforcement.measures import closure, warning
from pipeline.policy.model import Preset, Step
from tests.build import START, at, default_policy

STEP = Step(code="restriction", at=24, lasts=timedelta(days=7))
PRESET = Preset(points={"serious": 12}, steps=(STEP, Step(code="closure", at=48)), lives=timedelta(days=30))
LEDGER = Ledger((Hit("T1", START, 12), Hit("T2", at(days=20), 12), Hit("T3", at(days=40), 24)))


def test_a_warning_names_the_hits_that_count_and_until_when_it_holds() -> None:
    policy = default_policy()
    issued = warning(LEDGER, STEP, "S1", "T3", at(days=40), policy, PRESET)
    assert (issued.step, issued.points, issued.takedown_ids) == ("restriction", 36, ("T2", "T3"))
    assert issued.until == at(days=47)
    assert issued.policy_version == policy.version


def test_a_closure_says_how_it_was_decided_and_how_much_goes_with_it() -> None:
    closed = closure(LEDGER, "S1", "T3", at(days=40), 17, default_policy(), PRESET)
    assert (closed.decision, closed.points, closed.swept, closed.takedown_ids) == ("automated", 36, 17, ("T2", "T3"))


def test_ids_follow_from_the_cause() -> None:
    def closed(cause: str) -> str:
        return closure(LEDGER, "S1", cause, START, 0, default_policy(), PRESET).closure_id

    assert closed("T1") == closed("T1") != closed("T2")
