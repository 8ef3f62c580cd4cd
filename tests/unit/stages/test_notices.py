"""Notices: each row of the tables in docs/people.md, by itself."""

from datetime import datetime
from typing import Any

import pytest

from pipeline.events.notice import NoticeOutcome
from pipeline.events.right import Right
from pipeline.events.standing import NotifierStanding, Tier
from pipeline.policy.model import Policy
from pipeline.stages import flagging
from pipeline.stages.record import Outputs
from tests.build import (
    FAKE,
    START,
    appeal,
    at,
    default_policy,
    events_of,
    listing,
    match,
    notice,
    right,
    ruling,
    sequenced_tick,
    slim,
)
from tests.unit.stages.test_flagging import Flagging, reviews, takedowns

HELD = right(notifier_ids=("HOLDER", "AGENT"))
PLAIN, DISGUISED = "Nike Air Max 90", match("N1KE", method="leetspeak")
LATER = at(hours=1)
FAST = NotifierStanding("HOLDER", "fast_track")


class Stage(Flagging):
    """Flagging with standings of notifiers."""

    def __init__(self, *rights: Right, policy: Policy | None = None, standings: tuple[NotifierStanding, ...] = ()) -> None:
        super().__init__(*(rights or (HELD,)), policy=policy)
        for standing in standings:
            self.reference.add_standing(standing)
        self.feed(sequenced_tick(rights=len(self.rights), standings=len(standings)))

    def plain(self, **fields: Any) -> Outputs:
        """Offer what no signal speaks against."""
        return self.offer(PLAIN, [match()], **fields)

    def suspicious(self, **fields: Any) -> Outputs:
        """Offer what is a question by itself."""
        return self.offer("N1KE Air Max 90", [DISGUISED], **fields)


def fast() -> Stage:
    return Stage(standings=(FAST,))


def outcomes(outputs: Outputs) -> list[NoticeOutcome]:
    return events_of(outputs, "notice-outcomes")


def told(outputs: Outputs) -> list[tuple[str, str, str]]:
    return [(each.notice_id, each.outcome, each.code) for each in outcomes(outputs)]


RECEIVED = ("N1", "received", "received")


# -- what is refused


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"right_id": None}, "incomplete"),
        ({"explained": 0}, "incomplete"),
        ({"good_faith": False}, "incomplete"),
        ({"accurate": False}, "incomplete"),
        ({"right_id": "R9"}, "right-unknown"),
        ({"right_id": "GONE"}, "right-inactive"),
        ({"right_id": "SHADOW"}, "right-inactive"),
        ({"right_id": "OLD"}, "right-expired"),
        ({"claim": "patent"}, "right-kind"),
        ({"right_id": "JP"}, "territory"),
        ({"right_id": None, "notifier_kind": "consumer", "listing_id": "L2"}, "no-right"),
        ({"right_id": None, "notifier_kind": "consumer"}, "insufficient"),
    ],
)
def test_refusals(fields: dict[str, Any], code: str) -> None:
    stage = Stage(
        HELD,
        right(right_id="GONE", status="withdrawn"),
        right(right_id="SHADOW", status="shadow"),
        right(right_id="OLD", valid_until=at(days=-1)),
        right(right_id="JP", territories=("JP",)),
    )
    stage.plain(territories=("US",))
    stage.feed(slim(listing("Blue wool scarf", listing_id="L2")))
    outputs = stage.feed(notice(LATER, **fields))
    assert told(outputs) == [RECEIVED, ("N1", "refused", code)]
    assert (outputs.tally.kept, outputs.tally.residual) == (1, 0)
    assert outputs.tally.decided[f"notice:refused:{code}"] == 1


def test_what_is_missing_is_named_in_the_language_of_the_notice() -> None:
    stage = Stage()
    _, english = outcomes(stage.feed(notice(good_faith=False, accurate=False)))
    _, chinese = outcomes(stage.feed(notice(notice_id="N2", explained=0, language="zh-CN")))
    assert "good_faith, accurate" in english.hint
    assert "缺少：explanation" in chinese.hint


