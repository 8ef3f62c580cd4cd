"""What people decide: answers to questions, appeals, and reversals with all that rested on what is reversed."""

from datetime import datetime
from typing import Any

import pytest

from pipeline.events.reinstatement import Reinstatement
from pipeline.events.ruling import DeciderKind, Verdict
from pipeline.events.sequence import SequencedAppeal, SequencedRuling
from pipeline.stages.record import Outputs
from tests.build import FAKE, START, appeal, at, default_policy, events_of, match, right, ruling, sequenced_tick
from tests.unit.stages.test_flagging import NIKE, Flagging, closures, reviews, steps, takedowns

DISGUISED = match("N1KE", method="leetspeak")  # a question
LATE = at(days=2)


def asked(stage: Flagging, **fields: Any) -> str:
    """Offer a listing that leads to a question; return its id."""
    (review,) = reviews(stage.offer("N1KE Air Max 90", [DISGUISED], **fields))
    return str(review.review_id)


def taken_down(stage: Flagging, listing_id: str = "L1", when: datetime = START) -> str:
    (takedown,) = takedowns(stage.offer(FAKE, listing_id=listing_id, event_time=when))
    return str(takedown.takedown_id)


def back(outputs: Outputs) -> list[Reinstatement]:
    return events_of(outputs, "reinstatements")


def codes(outputs: Outputs) -> dict[str, int]:
    return dict(outputs.tally.dead)


# -- questions


@pytest.mark.parametrize(("verdict", "severity", "points"), [("counterfeit", "serious", 12), ("infringing", "ordinary", 4)])
def test_an_answer_takes_the_listing_down(verdict: Verdict, severity: str, points: int) -> None:
    stage = Flagging()
    outputs = stage.feed(ruling(verdict, LATE, review_id=asked(stage)))
    (takedown,) = takedowns(outputs)
    assert (takedown.source, takedown.detection, takedown.decision, takedown.decided_at) == ("ruling", "automated", "human", LATE)
    assert (takedown.severity, takedown.points, takedown.listing_id, takedown.right_ids) == (severity, points, "L1", ("R1",))
    assert takedown.score == pytest.approx(sum(reason.weight for reason in takedown.reasons))
    assert takedown.reasons[-1].code == "ruling"
    assert outputs.tally.residual == 0


def test_genuine_holds_until_the_content_changes() -> None:
    stage = Flagging()
    stage.feed(ruling("genuine", review_id=asked(stage)))
    again = stage.offer("N1KE Air Max 90", [DISGUISED], version=2, change="updated", price="1")
    assert (again.events, again.tally.facts["exempt"]) == ([], 1)
    assert reviews(stage.offer("N1KE Air Max 95", [DISGUISED], version=3, change="updated"))


def test_inconclusive_ends_the_question_and_nothing_else() -> None:
    stage = Flagging()
    review_id = asked(stage)
    assert stage.feed(ruling("inconclusive", review_id=review_id)).events == []
    assert codes(stage.feed(ruling("counterfeit", review_id=review_id))) == {"already-closed": 1}


def test_nobody_answers_and_the_listing_stays() -> None:
    stage = Flagging()
    review_id = asked(stage)
    due = START + default_policy().reviews.due_after + default_policy().times.lateness
    before = stage.feed(sequenced_tick(due - (at(minutes=1) - START)))
    assert before.tally.facts["unanswered"] == 0
    assert stage.feed(sequenced_tick(due)).tally.facts["unanswered"] == 1
    assert codes(stage.feed(ruling("counterfeit", due, review_id=review_id))) == {"already-closed": 1}


def test_one_question_is_open_for_a_listing_and_right() -> None:
    stage = Flagging()
    review_id = asked(stage)
    changed = stage.offer("N1KE Air Max 95", [DISGUISED], version=2, change="updated", price="1", currency="CNY")
    assert (reviews(changed), changed.tally.facts["asked-before"]) == ([], 1)
    stage.feed(ruling("inconclusive", review_id=review_id))
    assert stage.offer("N1KE Air Max 97", [DISGUISED], version=3, change="updated").tally.facts["asked-before"] == 1, "nor the same again"


