"""A whole folder with its people is run and scored; the figures are those of its outputs."""

from pathlib import Path

import pytest

from pipeline.local.evaluate import evaluate
from pipeline.local.judged import Judged, judge
from pipeline.local.rehearsal import Rehearsal
from pipeline.local.replay import Plan, replay
from pipeline.local.truths import read_people_truth, read_truth
from pipeline.simulate.simulate import simulate


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged") / "market"
    simulate(folder, listings=2500, seed=4, days=60, pipeline=Rehearsal())
    return folder


@pytest.fixture(scope="module")
def judged(market: Path) -> Judged:
    return judge(market, None, read_truth(market), read_people_truth(market) or ())


def test_what_is_counted_is_what_a_replay_decides(market: Path, judged: Judged, tmp_path: Path) -> None:
    summary = replay(Plan(market, tmp_path / "out"))
    assert judged.decided == summary.stages["flagging"].tally.decided
    assert sum(figures["takedowns"] for figures in judged.scores.regimes.values()) == summary.written["takedowns"]


def test_honest_sellers_lose_no_store_and_most_rightful_notices_are_accepted(judged: Judged) -> None:
    assert judged.scores.sellers["honest"] > 200
    assert (judged.scores.sellers["honest_suspended"], judged.scores.sellers["honest_closed"]) == (0, 0)
    assert judged.scores.notices["honest:rightful"]["share"] > judged.scores.notices["competitor:wrongful"]["share"]


def test_questions_are_told_by_how_they_ended(judged: Judged) -> None:
    assert {"ruling", "unanswered"} <= judged.scores.questions.keys()


def test_regimes_are_the_policy_s(judged: Judged) -> None:
    assert {"cn", "dsa"} <= judged.scores.regimes.keys() <= {"cn", "dsa", "dmca"}


def test_evaluation_has_the_same_scores_and_signals_are_scored_without_people(market: Path, judged: Judged, tmp_path: Path) -> None:
    result = evaluate(market)
    assert result.people == judged.scores
    simulate(tmp_path / "alone", listings=2500, seed=4, days=60)
    alone = evaluate(tmp_path / "alone")
    assert (result.brand_match, result.flagging, alone.people) == (alone.brand_match, alone.flagging, None)