@pytest.mark.parametrize(("until", "code"), [(None, "notifier-suspended"), (at(days=9), "notifier-suspended"), (LATER, "accepted")])
def test_a_suspended_notifier_is_not_heard_until_it_is_over(until: datetime | None, code: str) -> None:
    stage = Stage(standings=(NotifierStanding("HOLDER", "suspended", until),))
    stage.suspicious()
    (question,) = reviews(stage.total)
    outputs = stage.feed(notice(LATER))
    if code == "accepted":
        outputs.extend(stage.feed(ruling("counterfeit", at(hours=2), review_id=question.review_id)))
    assert told(outputs)[-1][2] == code


def test_an_unknown_listing_is_waited_for() -> None:
    stage = Stage()
    stage.feed(slim(listing("Blue wool scarf", listing_id="L2")))
    assert told(stage.feed(notice())) == [RECEIVED]
    wait = default_policy().notices.wait_for_listing + default_policy().times.lateness
    assert told(stage.feed(sequenced_tick(START + wait - (at(minutes=1) - START)))) == []
    assert told(stage.feed(sequenced_tick(START + wait))) == [("N1", "refused", "listing-unknown")]
    assert told(stage.plain(event_time=START + wait)) == []


def test_a_notice_before_its_listing_is_looked_at_when_that_comes() -> None:
    stage = fast()
    stage.feed(notice())
    outputs = stage.plain(event_time=LATER)
    (takedown,) = takedowns(outputs)
    (outcome,) = outcomes(outputs)
    assert (outcome.outcome, outcome.takedown_id, outcome.handled_in) == ("accepted", takedown.takedown_id, 3600)


def test_what_is_down_is_down_already() -> None:
    stage = Stage()
    (down,) = takedowns(stage.offer(FAKE))
    (_, outcome) = outcomes(stage.feed(notice(LATER)))
    assert (outcome.outcome, outcome.code, outcome.takedown_id) == ("already_down", "already-down", down.takedown_id)


# -- what follows


def test_the_fast_track_takes_down_at_once() -> None:
    stage = fast()
    stage.plain()
    outputs = stage.feed(notice(LATER))
    (takedown,) = takedowns(outputs)
    assert (takedown.source, takedown.detection, takedown.decision, takedown.notice_id) == ("notice", "notice", "automated", "N1")
    assert (takedown.severity, takedown.points, takedown.score) == ("serious", 12, 2.0)
    assert takedown.score == pytest.approx(sum(reason.weight for reason in takedown.reasons))
    assert told(outputs) == [RECEIVED, ("N1", "accepted", "accepted")]
    assert outcomes(outputs)[1].takedown_id == takedown.takedown_id


@pytest.mark.parametrize(
    "fields", [{"notifier_id": "NOBODY"}, {"right_id": "P", "claim": "patent"}, {"right_id": "C", "claim": "copyright"}]
)
def test_a_stranger_and_other_kinds_have_no_fast_track(fields: dict[str, Any]) -> None:
    stage = Stage(
        HELD,
        right(right_id="P", kind="patent", notifier_ids=("HOLDER",)),
        right(right_id="C", kind="copyright", notifier_ids=("HOLDER",)),
        standings=tuple(NotifierStanding(name, "fast_track") for name in ("HOLDER", "NOBODY")),
    )
    stage.plain()
    assert takedowns(stage.feed(notice(LATER, **fields))) == []


