"""What people heard is what a replay of the finished files decides; nothing in a rehearsal goes unseen."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.codec import encode
from pipeline.events.appeal import Appeal
from pipeline.events.decided import Decision
from pipeline.events.notice import Notice
from pipeline.events.ruling import Ruling
from pipeline.local.errors import InputError
from pipeline.local.rehearsal import Rehearsal
from pipeline.local.replay import Plan, replay
from pipeline.local.summary import Summary
from pipeline.policy.loader import PolicyError, default_text
from pipeline.simulate.simulate import simulate
from tests.build import at, listing, right

DECISIONS = ("takedowns", "reviews", "seller-warnings", "store-closures", "reinstatements", "notice-outcomes")


class Overheard(Rehearsal):
    """Writes down what people heard."""

    def __init__(self, policy: Path | None = None) -> None:
        super().__init__(policy)
        self.heard: list[bytes] = []

    def decided(self) -> list[Decision]:
        decisions = [*super().decided()]
        self.heard += map(encode, decisions)
        return decisions


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rehearsal")


@pytest.fixture(scope="module")
def heard(home: Path) -> list[bytes]:
    overheard = Overheard()
    simulate(home / "in", listings=3000, seed=5, days=60, pipeline=overheard)
    return overheard.heard


@pytest.fixture(scope="module")
def summary(home: Path, heard: list[bytes]) -> Summary:
    assert heard
    return replay(Plan(home / "in", home / "out"))


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def test_a_replay_decides_what_people_heard_to_the_byte(home: Path, heard: list[bytes], summary: Summary) -> None:
    assert summary.conservation == 0
    written = [line for topic in DECISIONS for line in lines(home / "out" / f"{topic}.jsonl")]
    assert Counter(written) == Counter(heard)
    assert all((home / "out" / f"{topic}.jsonl").read_bytes() for topic in DECISIONS)


def test_every_ruling_and_appeal_finds_its_subject(home: Path, summary: Summary) -> None:
    codes = Counter(letter["error"]["code"] for letter in events(home / "out", "dead-letters") if letter["stage"] == "flagging")
    assert codes.keys() <= {"already-closed", "illegal-move", "not-entitled", "appeal-too-late", "wrong-verdict"}
    assert summary.read["rulings"] + summary.read["appeals"] > 20 * codes["wrong-verdict"]


def events(folder: Path, topic: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(folder / f"{topic}.jsonl")]


def test_a_policy_of_one_s_own_is_what_people_hear_and_what_a_replay_decides_by(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(default_text().replace('version = "2016.1"', 'version = "strict"').replace('"taobao"', '"three-strikes"'))
    overheard = Overheard(policy)
    simulate(tmp_path / "in", listings=800, seed=5, days=20, pipeline=overheard)
    replay(Plan(tmp_path / "in", tmp_path / "out"))
    written = [line for topic in DECISIONS for line in lines(tmp_path / "out" / f"{topic}.jsonl")]
    assert Counter(written) == Counter(overheard.heard)
    assert {takedown["policy_version"] for takedown in events(tmp_path / "out", "takedowns")} == {"strict"}


def test_a_policy_that_is_no_good_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Rehearsal(tmp_path / "absent.toml")
    (tmp_path / "bad.toml").write_text("prior = 1")
    with pytest.raises(PolicyError):
        Rehearsal(tmp_path / "bad.toml")


def test_decisions_come_once_and_only_when_asked_for() -> None:
    rehearsal = Rehearsal()
    rehearsal.refer([right()], [])
    rehearsal.take("listings", encode(listing("Nike 1:1 replica", event_time=at(hours=1))))
    assert [type(decision).__name__ for decision in rehearsal.decided()] == ["Takedown", "SellerWarning"]
    assert rehearsal.decided() == []


def test_a_malformed_line_is_nobody_s_decision() -> None:
    rehearsal = Rehearsal()
    rehearsal.refer([right()], [])
    rehearsal.take("listings", b"nonsense")
    assert rehearsal.decided() == []


def test_what_makes_a_stage_raise_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("pipeline.stages.flagging.Flagger._verdicts", broken)
    rehearsal = Rehearsal()
    rehearsal.refer([right()], [])
    rehearsal.take("listings", encode(listing("Nike", event_time=at(hours=1))))
    with pytest.raises(ZeroDivisionError, match="a defect"):
        rehearsal.decided()


def test_people_say_what_their_topics_hold(home: Path, heard: list[bytes]) -> None:
    assert heard
    for topic, kind in (("notices", Notice), ("appeals", Appeal), ("rulings", Ruling)):
        assert lines(home / "in" / f"{topic}.jsonl"), kind
