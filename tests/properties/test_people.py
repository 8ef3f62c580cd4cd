"""What holds whatever is said, asked, answered, objected to and taken back: over random histories, for each preset of points."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from pipeline.events.notice import NoticeOutcome
from pipeline.policy.model import Policy
from tests.properties.comparison import compare
from tests.properties.histories import Move, Player, begins, plans, policy_of
from tests.properties.model import Model

PRESETS = ("taobao", "aliexpress", "three-strikes")
FINAL = {"accepted", "refused", "already_down", "retracted"}
every_preset = pytest.mark.parametrize("preset", PRESETS)
few = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@dataclass(frozen=True)
class Choices:
    """What a policy may choose."""

    unanswered: str = "clear"
    ask: bool = True
    most: int = 1
    grace: int = 0

    def policy(self, preset: str, **more: Any) -> Policy:
        """Return the policy with a preset."""
        enforcement = {"ask_before_closure": self.ask, "grace": timedelta(days=self.grace)}
        return policy_of(preset, reviews={"unanswered": self.unanswered}, appeals={"most": self.most}, enforcement=enforcement, **more)


choices = st.builds(
    Choices, st.sampled_from(["clear", "clear", "takedown"]), st.booleans(), st.sampled_from([1, 2]), st.sampled_from([0, 0, 3])
)


def outcomes(player: Player) -> dict[str, list[NoticeOutcome]]:
    """Return what each notice was answered, in its order."""
    told: dict[str, list[NoticeOutcome]] = defaultdict(list)
    for one in player.outputs("notice-outcomes"):
        told[one.notice_id].append(one)
    return told


def assert_agrees(player: Player) -> Model:
    """Check that the model says the same of every record. Returns it."""
    assert all(not run.outputs.failures for run in player.runs)
    model, difference = compare(player)
    assert difference is None, str(difference)
    return model


@every_preset
@given(plan=plans(), chosen=choices, begin=begins)
@few
def test_the_model_says_the_same(preset: str, plan: list[Move], chosen: Choices, begin: datetime) -> None:
    assert_agrees(Player(chosen.policy(preset), begin).play(plan))


@seed(20160301)
@settings(max_examples=300, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans(5, 9), preset=st.sampled_from(PRESETS), chosen=choices, begin=begins)
def _survey(seen: Counter[str], plan: list[Move], preset: str, chosen: Choices, begin: datetime) -> None:
    player = Player(chosen.policy(preset), begin).play(plan)
    model = compare(player)[0]
    seen.update(f"{one.outcome}:{one.code}" + ":amendment" * one.amendment for one in player.outputs("notice-outcomes"))
    seen.update("same:" + one.code for one in player.outputs("notice-outcomes") if one.same_as)
    seen.update(f"takedown:{one.source}:{one.decision}" + ":renews" * bool(one.renews) for one in player.outputs("takedowns"))
    seen.update(f"question:{one.question}:{one.assignee.kind}" for one in player.outputs("reviews"))
    seen.update(f"step:{one.step}" for one in player.outputs("seller-warnings"))
    seen.update(f"closure:{one.decision}" for one in player.outputs("store-closures"))
    seen.update(f"given:{one.cause}" for one in player.outputs("reinstatements"))
    seen.update(f"ended:{one.ended}" for one in model.questions)
    for measure in [*model.downs, *model.steps, *model.closures]:
        states = [state for _, state in measure.life]
        seen.update(f"{type(measure).__name__}:{before}-{after}" for before, after in pairwise(states))
    seen.update(f"dead:{letter.error.code}" for run in player.runs for letter in run.outputs.dead_letters)


MUST_HAPPEN = {
    "received": ["received"],
    "accepted": ["accepted", "taken-back"],
    "already_down": ["already-down"],
    "retracted": ["retracted", "retracted:amendment"],
    "forwarded": ["appealed"],
    "refused": [
        *("notifier-suspended", "incomplete", "right-unknown", "right-inactive", "right-expired", "right-kind", "listing-unknown"),
        *("territory", "no-right", "insufficient", "found-genuine", "inconclusive", "unanswered", "notice-unknown", "already-ended"),
    ],
    "reversed": ["reversed:amendment", "complaint-upheld:amendment"],
    "same": ["accepted", "insufficient", "unanswered"],
    "takedown": [
        "own_initiative:automated",
        "notice:automated",
        "notice:human",
        "ruling:human",
        "ruling:human:renews",
        "closure:automated",
    ],
    "question": ["counterfeit:team", "counterfeit:brand", "infringement:team", "closure:team"],
    "ended": ["ruling", "unanswered", "retracted", "right-inactive"],
    "step": ["warning", "restriction", "suspension"],
    "closure": ["automated", "partly", "human"],
    "given": ["ruling", "deadline", "retraction", "cascade"],
    "Down": [
        *("issued-appealed", "issued-reversed", "appealed-upheld", "appealed-reversed", "appealed-put_back"),
        *("put_back-upheld", "put_back-reversed", "upheld-reversed", "upheld-appealed"),
    ],
    "Step": ["issued-appealed", "appealed-upheld", "appealed-reversed", "issued-reversed"],
    "Closure": ["issued-appealed", "issued-reversed"],
    "dead": ["already-closed", "appeal-too-late", "illegal-move", "not-entitled", "unknown-subject", "wrong-verdict"],
}


@pytest.mark.timeout(600)
def test_in_random_histories_everything_happens() -> None:
    """A property over histories in which nothing happens would prove nothing."""
    seen: Counter[str] = Counter()
    _survey(seen)
    assert [f"{kind}:{what}" for kind, many in MUST_HAPPEN.items() for what in many if not seen[f"{kind}:{what}"]] == []