@pytest.mark.parametrize(("tier", "score"), [("ordinary", 0.0), ("warned", -2.0)])
def test_who_speaks_for_the_right_is_always_heard(tier: Tier, score: float) -> None:
    stage = Stage(standings=(NotifierStanding("HOLDER", tier),))
    stage.plain(category="Baby toys")
    outputs = stage.feed(notice(LATER))
    (review,) = reviews(outputs)
    assert (review.question, review.assignee.kind, review.notice_ids, review.priority) == ("counterfeit", "team", ("N1",), 2)
    assert (review.score, review.opened_at) == (score, LATER)
    assert told(outputs) == [RECEIVED]
    assert outputs.tally.decided["review:notice:team"] == 1


def test_a_stranger_is_a_question_where_something_is_suspicious_and_refused_where_nothing_is() -> None:
    stage = Stage()
    stage.plain()
    stranger = {"notifier_id": "BUYER", "notifier_kind": "consumer"}
    assert told(stage.feed(notice(LATER, **stranger)))[-1] == ("N1", "refused", "insufficient")
    stage.suspicious(listing_id="L3")
    joined = stage.feed(notice(LATER, notice_id="N3", listing_id="L3", **stranger))
    assert (takedowns(joined), told(joined)) == ([], [("N3", "received", "received")]), "it waits with the question that is open"
    (question,) = reviews(stage.total)
    stage.feed(ruling("inconclusive", at(days=1), review_id=question.review_id))
    again = stage.feed(notice(at(days=2), notice_id="N4", listing_id="L3", notifier_id="OTHER", notifier_kind="consumer"))
    assert (takedowns(again), len(reviews(again))) == ([], 1), "what people could not tell no machine decides on somebody's word"


def test_circumstances_and_a_notice_take_nothing_down() -> None:
    cheap = right(notifier_ids=("HOLDER",), authorised_sellers=("S9",))
    stage = Stage(cheap)
    stage.plain()
    outputs = stage.feed(notice(LATER))
    assert (takedowns(outputs), len(reviews(outputs))) == ([], 1)


def test_the_brake_holds_notices_too() -> None:
    stage = Stage(policy=default_policy(brake={"per_right": 1}), standings=(FAST,))
    stage.plain()
    stage.plain(listing_id="L2")
    assert len(takedowns(stage.feed(notice(LATER)))) == 1
    outputs = stage.feed(notice(LATER, notice_id="N2", listing_id="L2"))
    assert (takedowns(outputs), len(reviews(outputs))) == ([], 1)


def test_deleting_a_listing_is_no_escape() -> None:
    stage = fast()
    stage.plain()
    stage.feed(slim(listing(PLAIN, version=2, change="removed", event_time=LATER)))
    assert len(takedowns(stage.feed(notice(at(hours=2))))) == 1


# -- the answer


@pytest.mark.parametrize(
    ("verdict", "outcome", "code"),
    [
        ("counterfeit", "accepted", "accepted"),
        ("infringing", "accepted", "accepted"),
        ("genuine", "refused", "found-genuine"),
        ("inconclusive", "refused", "inconclusive"),
    ],
)
def test_the_answer_to_the_question_is_that_to_the_notice(verdict: Any, outcome: str, code: str) -> None:
    stage = Stage()
    stage.plain()
    (review,) = reviews(stage.feed(notice(LATER)))
    outputs = stage.feed(ruling(verdict, at(days=1), review_id=review.review_id))
    (answer,) = outcomes(outputs)
    assert (answer.outcome, answer.code, answer.automated, answer.handled_in) == (outcome, code, False, 23 * 3600)
    if outcome == "accepted":
        (takedown,) = takedowns(outputs)
        assert (takedown.source, takedown.decision, takedown.notice_id) == ("notice", "human", "N1")
        assert answer.takedown_id == takedown.takedown_id


def test_nobody_answers() -> None:
    stage = Stage()
    stage.plain()
    stage.feed(notice(LATER))
    outputs = stage.feed(sequenced_tick(at(days=4, hours=1)))
    assert told(outputs) == [("N1", "refused", "unanswered")]
    assert outputs.tally.decided["ended:unanswered"] == 1


