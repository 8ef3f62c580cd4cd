"""Scores of people over decisions that are made by hand: every figure can be counted on the fingers."""

from datetime import timedelta
from typing import Any

from pipeline.events.decision import Reason
from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.notice import NoticeOutcome
from pipeline.events.reinstatement import Cause, Reinstatement
from pipeline.events.takedown import Takedown
from pipeline.local.people_scores import Known, notices, regimes, score, sellers
from pipeline.local.story import Story
from pipeline.local.truths import PersonTruth
from tests.build import START

KNOWN = Known(
    honest={"S1": True, "S2": True, "S3": False},
    counterfeit={"L1": False, "L2": True, "L3": False},
    notices={
        "N1": PersonTruth("notice", "N1", "honest", rightful=True),
        "N2": PersonTruth("notice", "N2", "honest", rightful=True, flaw="repeated"),
        "N3": PersonTruth("notice", "N3", "honest", rightful=True, flaw="unknown-right"),
        "N4": PersonTruth("notice", "N4", "competitor", rightful=False),
    },
)


def takedown(name: str, listing_id: str, seller_id: str = "S1", **changes: Any) -> Takedown:
    return Takedown(**{
        "takedown_id": name, "listing_id": listing_id, "listing_version": 1, "seller_id": seller_id, "brand_ids": (), "right_ids": (),
        "decided_at": START, "source": "notice", "detection": "automated", "decision": "automated", "ground": "illegal",
        "policy_version": "1", "registry_version": "1", "score": 3.0, "severity": "serious", "points": 12,
        "reasons": (Reason("prior", -4.0, "x"),), "appeal_until": START, **changes,
    })  # fmt: skip


def back(takedown_id: str, hours: float, cause: Cause = "ruling") -> Reinstatement:
    return Reinstatement(f"R{takedown_id}{hours}", "S1", START + timedelta(hours=hours), cause, "1", "1", takedown_id=takedown_id)


def outcome(notice_id: str, what: str, *, amendment: bool = False) -> NoticeOutcome:
    return NoticeOutcome(notice_id, "N", "S1", "L1", what, what, "", True, START, 0, "1", amendment)  # type: ignore[arg-type]


def warning(seller_id: str, step: str) -> SellerWarning:
    return SellerWarning("W", seller_id, step, 12, ("T1",), START, "1", "taobao", 0)  # type: ignore[arg-type]


def test_honest_sellers_who_were_hit_are_counted_once_each() -> None:
    story = Story()
    story.warnings = [warning("S1", "warning"), warning("S1", "warning"), warning("S2", "suspension"), warning("S3", "restriction")]
    story.closures = [StoreClosure("C", seller_id, START, 48, ("T",), "human", "1", "taobao", 0, 0) for seller_id in ("S3", "S9")]
    assert sellers(story, KNOWN) == {"honest": 2, "honest_warned": 1, "honest_suspended": 1, "honest_closed": 0}


def test_wrong_takedowns_their_return_and_the_median_time_are_told_by_regime() -> None:
    story = Story()
    story.takedowns = [takedown(f"T{number}", "L1") for number in range(4)]  # wrong
    story.takedowns += [takedown("T4", "L2"), takedown("T5", "L9"), takedown("T6", "L3")]  # right; unknown; wrong, under another regime
    story.reinstatements = [
        back("T3", 1, "deadline"),
        back("T0", 5, "deadline"),
        back("T0", 10),
        back("T1", 30),
        back("T2", 20),
        back("T4", 1),
    ]
    figures = regimes(story, KNOWN, lambda one: "cn" if one.listing_id == "L3" else "dsa")
    assert figures == {
        "cn": {"takedowns": 1, "wrong": 1, "put_back": 0, "reversed": 0, "share": 0.0},
        "dsa": {"takedowns": 6, "wrong": 4, "put_back": 2, "reversed": 3, "share": 0.75, "median_hours": 20.0},
    }


def test_what_went_with_a_store_is_wrong_if_the_seller_is_honest_whatever_the_listing() -> None:
    assert KNOWN.is_wrong(takedown("T", "L2", "S1", source="closure")) is True
    assert KNOWN.is_wrong(takedown("T", "L1", "S3", source="closure")) is False
    assert KNOWN.is_wrong(takedown("T", "L1", "S9", source="closure")) is None


def test_notices_are_told_by_sender_and_worth_and_amendments_apart() -> None:
    story = Story()
    story.outcomes = [
        outcome("N1", "received"), outcome("N1", "accepted"), outcome("N1", "forwarded"), outcome("N1", "reversed", amendment=True),
        outcome("N2", "refused"), outcome("N3", "refused"), outcome("N4", "already_down"), outcome("N9", "accepted"),
    ]  # fmt: skip
    assert notices(story, KNOWN) == {
        "competitor:wrongful": {"accepted": 0, "refused": 0, "already_down": 1, "retracted": 0, "amended": 0, "share": 0.0},
        "honest:flawed": {"accepted": 0, "refused": 1, "already_down": 0, "retracted": 0, "amended": 0, "share": 0.0},
        "honest:rightful": {"accepted": 1, "refused": 1, "already_down": 0, "retracted": 0, "amended": 1, "share": 0.5},
    }


def test_all_of_it_is_one_json_object() -> None:
    scores = score(Story(), KNOWN, lambda _: "dsa", {"ruling": 3})
    assert scores.as_json() == {
        "sellers": {"honest": 2, "honest_warned": 0, "honest_suspended": 0, "honest_closed": 0},
        "regimes": {},
        "notices": {},
        "questions": {"ruling": 3},
    }