def test_an_answer_finds_the_listing_removed_or_down_or_the_right_withdrawn() -> None:
    removed, down, withdrawn = Flagging(), Flagging(), Flagging(right(), right(status="withdrawn"))
    withdrawn.reference = Flagging().reference
    question = asked(removed)
    removed.offer("N1KE Air Max 90", [DISGUISED], version=2, change="removed")
    gone = removed.feed(ruling("counterfeit", review_id=question))
    assert (takedowns(gone), gone.tally.facts["already-removed"]) == ([], 1)
    question = asked(down)
    down.offer(FAKE, version=2, change="updated")
    gone = down.feed(ruling("counterfeit", review_id=question))
    assert (takedowns(gone), gone.tally.facts["already-down"]) == ([], 1)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (ruling("counterfeit", review_id="none"), "unknown-subject"),
        (ruling("reverse", takedown_id="none"), "unknown-subject"),
        (ruling("reverse", appeal_id="none"), "unknown-subject"),
        (ruling("reverse", referral_id="none"), "unknown-subject"),
        (appeal(takedown_id="none"), "unknown-subject"),
        (appeal(warning_id="none"), "unknown-subject"),
    ],
)
def test_what_is_about_nothing_is_a_dead_letter(event: SequencedRuling | SequencedAppeal, code: str) -> None:
    outputs = Flagging().feed(event)
    assert (codes(outputs), outputs.tally.residual) == ({code: 1}, 0)


def test_a_verdict_that_fits_no_question_and_one_that_fits_no_measure() -> None:
    stage = Flagging()
    assert codes(stage.feed(ruling("uphold", review_id=asked(stage)))) == {"wrong-verdict": 1}
    assert codes(stage.feed(ruling("inconclusive", takedown_id=taken_down(stage, "L2")))) == {"wrong-verdict": 1}


# -- reversal


def test_a_reversal_gives_back_listing_points_and_warning() -> None:
    stage = Flagging()
    takedown_id = taken_down(stage)
    assert steps(stage.total) == ["warning"]
    outputs = stage.feed(ruling("reverse", LATE, takedown_id=takedown_id))
    first, second = back(outputs)
    assert (first.takedown_id, first.listing_id, first.cause) == (takedown_id, "L1", "ruling")
    assert (second.warning_id is not None, second.cause, second.decided_at) == (True, "cascade", LATE)
    again = stage.offer(FAKE, version=2, change="listed", event_time=at(days=3))
    assert (again.events, again.tally.facts["exempt"]) == ([], 1), "it is exempt as it is"
    assert steps(stage.offer(FAKE, listing_id="L2", event_time=at(days=4))) == ["warning"], "12 points are the first again"


def test_other_takedowns_carry_a_step_on() -> None:
    stage = Flagging()
    first = taken_down(stage)
    stage.offer(FAKE, listing_id="L2", event_time=at(days=5))
    assert steps(stage.total) == ["warning", "restriction"]
    given = back(stage.feed(ruling("reverse", at(days=6), takedown_id=first)))
    assert [each.cause for each in given if each.warning_id] == ["cascade", "cascade"], "both stood on the first one when they were taken"


def test_a_closure_that_is_no_longer_carried_opens_with_all_that_went_with_it() -> None:
    stage = Flagging()
    stage.offer("Blue wool scarf Nike", [match(start=16)], listing_id="H1")
    first = taken_down(stage, "F0", at(days=1))
    for week in range(1, 4):
        stage.offer(FAKE, listing_id=f"F{week}", event_time=at(days=4 * week + 1))
    (closed,) = closures(stage.total)
    swept = [each for each in takedowns(stage.total) if each.source == "closure"]
    assert [each.listing_id for each in swept] == ["H1"]
    given = back(stage.feed(ruling("reverse", at(days=20), takedown_id=first)))
    assert {each.closure_id for each in given if each.closure_id} == {closed.closure_id}
    assert {each.listing_id for each in given if each.cause == "cascade" and each.takedown_id} == {"H1"}
    assert takedowns(stage.offer("Nike hat", [NIKE], listing_id="H2", event_time=at(days=21))) == [], "the store is open"
    facts = stage.offer("Blue wool scarf Nike", [match(start=16)], listing_id="H1", version=2, event_time=at(days=22)).tally.facts
    assert facts["already-down"] == 0