def test_silence_takes_down_where_the_policy_says_so_and_the_goods_are_spoken_of() -> None:
    stage = Stage(policy=default_policy(reviews={"unanswered": "takedown"}))
    stage.suspicious()
    stage.plain(listing_id="L2")
    stage.feed(notice(LATER, listing_id="L2"))
    outputs = stage.feed(sequenced_tick(at(days=9)))
    (takedown,) = takedowns(outputs)
    assert (takedown.listing_id, takedown.source, takedown.decision) == ("L1", "own_initiative", "automated")
    assert takedown.reasons[-1].code == "unanswered"
    assert told(outputs) == [("N1", "refused", "unanswered")]


def test_silence_takes_down_no_guess() -> None:
    stage = Stage(policy=default_policy(reviews={"unanswered": "takedown"}))
    (review,) = reviews(stage.offer("Nikke shoes 1:1", [match("Nikke", method="fuzzy")], listing_id="L1"))
    assert review.reasons[-1].code == "guess"
    outputs = stage.feed(sequenced_tick(at(days=9)))
    assert outputs.tally.decided["ended:unanswered"] == 1
    assert takedowns(outputs) == []


def test_a_guess_does_not_carry_what_a_notice_takes_down() -> None:
    stage = fast()
    stage.offer("Nikke shoes 1:1", [match("Nikke", method="fuzzy")], listing_id="L1")
    (takedown,) = takedowns(stage.feed(notice(LATER)))
    outputs = stage.feed(notice(at(hours=2), notice_id="T", claim="retraction", retracts="N1"))
    assert [each.takedown_id for each in events_of(outputs, "reinstatements") if each.takedown_id] == [takedown.takedown_id]


def test_a_notice_joins_the_question_that_is_open() -> None:
    stage = Stage()
    (review,) = reviews(stage.offer(PLAIN, [match()], listing_id="L1", price="1")) or [None]
    assert review is None
    stage.feed(notice(LATER))
    second = stage.feed(notice(at(hours=2), notice_id="N2", notifier_id="AGENT", notifier_kind="agent"))
    assert (reviews(second), told(second)) == ([], [("N2", "received", "received")])
    (question,) = reviews(stage.total)
    outputs = stage.feed(ruling("counterfeit", at(days=1), review_id=question.review_id))
    assert told(outputs) == [("N1", "accepted", "accepted"), ("N2", "accepted", "accepted")]


def test_what_was_found_genuine_is_a_question_even_on_the_fast_track() -> None:
    stage = fast()
    stage.suspicious()
    (review,) = reviews(stage.total)
    stage.feed(ruling("genuine", review_id=review.review_id))
    outputs = stage.feed(notice(LATER))
    assert (takedowns(outputs), len(reviews(outputs))) == ([], 1)


# -- the same again


def test_the_same_complaint_gets_the_same_answer() -> None:
    stage = Stage()
    stage.plain()
    (review,) = reviews(stage.feed(notice(LATER)))
    assert told(stage.feed(notice(at(hours=2), notice_id="N2"))) == [("N2", "received", "received")]
    outputs = stage.feed(ruling("genuine", at(days=1), review_id=review.review_id))
    assert told(outputs) == [("N1", "refused", "found-genuine"), ("N2", "refused", "found-genuine")]
    assert [each.same_as for each in outcomes(outputs)] == [None, "N1"]
    again = stage.feed(notice(at(days=2), notice_id="N3"))
    assert told(again) == [("N3", "received", "received"), ("N3", "refused", "found-genuine")]
    assert outcomes(again)[1].same_as == "N1"


def test_another_content_is_looked_at_anew() -> None:
    stage = Stage()
    stage.plain()
    (review,) = reviews(stage.feed(notice(LATER)))
    stage.feed(ruling("genuine", at(days=1), review_id=review.review_id))
    stage.offer("Nike Air Max 95", [match()], version=2, change="updated", event_time=at(days=2))
    assert len(reviews(stage.feed(notice(at(days=3), notice_id="N2")))) == 1


