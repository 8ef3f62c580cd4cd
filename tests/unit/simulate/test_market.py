"""The loop: lines in the order of the merge, and people who hear of decisions in time. What decides here is a small rule of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.codec import DecodingError, decode
from pipeline.events.appeal import Appeal
from pipeline.events.decided import Decision
from pipeline.events.listing import Listing
from pipeline.events.notice import Notice
from pipeline.events.policy_record import PolicyRecord
from pipeline.events.right import Right
from pipeline.events.ruling import Ruling
from pipeline.events.standing import NotifierStanding
from pipeline.simulate.brands import brands
from pipeline.simulate.market import Entry, Market
from pipeline.simulate.people.people import People
from pipeline.simulate.people.truth import PersonTruth
from pipeline.simulate.simulate import (
    APPEALS,
    LISTINGS,
    NOTICES,
    POLICIES,
    RULINGS,
    STANDINGS,
    TRUTH,
    TRUTH_PEOPLE,
    simulate,
)
from pipeline.simulate.stream import START, Stream
from tests.unit.simulate.people.cast import review, takedown

KINDS: dict[str, type] = {"listings": Listing, "notices": Notice, "appeals": Appeal, "rulings": Ruling}
DAYS = 30


@dataclass(slots=True)
class Rule:
    """Takes down every tenth listing, and asks about every seventh."""

    policy: PolicyRecord | None = None
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    references: list[tuple[int, int]] = field(default_factory=list)
    _decided: list[Decision] = field(default_factory=list)

    def refer(self, rights: Sequence[Right], standings: Sequence[NotifierStanding]) -> None:
        assert not self.taken, "reference data comes first"
        self.references.append((len(rights), len(standings)))

    def take(self, topic: str, line: bytes) -> None:
        self.taken.append((topic, line))
        event = event_of(topic, line)
        if not isinstance(event, Listing):
            return
        name, at = f"{event.listing_id}.{len(self.taken)}", event.event_time
        about = {"listing_id": event.listing_id, "seller_id": event.seller_id}
        if len(self.taken) % 10 == 0:
            self._decided.append(takedown(name, **about, decided_at=at, appeal_until=at + timedelta(days=9)))
        elif len(self.taken) % 7 == 0:
            self._decided.append(review(name, **about, opened_at=at))

    def decided(self) -> Sequence[Decision]:
        decided, self._decided = self._decided, []
        return decided


def event_of(topic: str, line: bytes) -> Listing | Notice | Appeal | Ruling | None:
    try:
        return decode(KINDS[topic], line)
    except DecodingError:
        return None


def lived(pipeline: Rule, seed: int = 1, listings: int = 2500) -> list[Entry]:
    registered = brands(60)
    stream = Stream(registered, listings=listings, seed=seed, prevalence=0.1, days=DAYS, start=START)
    return list(Market(stream, People(registered, seed, START, DAYS), pipeline, START + timedelta(days=DAYS)))


def test_the_pipeline_is_given_every_line_that_is_written_in_its_order() -> None:
    rule = Rule()
    entries = lived(rule)
    assert rule.taken == [(entry.topic, entry.data) for entry in entries if entry.data is not None]
    assert {topic for topic, _ in rule.taken} == KINDS.keys()


def test_listings_are_those_of_the_stream() -> None:
    stream = Stream(brands(60), listings=2500, seed=1, prevalence=0.1, days=DAYS, start=START)
    assert [entry.data for entry in lived(Rule()) if entry.topic == "listings"] == [line.data for line in stream]


def test_lines_come_in_the_order_in_which_the_files_are_merged() -> None:
    merged: list[tuple[datetime, str]] = []
    at = datetime.min.replace(tzinfo=START.tzinfo)
    last: dict[str, datetime] = {}
    for entry in lived(Rule()):
        event = event_of(entry.topic, entry.data) if entry.data is not None else None
        at = event.event_time if event else at
        if entry.topic != "listings" and event is not None:
            assert last.get(entry.topic, at) <= at, "each file of people rises"
            last[entry.topic] = at
        merged.append((at, entry.topic))
    # what is older than something before it can only be a listing: heads of the other files are later
    for (before, _), (now, topic) in pairwise(merged):
        assert now >= before or topic == "listings"


def test_nobody_speaks_after_the_end() -> None:
    times = [event.event_time for entry in lived(Rule()) if entry.data and (event := event_of(entry.topic, entry.data))]
    assert max(times) < START + timedelta(days=DAYS)


def test_people_react_to_what_was_decided_and_to_nothing_else() -> None:
    rule = Rule()
    answered = {event.review_id for topic, line in _said(lived(rule)) if isinstance(event := event_of(topic, line), Ruling)}
    objected = {event.takedown_id for topic, line in _said(lived(Rule())) if isinstance(event := event_of(topic, line), Appeal)}
    assert len(answered) > 50
    assert objected

    class Silent(Rule):
        def decided(self) -> Sequence[Decision]:
            return ()

    assert {topic for topic, _ in _said(lived(Silent()))} == {"notices"}


def _said(entries: list[Entry]) -> list[tuple[str, bytes]]:
    return [(entry.topic, entry.data) for entry in entries if entry.data is not None and entry.topic != "listings"]


def test_everything_said_and_asked_has_one_truth() -> None:
    rule = Rule()
    entries = lived(rule)
    truths = [entry.truth for entry in entries if isinstance(entry.truth, PersonTruth)]
    assert len({(truth.what, truth.id) for truth in truths}) == len(truths)
    idents = {event.notice_id for topic, line in _said(entries) if isinstance(event := event_of(topic, line), Notice)}
    assert idents == {truth.id for truth in truths if truth.what in ("notice", "retraction")}
    assert {truth.what for truth in truths} == {"notice", "retraction", "appeal", "question", "ruling"}


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        simulate(tmp_path / name, listings=1500, seed=seed, days=DAYS, pipeline=Rule())
    for file in (LISTINGS, NOTICES, APPEALS, RULINGS, TRUTH, TRUTH_PEOPLE, STANDINGS):
        one, two, three = ((tmp_path / name / file).read_bytes() for name in ("one", "two", "three"))
        assert one == two != three, file


def test_reference_data_comes_first_and_once_and_the_policy_is_written_where_it_is_one_of_its_own(tmp_path: Path) -> None:
    rule = Rule()
    counts = simulate(tmp_path / "made", listings=300, seed=1, pipeline=rule)
    assert rule.references == [(counts["rights.jsonl"], counts[STANDINGS])]
    assert not (tmp_path / "made" / POLICIES).exists()
    simulate(tmp_path / "made", listings=300, seed=1, pipeline=Rule(PolicyRecord("mine", "text")), force=True)
    assert (tmp_path / "made" / POLICIES).read_bytes() == b'{"version":"mine","text":"text"}\n'


def test_without_people_no_file_of_theirs_is_made(tmp_path: Path) -> None:
    simulate(tmp_path / "made", listings=300, seed=1)
    assert {path.name for path in (tmp_path / "made").iterdir()} == {LISTINGS, "rights.jsonl", TRUTH}


@pytest.mark.parametrize("listings", [2000, 8000])
def test_what_waits_does_not_grow_with_the_stream(listings: int) -> None:
    registered = brands(60)
    stream = Stream(registered, listings=listings, seed=1, prevalence=0.1, days=listings / 80, start=START)
    people = People(registered, 1, START, listings / 80)
    most = 0
    for _ in Market(stream, people, Rule(), START + timedelta(days=listings / 80)):
        most = max(most, people.waiting)
    assert 0 < most < 400
