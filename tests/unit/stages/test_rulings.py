"""What people decide: answers to questions, appeals, and reversals with all that rested on what is reversed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.enforcement.ledger import points
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.right import ReferencePrice
from pipeline.events.ruling import DecidedBy, DeciderKind, Verdict
from pipeline.events.sequence import SequencedAppeal, SequencedRuling
from pipeline.policy.model import AppealRule
from pipeline.stages.record import Outputs
from tests.build import FAKE, START, appeal, at, default_policy, events_of, history, match, notice, right, ruling, sequenced_tick
from tests.unit.stages.test_flagging import NIKE, Flagging, closures, reviews, steps, takedowns
from tests.unit.stages.test_notices import FAST, Stage

DISGUISED = match("N1KE", method="leetspeak")  # a question
LATE = at(days=2)
TAOBAO = default_policy().presets["taobao"]


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
    assert before.tally.decided["ended:unanswered"] == 0
    assert stage.feed(sequenced_tick(due)).tally.decided["ended:unanswered"] == 1
    assert codes(stage.feed(ruling("counterfeit", due, review_id=review_id))) == {"already-closed": 1}


def test_one_question_is_open_for_a_listing_and_right() -> None:
    stage = Flagging()
    review_id = asked(stage)
    changed = stage.offer("N1KE Air Max 95", [DISGUISED], version=2, change="updated", price="1", currency="CNY")
    assert (reviews(changed), changed.tally.facts["asked-before"]) == ([], 1)
    stage.feed(ruling("inconclusive", review_id=review_id))
    assert stage.offer("N1KE Air Max 97", [DISGUISED], version=3, change="updated").tally.facts["asked-before"] == 1, "nor the same again"


def test_an_answer_finds_the_listing_removed_or_down_or_the_right_withdrawn() -> None:
    removed, down, withdrawn = Flagging(), Flagging(), Flagging()
    question = asked(removed)
    removed.offer("N1KE Air Max 90", [DISGUISED], version=2, change="removed")
    gone = removed.feed(ruling("counterfeit", review_id=question))
    assert [takedown.listing_id for takedown in takedowns(gone)] == ["L1"], "to delete a listing is no escape"
    question = asked(down)
    down.offer(FAKE, version=2, change="updated")
    gone = down.feed(ruling("counterfeit", review_id=question))
    assert (takedowns(gone), gone.tally.facts["already-down"]) == ([], 1)
    question = asked(withdrawn)
    withdrawn.reference = history(right(), right(status="withdrawn"))
    withdrawn.feed(sequenced_tick(at(minutes=1), rights=2))
    gone = withdrawn.feed(ruling("counterfeit", at(minutes=2), review_id=question))
    assert (takedowns(gone), gone.tally.decided["ended:right-inactive"]) == ([], 1)


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


# -- regimes


def by_notice(marketplace: str | None = "cn", kind: Any = "trademark") -> tuple[Stage, str]:
    """Return a stage with a takedown by notice, and its id."""
    held = right(notifier_ids=("HOLDER",), kind=kind)
    stage = Stage(held, policy=default_policy(notices={"fast_track": ("counterfeit", "trademark", "copyright")}), standings=(FAST,))
    stage.plain(marketplace=marketplace)
    claim = "counterfeit" if kind == "trademark" else kind
    (takedown,) = takedowns(stage.feed(notice(LATE, claim=claim)))
    return stage, str(takedown.takedown_id)


APPEALED = at(days=3)
PUT_BACK = at(days=18)  # 15 days after the appeal
FIRED = at(days=19)  # a day of lateness later


def test_a_takedown_by_notice_is_put_back_at_its_deadline() -> None:
    stage, takedown_id = by_notice()
    outputs = stage.feed(appeal(APPEALED, takedown_id=takedown_id))
    (forwarded,) = events_of(outputs, "notice-outcomes")
    assert (forwarded.outcome, forwarded.code, forwarded.until, forwarded.amendment) == ("forwarded", "appealed", PUT_BACK, False)
    assert "2016-03-19" in forwarded.hint
    assert stage.feed(sequenced_tick(FIRED - (at(minutes=1) - START))).events == []
    outputs = stage.feed(sequenced_tick(FIRED))
    (given,) = back(outputs)
    assert (given.cause, given.takedown_id, given.appeal_id, given.decided_at) == ("deadline", takedown_id, f"A-{takedown_id}", FIRED)
    assert events_of(outputs, "notice-outcomes") == [], "it is no finding"
    (ledger,) = stage.ledgers()
    assert (points(ledger, FIRED, TAOBAO), len(ledger.steps), ledger.down) == (0, 1, 0), "the warning stays"
    again = stage.offer("Nike Air Max 90", [NIKE], version=2, change="updated", price="1", currency="CNY", event_time=at(days=20))
    assert takedowns(again) == []


@pytest.mark.parametrize(
    ("marketplace", "kind", "wish", "until"),
    [
        ("cn", "trademark", None, PUT_BACK),
        ("cn", "trademark", "dsa", None),
        ("eu", "trademark", None, None),
        ("eu", "trademark", "cn", None),
        ("us", "trademark", None, None),
        ("us", "copyright", None, datetime(2016, 3, 19, 5, tzinfo=UTC)),  # ten business days after 4 March, by the clock of New York
    ],
)
def test_the_policy_says_under_which_regime(marketplace: str, kind: str, wish: Any, until: datetime | None) -> None:
    stage, takedown_id = by_notice(marketplace, kind)
    outputs = stage.feed(appeal(APPEALED, takedown_id=takedown_id, jurisdiction=wish))
    assert [each.until for each in events_of(outputs, "notice-outcomes")] == ([until] if until else [])
    stage.feed(sequenced_tick(at(days=60)))
    assert len(back(stage.total)) == (until is not None)


def test_proof_of_a_suit_stops_the_clock() -> None:
    stage, takedown_id = by_notice()
    assert codes(stage.feed(ruling("stayed", LATE, takedown_id=takedown_id))) == {"wrong-verdict": 1}
    stage.feed(appeal(APPEALED, takedown_id=takedown_id))
    assert codes(stage.feed(ruling("stayed", at(days=4), "brand", appeal_id=f"A-{takedown_id}"))) == {"not-entitled": 1}
    assert stage.feed(ruling("stayed", at(days=5), "court", appeal_id=f"A-{takedown_id}")).tally.facts["stayed"] == 1
    assert stage.feed(sequenced_tick(at(days=60))).events == []
    assert codes(stage.feed(ruling("stayed", at(days=61), "court", takedown_id=takedown_id, ruling_id="again"))) == {"wrong-verdict": 1}
    assert [each.cause for each in back(stage.feed(ruling("reverse", at(days=62), appeal_id=f"A-{takedown_id}")))] == ["ruling", "cascade"]


def test_a_ruling_before_the_deadline_ends_the_clock() -> None:
    stage, takedown_id = by_notice()
    stage.feed(appeal(APPEALED, takedown_id=takedown_id), ruling("uphold", at(days=5), appeal_id=f"A-{takedown_id}"))
    assert stage.feed(sequenced_tick(at(days=60))).events == []


def test_what_was_put_back_is_upheld_after_all() -> None:
    stage, takedown_id = by_notice()
    stage.feed(appeal(APPEALED, takedown_id=takedown_id), sequenced_tick(FIRED))
    outputs = stage.feed(ruling("uphold", at(days=20), "court", appeal_id=f"A-{takedown_id}"))
    (renewed,) = takedowns(outputs)
    assert (renewed.renews, renewed.source, renewed.decision, renewed.points) == (takedown_id, "ruling", "human", 0)
    (ledger,) = stage.ledgers()
    assert (points(ledger, at(days=20), TAOBAO), ledger.down, ledger.appeals_lost) == (12, 1, 1)
    given = back(stage.feed(ruling("reverse", at(days=21), "court", takedown_id=renewed.takedown_id)))
    assert [(each.takedown_id or "warning", each.cause) for each in given] == [
        (takedown_id, "ruling"),
        (renewed.takedown_id, "cascade"),
        ("warning", "cascade"),
    ]
    (ledger,) = stage.ledgers()
    assert (ledger.hits, ledger.down) == ((), 0)


def test_what_was_put_back_and_changed_since_stays_when_it_is_upheld() -> None:
    stage, takedown_id = by_notice()
    stage.feed(appeal(APPEALED, takedown_id=takedown_id), sequenced_tick(FIRED))
    stage.offer("Nike Air Max 95", [NIKE], version=2, change="updated", event_time=FIRED)
    assert takedowns(stage.feed(ruling("uphold", at(days=20), "court", appeal_id=f"A-{takedown_id}"))) == []
    (ledger,) = stage.ledgers()
    assert points(ledger, at(days=20), TAOBAO) == 12


def test_a_second_appeal_where_the_policy_allows_one() -> None:
    for most, dead in ((1, {"illegal-move": 1}), (2, {})):
        stage = Flagging(policy=default_policy(appeals={"most": most}))
        takedown_id = taken_down(stage)
        stage.feed(appeal(LATE, takedown_id=takedown_id), ruling("uphold", at(days=3), takedown_id=takedown_id))
        assert codes(stage.feed(appeal(at(days=4), appeal_id="A2", takedown_id=takedown_id))) == dead


# -- whether a store closes


def closing(**changes: Any) -> tuple[Flagging, Review]:
    """Return a stage in which a store would close, and the question whether it does."""
    stage = Flagging(policy=default_policy(**changes))
    stage.fakes(range(4))
    (review,) = [each for each in reviews(stage.total) if each.question == "closure"]
    return stage, review


def test_people_are_asked_before_a_store_closes() -> None:
    stage, review = closing()
    assert (review.points, review.assignee.kind, review.priority, review.listing_id) == (48, "team", 2, None)
    assert set(review.takedown_ids) == {each.takedown_id for each in takedowns(stage.total)}
    more = stage.offer(listing_id="F9", event_time=at(days=13))
    assert (reviews(more), closures(more), more.tally.facts["closure-in-question"]) == ([], [], 1)
    outputs = stage.feed(ruling("uphold", at(days=14), review_id=review.review_id))
    (closure,) = closures(outputs)
    assert (closure.decision, closure.review_id, closure.decided_at) == ("human", review.review_id, at(days=14))


@pytest.mark.parametrize("verdict", ["reverse", "inconclusive"])
def test_a_store_stays_open_and_the_next_takedown_asks_again(verdict: Verdict) -> None:
    stage, review = closing()
    assert closures(stage.feed(ruling(verdict, at(days=13), review_id=review.review_id))) == []
    (again,) = reviews(stage.offer(listing_id="F9", event_time=at(days=14)))
    assert (again.question, again.review_id != review.review_id) == ("closure", True)


def test_nobody_answers_and_the_store_stays_open() -> None:
    stage, review = closing()
    assert stage.feed(sequenced_tick(at(days=17))).tally.decided["ended:unanswered"] == 1
    assert codes(stage.feed(ruling("uphold", at(days=17), review_id=review.review_id))) == {"already-closed": 1}
    assert len(reviews(stage.offer(listing_id="F9", event_time=at(days=18)))) == 1


def test_what_no_longer_carries_a_closure_does_not_close() -> None:
    stage, review = closing()
    stage.feed(ruling("reverse", at(days=13), takedown_id=takedowns(stage.total)[0].takedown_id))
    outputs = stage.feed(ruling("uphold", at(days=14), review_id=review.review_id))
    assert (closures(outputs), outputs.tally.facts["closure-not-due"]) == ([], 1)


def test_a_closure_that_people_have_a_part_in_is_not_asked_about() -> None:
    stage = Flagging(policy=default_policy())
    stage.feed(ruling("counterfeit", review_id=asked(stage)))
    stage.fakes(range(1, 4))
    (closure,) = closures(stage.total)
    assert closure.decision == "partly"


@pytest.mark.parametrize("verdict", ["counterfeit", "genuine"])
def test_a_verdict_on_goods_does_not_answer_whether_a_store_closes(verdict: Verdict) -> None:
    stage, review = closing()
    assert codes(stage.feed(ruling(verdict, at(days=13), review_id=review.review_id))) == {"wrong-verdict": 1}


# -- who is asked, and how much


CHEAP = {"price": "1", "currency": "CNY"}
SEEN_BY_HOLDER = right(notifier_ids=("HOLDER",), authorised_sellers=("S9",), reference_prices=(ReferencePrice("CNY", "500", "900"),))


def test_the_brand_is_asked_what_the_platform_cannot_tell() -> None:
    stage = Flagging(SEEN_BY_HOLDER, policy=default_policy(prices={"placeholder": {}}))
    (review,) = reviews(stage.offer("Nike Air Max 90", [NIKE], **CHEAP))
    assert (review.assignee.kind, review.assignee.id) == ("brand", "B1")
    assert review.due_at == START + default_policy().reviews.joint_force.due_after
    assert codes(stage.feed(ruling("counterfeit", LATE, "brand", review_id=review.review_id))) == {"not-entitled": 1}, "another brand"
    answer = SequencedRuling("ruling", LATE, "B", "S1", "counterfeit", DecidedBy("brand", "B1"), review_id=review.review_id)
    assert len(takedowns(stage.feed(answer))) == 1


def test_the_team_is_asked_what_speaks_of_the_goods_and_where_nobody_speaks_for_the_right() -> None:
    stage = Flagging(right(notifier_ids=("HOLDER",)))
    (review,) = reviews(stage.offer("N1KE Air Max 90", [DISGUISED]))
    assert review.assignee.kind == "team"
    silent = Flagging(
        right(authorised_sellers=("S9",), reference_prices=(ReferencePrice("CNY", "500", "900"),)),
        policy=default_policy(prices={"placeholder": {}}),
    )
    (review,) = reviews(silent.offer("Nike Air Max 90", [NIKE], **CHEAP))
    assert review.assignee.kind == "team"


def test_above_the_budget_only_what_is_urgent_is_asked() -> None:
    stage = Flagging(policy=default_policy(reviews={"budget": 2}))
    for number, category in enumerate(("Shoes", "Shoes", "Shoes", "Baby food", "Shoes")):
        stage.offer(f"N1KE Air Max 9{number}", [DISGUISED], listing_id=f"L{number}", category=category)
    assert [each.listing_id for each in reviews(stage.total)] == ["L0", "L1", "L3"]
    assert stage.facts()["capacity"] == 2
    tomorrow = stage.offer("N1KE Air Max 92", [DISGUISED], listing_id="L2", version=2, change="updated", event_time=at(days=1))
    assert len(reviews(tomorrow)) == 1


# -- brands and measures


def test_a_brand_decides_on_its_own_takedown_until_it_is_appealed_against() -> None:
    stage = Flagging()
    first, second = taken_down(stage), taken_down(stage, "L2", at(days=5))
    own = DecidedBy("brand", "B1")
    assert codes(stage.feed(ruling("reverse", LATE, "brand", takedown_id=first))) == {"not-entitled": 1}
    assert len(back(stage.feed(SequencedRuling("ruling", at(days=6), "X", "S1", "reverse", own, takedown_id=first)))) > 0
    stage.feed(appeal(at(days=6), takedown_id=second))
    assert codes(stage.feed(SequencedRuling("ruling", at(days=7), "Y", "S1", "reverse", own, takedown_id=second))) == {"not-entitled": 1}


# -- what is given back, and for how long it is remembered


def test_what_changed_while_it_was_down_comes_back_without_exemption() -> None:
    stage = Flagging()
    takedown_id = taken_down(stage)
    stage.offer(FAKE + " new", version=2, change="updated", event_time=at(days=1))
    stage.feed(ruling("reverse", LATE, takedown_id=takedown_id))
    assert len(takedowns(stage.offer(FAKE + " new", version=3, change="updated", event_time=at(days=3)))) == 1


def test_another_brand_named_ends_an_exemption() -> None:
    stage = Flagging()
    stage.feed(ruling("reverse", LATE, takedown_id=taken_down(stage)))
    assert takedowns(stage.offer(FAKE, version=2, change="updated", event_time=at(days=3))) == []
    assert len(takedowns(stage.offer(FAKE, version=3, change="updated", brand="Nike", event_time=at(days=3)))) == 1


def test_what_its_seller_removed_while_it_was_down_is_given_back_as_removed() -> None:
    stage = Flagging()
    takedown_id = taken_down(stage)
    stage.offer(FAKE, version=2, change="removed", event_time=at(days=1))
    stage.feed(ruling("reverse", LATE, takedown_id=takedown_id))
    stage.fakes(range(1, 5))
    assert all(each.listing_id != "L1" for each in takedowns(stage.total)[1:]), "a closing store does not sweep what is not there"
    assert len(closures(stage.total)) == 1


def test_an_appeal_on_the_last_day_is_decided_and_everything_given_back() -> None:
    stage = Flagging()
    takedown_id = taken_down(stage)
    stage.feed(appeal(at(days=179), takedown_id=takedown_id), sequenced_tick(at(days=500)))
    given = back(stage.feed(ruling("reverse", at(days=501), appeal_id=f"A-{takedown_id}")))
    assert [each.cause for each in given] == ["ruling", "cascade"]
    assert takedowns(stage.offer(FAKE, version=2, change="updated", event_time=at(days=502))) == [], "it is exempt"
    (ledger,) = stage.ledgers()
    assert ledger.down == 0


def test_a_closure_gives_back_what_it_swept_as_long_as_it_can_be_reversed() -> None:
    stage = Flagging()
    stage.offer("Blue wool scarf Nike", [match(start=16)], listing_id="H1")
    stage.fakes(range(4))
    (closed,) = closures(stage.total)
    stage.feed(appeal(at(days=170), closure_id=closed.closure_id), sequenced_tick(at(days=500)))
    given = back(stage.feed(ruling("reverse", at(days=501), "court", closure_id=closed.closure_id)))
    assert [each.listing_id for each in given if each.takedown_id] == ["H1"]


def test_what_is_forgotten_has_no_more_rulings() -> None:
    stage = Flagging()
    takedown_id = taken_down(stage)
    stage.feed(sequenced_tick(at(days=180 + 365 + 1)))
    assert codes(stage.feed(ruling("reverse", at(days=547), takedown_id=takedown_id))) == {"unknown-subject": 1}


def test_what_people_find_counterfeit_is_exempt_no_more() -> None:
    stage = Stage()
    stage.suspicious()
    (first,) = reviews(stage.total)
    stage.feed(ruling("genuine", review_id=first.review_id))
    (second,) = reviews(stage.feed(notice(LATE)))
    assert len(takedowns(stage.feed(ruling("counterfeit", at(days=3), review_id=second.review_id)))) == 1
    again = stage.suspicious(version=2, change="listed", event_time=at(days=4))
    assert again.tally.facts["exempt"] == 0
    assert len(takedowns(again)) + len(reviews(again)) == 1


def test_genuine_is_what_was_asked_about() -> None:
    stage = Flagging()
    review_id = asked(stage)
    stage.offer("N1KE Air Max 95", [DISGUISED], version=2, change="updated")
    stage.feed(ruling("genuine", LATE, review_id=review_id))
    assert stage.offer("N1KE Air Max 95", [DISGUISED], version=3, change="updated", price="9").tally.facts["exempt"] == 0


def test_a_listing_that_comes_back_to_a_closed_store_goes_with_it() -> None:
    stage = Flagging()
    first = taken_down(stage)
    stage.feed(appeal(at(hours=1), takedown_id=first))
    stage.fakes(range(1, 5))
    assert len(closures(stage.total)) == 1, "without the one that is contested"
    outputs = stage.feed(ruling("reverse", at(days=60), takedown_id=first))
    assert [(each.listing_id, each.source) for each in takedowns(outputs)] == [("L1", "closure")]
    assert [each.closure_id for each in back(outputs) if each.closure_id] == []


def test_a_reversal_wipes_the_traces_of_what_was_taken_down() -> None:
    stage = Flagging()
    takedown_id = taken_down(stage)
    stage.offer("Nike hat", [NIKE], version=2, change="updated", event_time=at(days=1))
    assert stage.store.sizes()["traces"].entries == 1
    stage.feed(ruling("reverse", LATE, takedown_id=takedown_id))
    assert stage.store.sizes()["traces"].entries == 0


def test_what_was_swept_goes_and_comes_with_its_store() -> None:
    rule = AppealRule(regime="cn", sources=("closure",))
    stage = Flagging(policy=default_policy(appeals={"rules": (rule,)}, enforcement={"ask_before_closure": False}))
    stage.offer("Nike hat", [NIKE], listing_id="H1")
    stage.fakes(range(4))
    (swept,) = [each for each in takedowns(stage.total) if each.source == "closure"]
    stage.feed(appeal(at(days=20), takedown_id=swept.takedown_id))
    assert stage.feed(sequenced_tick(at(days=60))).events == []


def test_steps_are_carried_by_the_rules_under_which_they_were_taken() -> None:
    stage = Flagging()
    stage.offer("Nike hat", [NIKE], listing_id="H1")
    stage.fakes(range(4))
    (swept,) = [each for each in takedowns(stage.total) if each.source == "closure"]
    stage.reference = history(right(), policy=default_policy(enforcement={"preset": "aliexpress"}))
    stage.feed(sequenced_tick(at(days=20)))
    given = back(stage.feed(ruling("reverse", at(days=21), takedown_id=swept.takedown_id)))
    assert [each.listing_id for each in given] == ["H1"], "48 points still stand behind the closure"
    stage.reference = history(right(), policy=default_policy(enforcement={"preset": "none"}))
    stage.feed(sequenced_tick(at(days=22)))
    for takedown in takedowns(stage.total):
        if takedown.source == "own_initiative":
            stage.feed(ruling("reverse", at(days=23), takedown_id=takedown.takedown_id))
    (ledger,) = stage.ledgers()
    assert (ledger.hits, ledger.steps, ledger.closure_id) == ((), (), None)


def test_nobody_appeals_against_what_only_carries_out_a_ruling() -> None:
    stage, takedown_id = by_notice()
    stage.feed(appeal(APPEALED, takedown_id=takedown_id), sequenced_tick(FIRED))
    (renewed,) = takedowns(stage.feed(ruling("uphold", at(days=20), "court", takedown_id=takedown_id)))
    assert codes(stage.feed(appeal(at(days=20), takedown_id=renewed.takedown_id))) == {"illegal-move": 1}


def test_a_second_appeal_has_a_clock_of_its_own() -> None:
    policy = default_policy(appeals={"most": 2})
    stage = Stage(right(notifier_ids=("HOLDER",)), policy=policy, standings=(FAST,))
    stage.plain(marketplace="cn")
    (takedown,) = takedowns(stage.feed(notice(LATE)))
    stage.feed(appeal(at(days=3), takedown_id=takedown.takedown_id), ruling("uphold", at(days=5), takedown_id=takedown.takedown_id))
    stage.feed(appeal(at(days=10), appeal_id="A2", takedown_id=takedown.takedown_id, jurisdiction="dsa"))
    assert stage.feed(sequenced_tick(at(days=60))).events == [], "the first clock has stopped, the second regime has none"


def test_listings_that_come_back_with_their_store_are_no_fewer_takedowns() -> None:
    stage = Flagging()
    stage.offer("Nike hat", [NIKE], listing_id="H1")
    stage.fakes(range(4))
    (closed,) = closures(stage.total)
    stage.feed(ruling("reverse", at(days=20), "court", closure_id=closed.closure_id))
    (ledger,) = stage.ledgers()
    assert (ledger.down, ledger.closure_id, ledger.closure_question) == (4, None, None)


def test_a_closure_names_no_takedown_inside_its_appeal() -> None:
    stage = Flagging()
    first = taken_down(stage)
    stage.feed(appeal(at(hours=1), takedown_id=first))
    stage.fakes(range(1, 5))
    (closed,) = closures(stage.total)
    assert (closed.points, first in closed.takedown_ids) == (48, False)


def test_a_store_that_closed_by_an_answer_has_no_question_open() -> None:
    stage, review = closing()
    stage.feed(ruling("uphold", at(days=14), review_id=review.review_id))
    (ledger,) = stage.ledgers()
    assert (ledger.closure_question, ledger.closure_id is not None) == (None, True)


def test_what_was_renewed_is_given_back_once() -> None:
    stage, takedown_id = by_notice()
    stage.feed(appeal(APPEALED, takedown_id=takedown_id), sequenced_tick(FIRED))
    (renewed,) = takedowns(stage.feed(ruling("uphold", at(days=20), "court", takedown_id=takedown_id)))
    stage.feed(ruling("reverse", at(days=21), "court", takedown_id=takedown_id))
    assert codes(stage.feed(ruling("reverse", at(days=22), "court", takedown_id=renewed.takedown_id))) == {"illegal-move": 1}