# -- taking back


def test_a_retraction_ends_what_waits_and_what_is_asked() -> None:
    stage = Stage()
    stage.feed(notice(listing_id="L9"))
    stage.plain()
    stage.feed(notice(LATER, notice_id="N2"))
    taken = [stage.feed(notice(at(hours=2), notice_id=f"T{name}", claim="retraction", retracts=name)) for name in ("N1", "N2")]
    for name, outputs in zip(("N1", "N2"), taken, strict=True):
        assert told(outputs) == [
            (f"T{name}", "received", "received"),
            (name, "retracted", "retracted"),
            (f"T{name}", "accepted", "taken-back"),
        ]
    assert taken[1].tally.decided["ended:retracted"] == 1
    assert outcomes(stage.feed(sequenced_tick(at(days=30)))) == []


def test_a_retraction_gives_back_what_rests_on_the_notice_alone() -> None:
    stage = fast()
    stage.plain()
    (takedown,) = takedowns(stage.feed(notice(LATER)))
    outputs = stage.feed(notice(at(hours=2), notice_id="T", claim="retraction", retracts="N1"))
    back = events_of(outputs, "reinstatements")
    assert [(each.cause, each.takedown_id, each.notice_id) for each in back if each.takedown_id] == [
        ("retraction", takedown.takedown_id, "T")
    ]
    assert [each.cause for each in back if each.warning_id] == ["cascade"]
    amended = outcomes(outputs)[1]
    assert (amended.notice_id, amended.outcome, amended.amendment) == ("N1", "retracted", True)
    assert len(reviews(stage.feed(notice(at(hours=3), notice_id="N2", notifier_id="AGENT", notifier_kind="agent")))) == 1, "it is live"


def test_a_retraction_leaves_what_people_have_decided() -> None:
    stage = Stage()
    stage.plain()
    (review,) = reviews(stage.feed(notice(LATER)))
    stage.feed(ruling("counterfeit", at(days=1), review_id=review.review_id))
    outputs = stage.feed(notice(at(days=2), notice_id="T", claim="retraction", retracts="N1"))
    assert events_of(outputs, "reinstatements") == []
    assert told(outputs)[1:] == [("N1", "retracted", "retracted"), ("T", "accepted", "taken-back")]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"retracts": None}, "incomplete"),
        ({"retracts": "N9"}, "notice-unknown"),
        ({"notifier_id": "AGENT"}, "notice-unknown"),
        ({"retracts": "N2"}, "already-ended"),
    ],
)
def test_retractions_that_are_refused(fields: dict[str, Any], code: str) -> None:
    stage = Stage()
    stage.plain()
    stage.feed(notice(LATER), notice(LATER, notice_id="N2", explained=0))
    outputs = stage.feed(notice(at(hours=2), **{"notice_id": "T", "claim": "retraction", "retracts": "N1", **fields}))
    assert told(outputs)[-1] == ("T", "refused", code)


# -- complaints about refusals


def test_a_refusal_that_is_reversed_takes_the_listing_down() -> None:
    stage = Stage()
    stage.plain()
    stage.feed(notice(LATER, notifier_id="BUYER", notifier_kind="consumer"))
    stage.feed(appeal(at(days=1), notice_id="N1", notifier_id="BUYER"))
    outputs = stage.feed(ruling("reverse", at(days=2), appeal_id="A-N1"))
    (takedown,), (amended,) = takedowns(outputs), outcomes(outputs)
    assert (amended.outcome, amended.code, amended.amendment) == ("reversed", "complaint-upheld", True)
    assert (amended.takedown_id, takedown.severity, takedown.source) == (takedown.takedown_id, "serious", "notice")


