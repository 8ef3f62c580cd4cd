"""What happens to people in the samples: at least one of each thing that the rules of docs/people.md let happen.

Two things are not there: files hold the registry as it is at the start, so that no right but one that expires becomes inactive while a
question about it is open, which is rare; and nobody appeals too late, since the window is longer than the samples.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.local.replay import Plan, replay
from pipeline.local.summary import Summary

SAMPLES = Path("samples")
MISTIMED = 8  # at most: rulings on questions that ended meanwhile in another way, of which nobody tells a reviewer

Event = dict[str, Any]

REFUSED = (
    "notifier-suspended", "incomplete", "right-unknown", "right-inactive", "right-expired", "right-kind", "listing-unknown", "territory",
    "no-right", "insufficient", "found-genuine", "inconclusive", "unanswered", "notice-unknown", "already-ended",
)  # fmt: skip
OUTCOMES = (
    "notice:received:received", "notice:forwarded:appealed", "notice:accepted:accepted", "notice:already_down:already-down",
    "notice:retracted:retracted", "amended:retracted:retracted", "amended:reversed:reversed", "amended:reversed:complaint-upheld",
    *(f"notice:refused:{code}" for code in REFUSED),
)  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("people") / "out"


@pytest.fixture(scope="module")
def summary(out: Path) -> Summary:
    return replay(Plan(SAMPLES, out))


@pytest.fixture(scope="module")
def decided(summary: Summary) -> dict[str, int]:
    return dict(summary.stages["flagging"].tally.decided)


@pytest.fixture(scope="module")
def facts(summary: Summary) -> dict[str, int]:
    return dict(summary.stages["flagging"].tally.facts)


def output(out: Path, topic: str) -> list[Event]:
    return [json.loads(line) for line in (out / f"{topic}.jsonl").read_bytes().splitlines()]


def sample(topic: str) -> list[Event]:
    with gzip.open(SAMPLES / f"{topic}.jsonl.gz") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_notice_ends_or_is_amended_in_each_way(decided: dict[str, int], name: str) -> None:
    assert decided.get(name, 0) > 0


@pytest.mark.parametrize("how", ["ruling", "unanswered", "retracted"])
def test_a_question_ends_in_each_way(decided: dict[str, int], how: str) -> None:
    assert decided.get(f"ended:{how}", 0) > 0


@pytest.mark.parametrize("cause", ["signals:team", "signals:brand", "notice:team", "closure:team"])
def test_questions_are_put_for_each_cause(decided: dict[str, int], cause: str) -> None:
    assert decided.get(f"review:{cause}", 0) > 0


def test_a_closure_is_upheld_by_people(out: Path, summary: Summary) -> None:
    assert summary.conservation == 0
    asked = {review["review_id"] for review in output(out, "reviews") if review["question"] == "closure"}
    closures = [closure for closure in output(out, "store-closures") if closure.get("review_id") in asked]
    assert closures
    assert {closure["decision"] for closure in closures} == {"human"}


@pytest.mark.parametrize("cause", ["ruling", "deadline", "retraction", "cascade"])
def test_something_is_given_back_for_each_cause(decided: dict[str, int], cause: str) -> None:
    assert decided.get(f"reinstatement:{cause}", 0) > 0


def test_takedowns_are_put_back_by_deadline_under_both_laws(out: Path, facts: dict[str, int]) -> None:
    assert facts["regime-cn"] > 0
    assert facts["regime-dmca"] > 0
    takedowns = {takedown["takedown_id"]: takedown for takedown in output(out, "takedowns")}
    marketplaces = {
        line["listing"]["listing_id"]: line["listing"].get("marketplace") for line in output(out, "events.unique") if "listing" in line
    }
    back = [takedowns[one["takedown_id"]] for one in output(out, "reinstatements") if one["cause"] == "deadline"]
    assert {takedown["source"] for takedown in back} == {"notice"}
    assert {marketplaces[takedown["listing_id"]] for takedown in back} == {"cn", "us"}
    assert all(right.startswith("cr-") for one in back if marketplaces[one["listing_id"]] == "us" for right in one["right_ids"])


def test_proof_of_a_suit_stops_a_put_back(facts: dict[str, int]) -> None:
    assert facts["stayed"] > 0


def test_what_was_put_back_and_is_upheld_goes_down_again(out: Path) -> None:
    assert [takedown for takedown in output(out, "takedowns") if "renews" in takedown]


def test_what_a_reviewer_decided_wrongly_is_reversed_by_a_court_or_a_dispute_body(out: Path) -> None:
    higher = {one["ruling_id"] for one in sample("rulings") if one["decided_by"]["kind"] in ("court", "dispute_body")}
    assert higher & {one.get("ruling_id") for one in output(out, "reinstatements")}


def test_brands_answer_in_time_late_and_never(out: Path) -> None:
    asked = {review["review_id"]: review["due_at"] for review in output(out, "reviews") if review["assignee"]["kind"] == "brand"}
    answers = {
        one["review_id"]: one["event_time"] for one in sample("rulings") if one["decided_by"]["kind"] == "brand" and "review_id" in one
    }
    late = [ident for ident, at in answers.items() if at > asked[ident]]
    assert late
    assert answers.keys() - late
    assert asked.keys() - answers.keys()


def test_a_fast_track_is_taken_and_a_suspension_ends(out: Path) -> None:
    tiers = {one["notifier_id"]: one for one in sample("notifier-standings")}
    assert {one["tier"] for one in tiers.values()} == {"fast_track", "warned", "suspended"}
    outcomes = output(out, "notice-outcomes")
    at_once = [
        one
        for one in outcomes
        if one["outcome"] == "accepted" and one["automated"] and tiers.get(one["notifier_id"], {}).get("tier") == "fast_track"
    ]
    assert at_once
    refused = [one for one in outcomes if one["code"] == "notifier-suspended"]
    assert all(one["decided_at"] < tiers[one["notifier_id"]]["until"] for one in refused)


def test_notices_come_before_their_listing_and_wait_for_it(out: Path) -> None:
    listed: dict[str, str] = {}
    for line in output(out, "events.unique"):
        if "listing" in line:
            listed.setdefault(line["listing"]["listing_id"], line["listing"]["event_time"])
    early = {one["notice_id"] for one in sample("notices") if listed.get(one["listing_id"], "") > one["event_time"]}
    final = {one["notice_id"]: one["code"] for one in output(out, "notice-outcomes") if one["outcome"] != "received"}
    assert early
    assert {final[ident] for ident in early if ident in final} - {"listing-unknown"}


def test_each_kind_of_claim_and_of_notifier_is_there() -> None:
    notices = sample("notices")
    assert {one["kind"] for one in notices} == {"counterfeit", "trademark", "copyright", "design", "patent", "retraction"}
    kinds = {one["notifier_kind"] for one in notices}
    assert kinds == {"rights_holder", "agent", "trusted_flagger", "authority", "consumer", "other"}


def test_every_ruling_and_appeal_finds_its_subject_and_what_does_not_fit_is_meant(out: Path, summary: Summary) -> None:
    assert summary.dead_letters["unknown-subject"] == 0
    assert summary.dead_letters["stage-failed"] == 0
    flaws = {one["id"]: one.get("flaw") for one in sample("truth-people")}
    odd = [letter for letter in output(out, "dead-letters") if letter["stage"] == "flagging"]
    meant = {"answered-twice", "late", "already-reversed", "brand-on-appeal", "another-brand", "second", "too-late"}
    assert odd
    assert len(odd) <= sum(flaw in meant for flaw in flaws.values()) + MISTIMED


def test_dealt_to_several_partitions_the_same_is_decided(out: Path, summary: Summary, tmp_path: Path) -> None:
    dealt = replay(Plan(SAMPLES, tmp_path / "dealt", partitions=4))
    assert dealt.dead_letters == summary.dead_letters
    for topic in ("takedowns", "reviews", "seller-warnings", "store-closures", "reinstatements", "notice-outcomes"):
        assert sorted(map(json.dumps, output(tmp_path / "dealt", topic))) == sorted(map(json.dumps, output(out, topic)))


def test_everything_that_is_said_has_its_truth() -> None:
    truths = {one["id"] for one in sample("truth-people")}
    for topic, field in (("notices", "notice_id"), ("appeals", "appeal_id"), ("rulings", "ruling_id")):
        assert {one[field] for one in sample(topic)} <= truths
