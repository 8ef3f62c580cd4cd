from datetime import timedelta

from pipeline.enforcement.ledger import Hit, Ledger, StepTaken
from pipeline.enforcement.steps import is_excused, next_step
from pipeline.policy.model import Preset, Step
from tests.build import START, at

PRESET = Preset(
    points={"serious": 12},
    steps=(Step(code="warning", at=12), Step(code="restriction", at=24), Step(code="closure", at=48, min_share=0.5)),
    lives=timedelta(days=30),
)
GRACE = timedelta(days=3)


def ledger(points: int, *steps: str, listed: int = 1, down: int = 1) -> Ledger:
    return Ledger((Hit("T", START, points),), tuple(StepTaken(code, START, f"W-{code}", 0) for code in steps), listed=listed, down=down)


def code_of(seen: Ledger, days: float = 0) -> str | None:
    step = next_step(seen, at(days=days), PRESET)
    return step.code if step else None


def test_no_step_below_the_first() -> None:
    assert code_of(ledger(11)) is None


def test_a_takedown_that_crosses_several_steps_takes_the_lowest_not_yet_taken() -> None:
    assert code_of(ledger(60)) == "warning"
    assert code_of(ledger(60, "warning")) == "restriction"
    assert code_of(ledger(60, "warning", "restriction")) == "closure"
    assert code_of(ledger(60, "warning", "restriction", "closure")) is None


def test_a_step_may_ask_for_a_share_of_the_listings() -> None:
    taken = ("warning", "restriction")
    assert code_of(ledger(60, *taken, listed=100, down=49)) is None
    assert code_of(ledger(60, *taken, listed=100, down=50)) == "closure"


def test_a_step_is_forgotten_with_the_hits_that_led_to_it() -> None:
    fresh = Ledger((Hit("T", at(days=40), 12),), (StepTaken("warning", START, "W", 12),), listed=1, down=1)
    assert code_of(fresh, days=40) == "warning"


def test_listings_seen_before_a_step_and_its_grace_are_excused() -> None:
    warned = ledger(12, "warning")
    assert is_excused(warned, at(days=2), at(days=9), PRESET, GRACE)
    assert not is_excused(warned, at(days=3), at(days=9), PRESET, GRACE)
    assert not is_excused(ledger(12), at(days=2), at(days=9), PRESET, GRACE)
    assert not is_excused(warned, at(days=2), at(days=40), PRESET, GRACE)


def test_a_share_that_is_not_reached_stands_in_no_other_steps_way() -> None:
    rules = Preset(points={"serious": 12}, steps=(Step(code="warning", at=12, min_share=0.9), Step(code="closure", at=48)))
    step = next_step(ledger(60, listed=100, down=50), START, rules)
    assert step is not None
    assert step.code == "closure"