def test_a_refusal_that_is_upheld_stays() -> None:
    stage = Stage()
    stage.plain()
    stage.feed(notice(LATER, notifier_id="BUYER", notifier_kind="consumer"))
    stage.feed(appeal(at(days=1), notice_id="N1", notifier_id="BUYER"))
    outputs = stage.feed(ruling("uphold", at(days=2), appeal_id="A-N1"))
    assert (outputs.events, outputs.tally.facts["complaint-upheld"]) == ([], 1)


def test_nobody_else_complains_about_a_refusal() -> None:
    stage = Stage()
    stage.plain()
    stage.feed(notice(LATER, notifier_id="BUYER", notifier_kind="consumer"))
    assert dict(stage.feed(appeal(at(days=1), notice_id="N1", notifier_id="OTHER")).tally.dead) == {"unknown-subject": 1}


def test_where_the_policy_gives_notifiers_no_appeal_a_complaint_is_a_dead_letter() -> None:
    stage = Stage(policy=default_policy(appeals={"notifiers": False}))
    stage.feed(notice(LATER, explained=0))
    assert dict(stage.feed(appeal(at(days=1), notice_id="N1", notifier_id="HOLDER")).tally.dead) == {"not-entitled": 1}


def test_a_store_that_is_closed_closes_no_second_time() -> None:
    stage = fast()
    stage.fakes(range(4))
    stage.feed(slim(listing(PLAIN, change="removed", event_time=at(days=20))))
    assert len(events_of(stage.total, "store-closures")) == 1
    outputs = stage.feed(notice(at(days=21)))
    assert (len(takedowns(outputs)), len(events_of(stage.total, "store-closures"))) == (1, 1)


# -- what comes again, and what comes in masses


def test_an_id_that_is_known_is_a_dead_letter_though_it_comes_after_dedupe_forgot_it() -> None:
    stage = fast()
    stage.plain()
    (takedown,) = takedowns(stage.feed(notice(LATER)))
    stage.feed(ruling("reverse", at(days=2), takedown_id=takedown.takedown_id))
    stage.offer("Nike Air Max 95", [match()], version=2, change="updated", event_time=at(days=3))
    outputs = stage.feed(notice(at(days=300)))
    assert (outputs.events, dict(outputs.tally.dead), outputs.tally.residual) == ([], {"already-known": 1}, 0)


def test_no_value_of_the_state_grows_with_the_number_of_notices() -> None:
    stage = Stage()
    stage.plain()
    for number in range(300):
        stage.feed(notice(LATER, notice_id=f"Q{number}", notifier_id=f"B{number}", right_id="R1", notifier_kind="other"))
        stage.feed(notice(LATER, notice_id=f"W{number}", notifier_id=f"B{number}", listing_id="L9"))
        stage.feed(notice(LATER, notice_id=f"H{number}", notifier_id="HOLDER", listing_id="L1"))
    largest = max(len(data) for table in flagging.TABLES for data in stage.store.read(table, list(stage.store.keys(table))).values())
    assert largest < 4096
    (question,) = reviews(stage.total)
    outputs = stage.feed(ruling("counterfeit", at(hours=3), review_id=question.review_id))
    accepted = [each.notice_id for each in outcomes(outputs)]
    assert accepted == [f"H{number}" for number in range(300)], "in their order"
    (takedown,) = takedowns(outputs)
    assert len(outcomes(stage.feed(ruling("reverse", at(hours=4), takedown_id=takedown.takedown_id)))) == 300
    assert len(outcomes(stage.feed(sequenced_tick(at(days=9))))) == 300, "those that waited for their listing"
    stage.feed(sequenced_tick(at(days=700)))
    kept = {name: size.entries for name, size in stage.store.sizes().items()}
    assert {name: kept[name] for name in ("attached", "notices", "complaints", "waiting", "cases", "questions")} == dict.fromkeys(
        ("attached", "notices", "complaints", "waiting", "cases", "questions"), 0
    )