def test_a_closure_is_reversed_by_itself() -> None:
    stage = Flagging()
    stage.fakes(range(4))
    (closed,) = closures(stage.total)
    given = back(stage.feed(ruling("reverse", at(days=20), "court", closure_id=closed.closure_id)))
    assert [each.closure_id for each in given] == [closed.closure_id]
    assert stage.offer("Nike hat", [NIKE], listing_id="H2", event_time=at(days=21)).events == []


def test_nothing_is_reversed_twice() -> None:
    stage = Flagging()
    takedown_id = taken_down(stage)
    stage.feed(ruling("reverse", LATE, takedown_id=takedown_id))
    again = stage.feed(ruling("reverse", LATE, "court", takedown_id=takedown_id, ruling_id="another"))
    assert (codes(again), back(again)) == ({"illegal-move": 1}, [])


# -- appeals


def test_an_appeal_is_decided_by_a_ruling() -> None:
    stage = Flagging()
    takedown_id = taken_down(stage)
    outputs = stage.feed(appeal(LATE, takedown_id=takedown_id), ruling("reverse", at(days=3), appeal_id=f"A-{takedown_id}"))
    assert [each.takedown_id for each in back(outputs) if each.takedown_id] == [takedown_id]


@pytest.mark.parametrize("by", ["court", "authority", "dispute_body"])
def test_what_was_upheld_is_reversed_by_a_higher_one_only(by: DeciderKind) -> None:
    stage = Flagging()
    takedown_id = taken_down(stage)
    stage.feed(appeal(LATE, takedown_id=takedown_id), ruling("uphold", LATE, appeal_id=f"A-{takedown_id}"))
    assert codes(stage.feed(ruling("reverse", LATE, takedown_id=takedown_id))) == {"illegal-move": 1}
    assert back(stage.feed(ruling("reverse", LATE, by, takedown_id=takedown_id, ruling_id="higher")))


def test_a_brand_never_rules_on_appeals() -> None:
    stage = Flagging()
    takedown_id = taken_down(stage)
    stage.feed(appeal(LATE, takedown_id=takedown_id))
    assert codes(stage.feed(ruling("reverse", LATE, "brand", appeal_id=f"A-{takedown_id}"))) == {"not-entitled": 1}


def test_an_appeal_comes_in_time_and_once() -> None:
    stage = Flagging()
    takedown_id, window = taken_down(stage), default_policy().times.appeal_window
    late = stage.feed(appeal(START + window + (at(minutes=1) - START), takedown_id=takedown_id, appeal_id="late"))
    assert codes(late) == {"appeal-too-late": 1}
    assert codes(stage.feed(appeal(START + window, takedown_id=takedown_id))) == {}
    assert codes(stage.feed(appeal(START + window, takedown_id=takedown_id, appeal_id="again"))) == {"illegal-move": 1}


def test_a_takedown_inside_its_appeal_closes_no_store_until_it_is_upheld() -> None:
    stage = Flagging()
    first = taken_down(stage, "F0")
    stage.feed(appeal(at(days=1), takedown_id=first))
    stage.fakes(range(1, 4))
    assert closures(stage.total) == []
    outputs = stage.feed(ruling("uphold", at(days=20), appeal_id=f"A-{first}"))
    (closed,) = closures(outputs)
    assert (closed.points, len(closed.takedown_ids)) == (48, 4)


def test_a_warning_is_appealed_and_given_back() -> None:
    stage = Flagging()
    taken_down(stage)
    (warned,) = events_of(stage.total, "seller-warnings")
    stage.feed(appeal(LATE, warning_id=warned.warning_id))
    (given,) = back(stage.feed(ruling("reverse", LATE, appeal_id=f"A-{warned.warning_id}")))
    assert (given.warning_id, given.cause) == (warned.warning_id, "ruling")
