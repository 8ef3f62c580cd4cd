"""What holds whatever is said, asked, answered, objected to and taken back: over random histories, for each preset of points."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from pipeline.events.notice import Notice, NoticeOutcome
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.ruling import DecidedBy, Ruling
from pipeline.events.sequence import SequencedTick
from pipeline.flow import REFERENCES, STAGES
from pipeline.policy.model import Policy
from tests.build import records
from tests.properties.comparison import compare
from tests.properties.histories import Move, Player, begins, plans, policy_of
from tests.properties.marketplace import cut, cuts
from tests.properties.model import Model
from tests.properties.points import Hit, living, total
from tests.properties.runs import Run

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
    "same": ["accepted", "found-genuine", "unanswered"],
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


@every_preset
@given(plan=plans(), chosen=choices, begin=begins)
@few
def test_every_notice_has_a_receipt_and_one_final_outcome(preset: str, plan: list[Move], chosen: Choices, begin: datetime) -> None:
    player = Player(chosen.policy(preset), begin).play(plan)
    told = outcomes(player)
    taken = {event.notice_id for event, _ in player.steps if event.kind == "notice"}
    assert set(told) == taken
    for answers in told.values():
        assert [one.outcome for one in answers].count("received") == 1
        assert answers[0].outcome == "received"
        finals = [place for place, one in enumerate(answers) if one.outcome in FINAL and not one.amendment]
        assert len(finals) == 1, "exactly one, once every deadline has passed"
        later = {one.outcome for one in answers[finals[0] + 1 :]}
        assert later <= {"forwarded", "retracted", "reversed"}
        assert all(one.amendment == (one.outcome != "forwarded") for one in answers[finals[0] + 1 :])


@every_preset
@given(plan=plans(), chosen=choices, begin=begins)
@few
def test_the_same_complaint_gets_the_same_answer(preset: str, plan: list[Move], chosen: Choices, begin: datetime) -> None:
    told = outcomes(Player(chosen.policy(preset), begin).play(plan))
    finals = {notice: next(one for one in answers if one.outcome in FINAL and not one.amendment) for notice, answers in told.items()}
    for one in finals.values():
        if one.same_as:
            first = finals[one.same_as]
            assert (one.outcome, one.code, one.takedown_id) == (first.outcome, first.code, first.takedown_id)
            assert (one.notifier_id, one.listing_id) == (first.notifier_id, first.listing_id)


@every_preset
@given(plan=plans(), chosen=choices, begin=begins)
@few
def test_every_question_ends_once(preset: str, plan: list[Move], chosen: Choices, begin: datetime) -> None:
    player = Player(chosen.policy(preset), begin).play(plan)
    decided = player.runs[2].outputs.tally.decided
    ended = {key: number for key, number in decided.items() if key.startswith("ended:")}
    assert sum(ended.values()) == len(player.outputs("reviews"))
    model = assert_agrees(player)
    assert ended == Counter(f"ended:{question.ended}" for question in model.questions)


@every_preset
@given(plan=plans(), chosen=choices, begin=begins)
@few
def test_what_is_given_back_for_good_stays_given_back(preset: str, plan: list[Move], chosen: Choices, begin: datetime) -> None:
    """A deadline puts back, and something else may follow; after a reversal nothing does."""
    player = Player(chosen.policy(preset), begin).play(plan)
    issued = {one.takedown_id for one in player.outputs("takedowns")}
    issued |= {one.closure_id for one in player.outputs("store-closures")} | {one.warning_id for one in player.outputs("seller-warnings")}
    causes: dict[str, list[str]] = defaultdict(list)
    for one in player.outputs("reinstatements"):
        causes[one.takedown_id or one.closure_id or one.warning_id].append(one.cause)
    assert set(causes) <= issued
    for ident, row in causes.items():
        assert set(row[:-1]) <= {"deadline"}, f"{ident} was given back, and then once more"
    renewed = [one for one in player.outputs("takedowns") if one.renews]
    assert all("deadline" in causes[one.renews] and one.points == 0 for one in renewed)


@every_preset
@given(plan=plans(), chosen=choices, begin=begins)
@few
def test_no_id_is_given_twice(preset: str, plan: list[Move], chosen: Choices, begin: datetime) -> None:
    player = Player(chosen.policy(preset), begin).play(plan)
    ids = {
        "takedowns": "takedown_id",
        "reviews": "review_id",
        "seller-warnings": "warning_id",
        "store-closures": "closure_id",
        "reinstatements": "reinstatement_id",
    }
    given_ids = [getattr(one, name) for topic, name in ids.items() for one in player.outputs(topic)]
    assert len(given_ids) == len(set(given_ids))


@every_preset
@given(plan=plans(), chosen=choices, begin=begins)
@few
def test_a_store_closes_once_an_epoch_and_is_warned_first(preset: str, plan: list[Move], chosen: Choices, begin: datetime) -> None:
    player = Player(chosen.policy(preset), begin).play(plan)
    closed = Counter((one.seller_id, one.epoch) for one in player.outputs("store-closures"))
    assert set(closed.values()) <= {1}
    warned: set[str] = set()
    for _, outputs in player.steps:
        for output in outputs.events:
            if output.topic == "seller-warnings" and output.event.step == "warning":
                warned.add(output.event.seller_id)
            elif output.topic in ("seller-warnings", "store-closures"):
                assert output.event.seller_id in warned


@every_preset
@given(plan=plans(), chosen=choices, begin=begins)
@few
def test_points_are_those_of_the_takedowns_behind_them(preset: str, plan: list[Move], chosen: Choices, begin: datetime) -> None:
    """Told from the outputs alone; that these are the right takedowns, and all of them, is what the model says."""
    player = Player(chosen.policy(preset), begin).play(plan)
    rules = player.policy.presets[preset]
    made = {one.takedown_id: one for one in player.outputs("takedowns")}
    for one in [*player.outputs("seller-warnings"), *player.outputs("store-closures")]:
        hits = [Hit(made[ident].decided_at, made[ident].points) for ident in one.takedown_ids]
        assert all(hit.points for hit in hits)
        assert total(living(hits, rules, one.decided_at), rules) == one.points
        needed = next(step.at for step in rules.steps if step.code == getattr(one, "step", "closure"))
        assert one.points >= needed


COURT = DecidedBy("court", "C")


@every_preset
@given(plan=plans(), chosen=choices)
@few
def test_reversing_everything_gives_everything_back_but_the_memory_of_it(preset: str, plan: list[Move], chosen: Choices) -> None:
    player = Player(chosen.policy(preset, times={"appeal_window": timedelta(days=365)}))
    for move in plan:
        player.move(move)
    player.tick(player.now + timedelta(days=10))
    player.now += timedelta(days=11)
    for number, takedown in enumerate(player.outputs("takedowns")):
        if takedown.source != "closure" and not takedown.renews:
            player.hear("rulings", Ruling(f"Z{number}", takedown.seller_id, player.now, "reverse", COURT, takedown_id=takedown.takedown_id))
    model = assert_agrees(player)
    given_back = {
        one.takedown_id or one.closure_id or one.warning_id for one in player.outputs("reinstatements") if one.cause != "deadline"
    }
    assert {one.takedown_id for one in player.outputs("takedowns")} <= given_back
    assert {one.closure_id for one in player.outputs("store-closures")} <= given_back
    assert {one.warning_id for one in player.outputs("seller-warnings")} <= given_back
    assert all(model.points(offer.seller_id) == 0 and not model.down(offer) for offer in model.offers)
    assert_exempt(player, model)


def assert_exempt(player: Player, model: Model) -> None:
    """Check that machines take nothing down for which people have spoken: the surest notice of all is a question."""
    spoken_for = [offer for offer in model.offers if offer.is_exempt(("R-nike",))]
    for number, offer in enumerate(spoken_for):
        before = len(player.outputs("takedowns"))
        fields: dict[str, Any] = {"explanation": f"new {number}", "good_faith": True, "accurate": True}
        about = (offer.seller_id, offer.listing_id, player.now)
        player.hear("notices", Notice(f"Z{number}", "N-fast", *about, "counterfeit", "R-nike", **fields))
        assert len(player.outputs("takedowns")) == before
    assert_agrees(player)


def kept(run: Run) -> list[tuple[Any, ...]]:
    """Return what a run has put out: topics, events, and the bytes of dead letters but for where they lay."""
    return [(output.topic, output.event) for output in run.outputs.events]


def is_by_deadline(event: Any) -> bool:
    """Tell whether an output says that time has passed."""
    if isinstance(event, Reinstatement):
        return event.cause == "deadline"
    codes = ("listing-unknown", "unanswered")
    return isinstance(event, NoticeOutcome) and event.code in codes and event.same_as is None


@every_preset
@given(plan=plans(), chosen=choices, begin=begins)
@few
def test_only_ticks_make_deadlines_fire(preset: str, plan: list[Move], chosen: Choices, begin: datetime) -> None:
    player = Player(chosen.policy(preset), begin).play(plan)
    for event, outputs in player.steps:
        if not isinstance(event, SequencedTick):
            assert not any(is_by_deadline(output.event) for output in outputs.events)
    without = [record for record in player.sequence if not isinstance(record.event, SequencedTick)]
    run = Run(STAGES[2], player.reference)
    run.feed([player.sequence[0], *without])
    assert not any(is_by_deadline(output.event) for output in run.outputs.events)


@every_preset
@given(plan=plans(), chosen=choices, begin=begins, data=st.data())
@few
def test_the_cut_into_chunks_changes_nothing(preset: str, plan: list[Move], chosen: Choices, begin: datetime, data: st.DataObject) -> None:
    player = Player(chosen.policy(preset), begin).play(plan)
    given_records = player.input_records()
    for stage in STAGES:
        whole, parts = Run(stage, player.reference), Run(stage, player.reference)
        whole.feed(given_records)
        for chunk in cut(given_records, data.draw(cuts(len(given_records)))):
            parts.feed(chunk)
        assert parts.everything() == whole.everything()
        assert whole.outputs.tally.residual == 0
        given_records = records([output.event for output in whole.outputs.events], stage.writes[0])


def _hear_again(player: Player, some: Sequence[tuple[str, Any]]) -> None:
    for topic, event in some:
        if topic not in REFERENCES:
            player.hear(topic, event)


@every_preset
@given(plan=plans(), chosen=choices, begin=begins, data=st.data())
@few
def test_what_comes_again_changes_nothing(preset: str, plan: list[Move], chosen: Choices, begin: datetime, data: st.DataObject) -> None:
    """Whatever is delivered once more, at once or much later, alone or all from the beginning."""
    player = Player(chosen.policy(preset), begin).play(plan)
    again = Player(player.policy, begin, silent=True)
    places = data.draw(st.lists(st.tuples(st.integers(0, len(player.heard)), st.integers(0, len(player.heard))), max_size=8))
    for place, one in enumerate(player.heard):
        again.hear(*one)
        for upto, which in places:
            if upto == place and which <= place:
                _hear_again(again, player.heard[which : place + 1])
    assert kept(again.runs[2]) == kept(player.runs[2])