def test_who_says_the_same_while_it_is_put_back_is_looked_at_anew_and_late_comers_hear_of_the_appeal() -> None:
    stage = fast()
    stage.plain(marketplace="cn")
    (takedown,) = takedowns(stage.feed(notice(LATER)))
    stage.feed(appeal(at(days=1), takedown_id=takedown.takedown_id))
    late = stage.feed(notice(at(days=2), notice_id="N2"))
    assert [each[1] for each in told(late)] == ["received", "accepted", "forwarded"]
    stage.feed(sequenced_tick(at(days=17)))
    outputs = stage.feed(notice(at(days=18), notice_id="N3"))
    assert (told(outputs), len(reviews(outputs))) == ([("N3", "received", "received")], 1)


def test_the_brake_holds_what_silence_takes_down() -> None:
    stage = Stage(policy=default_policy(reviews={"unanswered": "takedown"}, brake={"per_right": 1}))
    for number in range(3):
        stage.suspicious(listing_id=f"L{number}")
    assert len(takedowns(stage.feed(sequenced_tick(at(days=9))))) == 1


# -- what only shows later


def test_a_notice_that_is_taken_back_waits_no_more() -> None:
    stage = Stage()
    stage.feed(notice(), notice(LATER, notice_id="T", claim="retraction", retracts="N1"))
    assert (stage.store.sizes()["waiting"].entries, stage.store.sizes()["attached"].entries) == (0, 0)


def test_the_right_that_scores_highest_leads() -> None:
    other = right(right_id="R2", brand_id="B2", brand="Adidas")
    stage = Stage(HELD, other)
    found = match("AD1DAS", 5, right_id="R2", brand_id="B2", alias="Adidas", method="leetspeak")
    stage.offer("Nike AD1DAS shoes", [match(), found])
    (asked,) = reviews(stage.total)
    stage.feed(ruling("inconclusive", review_id=asked.review_id))
    (review,) = reviews(stage.feed(notice(LATER, right_id=None, notifier_id="BUYER", notifier_kind="consumer")))
    assert (review.right_ids, review.score) == (("R2",), 3.2)


def test_a_notice_that_comes_with_a_ruling_of_before_took_no_time() -> None:
    stage = Stage()
    stage.plain()
    (review,) = reviews(stage.feed(notice(at(hours=5))))
    (answer,) = outcomes(stage.feed(ruling("genuine", at(hours=4), review_id=review.review_id)))
    assert answer.handled_in == 0


def test_amendments_say_who_made_them_and_reach_whom_they_concern() -> None:
    stage = fast()
    stage.plain(marketplace="cn")
    (takedown,) = takedowns(stage.feed(notice(LATER)))
    stage.feed(notice(at(hours=2), notice_id="N2"))
    taken = outcomes(stage.feed(notice(at(hours=3), notice_id="T", claim="retraction", retracts="N2")))
    assert [(each.notice_id, each.automated) for each in taken if each.amendment] == [("N2", True)]
    forwarded = outcomes(stage.feed(appeal(at(days=1), takedown_id=takedown.takedown_id)))
    assert [each.notice_id for each in forwarded] == ["N1"], "who took it back is asked for nothing more"
    amended = outcomes(stage.feed(ruling("reverse", at(days=2), takedown_id=takedown.takedown_id)))
    assert [(each.notice_id, each.code, each.automated) for each in amended] == [("N1", "reversed", False)]


def test_a_complaint_that_was_right_stands_and_falls_with_its_takedown() -> None:
    stage = Stage()
    stage.plain()
    stage.feed(notice(LATER, notifier_id="BUYER", notifier_kind="consumer"), appeal(at(days=1), notice_id="N1", notifier_id="BUYER"))
    (takedown,) = takedowns(stage.feed(ruling("reverse", at(days=2), appeal_id="A-N1")))
    (amended,) = outcomes(stage.feed(ruling("reverse", at(days=3), takedown_id=takedown.takedown_id)))
    assert (amended.code, amended.takedown_id) == ("reversed", takedown.takedown_id)
