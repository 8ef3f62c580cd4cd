"""What is told about the people of the samples: figures are those of the outputs, counted anew, and the demo has a story to show."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.events.notice import CODES, FINAL
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.sequence import SequencedNotice
from pipeline.local.explain import explain
from pipeline.local.replay import Plan, replay
from scripts.demo import chosen
from tests.story import events


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("told")


@pytest.fixture(scope="module")
def figures(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(replay(Plan(Path("samples"), home / "out")).as_json()))
    return found


@pytest.fixture(scope="module")
def out(home: Path, figures: dict[str, Any]) -> Path:
    assert figures["conservation"] == 0
    return home / "out"


def test_notices_are_counted_as_their_outcomes_say(figures: dict[str, Any], out: Path) -> None:
    outcomes = events(out, "notice-outcomes")
    told = [event for event in outcomes if not event.get("amendment")]
    amended = Counter(event["code"] for event in outcomes if event.get("amendment"))
    final = [event for event in told if event["outcome"] in FINAL]
    assert figures["notices"] == {
        "by_outcome": Counter(event["outcome"] for event in told),
        "refused_by_code": Counter(event["code"] for event in final if event["outcome"] == "refused"),
        "amended_by_code": amended,
        "open": sum(event["outcome"] == "received" for event in told) - len(final),
        "handling_seconds": sum(event["handled_in"] for event in final),
    }
    assert all(event["code"] in CODES[event["outcome"]] for event in outcomes)
    assert amended, "there are some"


def test_questions_and_what_is_given_back_are_counted_as_the_outputs_say(figures: dict[str, Any], out: Path) -> None:
    reviews, questions = events(out, "reviews"), figures["questions"]
    assert questions["by_assignee"] == Counter(event["assignee"]["kind"] for event in reviews)
    assert sum(questions["by_cause"].values()) == len(reviews) == questions["open"] + sum(questions["by_ending"].values())
    assert figures["reinstatements"] == Counter(event["cause"] for event in events(out, "reinstatements"))
    assert figures["closures_by_decision"] == Counter(event["decision"] for event in events(out, "store-closures"))
    assert figures["appeals"]["put-back"] == figures["reinstatements"]["deadline"]


def test_the_demo_tells_of_a_listing_from_its_notice_to_its_put_back(out: Path) -> None:
    kinds = dict(chosen(out))
    assert list(kinds) == ["takedown", "warning", "closure", "listing"]
    story = explain(out, kinds["listing"], "listing").events
    assert any(isinstance(event, SequencedNotice) for event in story)
    assert any(isinstance(event, Reinstatement) and event.cause == "deadline" for event in story)


def test_every_notice_and_appeal_can_be_explained(out: Path) -> None:
    for topic, kind, attribute in (("notices", "notice", "notice_id"), ("appeals", "appeal", "appeal_id")):
        passed = [event for event in events(out, "events.unique") if event["kind"] == kind]
        assert len(passed) > 20, topic
        for event in passed[::20]:
            chain = explain(out, event[attribute])
            assert chain.kind == kind
            assert any(getattr(one, attribute, None) == event[attribute] for one in chain.events)
