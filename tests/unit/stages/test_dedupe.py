from collections import Counter
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest

from pipeline.events.dead_letter import Fault
from pipeline.events.sequence import SequencedListing, SequencedTick
from pipeline.stages import dedupe
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import History
from pipeline.state.memory import MemoryStore
from pipeline.state.view import View
from tests.build import START, at, events_of, history, listing, records, right, tick


class Dedupe:
    """Dedupe with its store, fed chunk by chunk."""

    def __init__(self, reference: History | None = None) -> None:
        self.store = MemoryStore(dedupe.TABLES)
        self.reference = reference or history(right())
        self.total = Outputs()

    def feed(self, *events: Any) -> Outputs:
        return self.take(records(events))

    def take(self, given: list[Record]) -> Outputs:
        view = View(self.store)
        outputs = dedupe.process(given, view, self.reference)
        self.store.write(view.changes())
        self.total.extend(outputs)
        return outputs


def passed(outputs: Outputs) -> list[SequencedListing]:
    return [event for event in events_of(outputs, "events.unique") if isinstance(event, SequencedListing)]


def ticks(outputs: Outputs) -> list[SequencedTick]:
    return [event for event in events_of(outputs, "events.unique") if isinstance(event, SequencedTick)]


def test_a_sequence_begins_with_a_tick_that_is_stamped() -> None:
    outputs = Dedupe().feed(listing())
    first, second = events_of(outputs, "events.unique")
    assert (first.kind, first.at, first.reference.rights, first.reference.policies) == ("tick", START, 1, 1)
    assert second.listing == listing()


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (listing(version=1), listing(version=1), "repeated"),
        (listing(version=2), listing("Other", version=1), "stale"),
        (listing(version=1), listing("Other", version=1), "version-conflict"),
        (listing(version=1), listing(version=2, change="updated"), "unchanged"),
        (listing(version=1, change="removed"), listing(version=1, change="removed"), "repeated"),
        (listing(version=1, change="removed"), listing(version=2, change="removed"), "unchanged"),
        (listing(version=2, change="removed"), listing("Other", version=1), "stale"),
        (listing(version=1), listing(version=1, change="removed"), "version-conflict"),
    ],
)
def test_what_is_no_news_is_dropped_for_a_counted_reason(first: Any, second: Any, reason: str) -> None:
    stage = Dedupe()
    stage.feed(first)
    outputs = stage.feed(second)
    assert outputs.events == []
    assert outputs.tally.dropped == Counter({reason: 1})


@pytest.mark.parametrize(
    "second",
    [
        listing("Other", version=2, change="updated"),
        listing(version=2, change="removed"),
        listing(version=2, change="listed"),  # the same, offered anew: it may have been taken down
        listing(listing_id="L2"),  # a copy under another id is how counterfeits come back
        listing(seller_id="S2"),
    ],
)
def test_news_is_passed_on(second: Any) -> None:
    stage = Dedupe()
    stage.feed(listing())
    assert [event.listing for event in passed(stage.feed(second))] == [second]


def test_an_unchanged_update_raises_the_known_version() -> None:
    stage = Dedupe()
    stage.feed(listing(version=1), listing(version=5, change="updated"))
    assert stage.feed(listing("Other", version=4)).tally.dropped == Counter({"stale": 1})


def test_a_removed_listing_that_comes_back_is_news() -> None:
    stage = Dedupe()
    stage.feed(listing(version=1), listing(version=2, change="removed"))
    assert len(passed(stage.feed(listing(version=3, change="listed")))) == 1


def test_a_tombstone_is_forgotten_in_time_and_not_before() -> None:
    stage = Dedupe()
    stage.feed(tick(START), listing(version=7), listing(version=8, change="removed"))
    stage.feed(tick(at(days=180)))
    assert stage.feed(listing(version=1, event_time=at(days=180))).tally.dropped == Counter({"stale": 1})
    stage.feed(tick(at(days=181)))
    assert len(passed(stage.feed(listing(version=1, event_time=at(days=181))))) == 1


def test_a_listing_that_came_back_is_not_forgotten() -> None:
    stage = Dedupe()
    stage.feed(tick(START), listing(version=1, change="removed"), listing(version=2, event_time=at(days=1)), tick(at(days=400)))
    assert stage.feed(listing("Other", version=1, event_time=at(days=400))).tally.dropped == Counter({"stale": 1})


def test_a_second_ticker_is_harmless() -> None:
    stage = Dedupe()
    outputs = stage.feed(tick(at(minutes=1)), tick(at(minutes=1)), tick(START), tick(at(minutes=2)))
    assert [one.at for one in ticks(outputs)] == [at(minutes=1), at(minutes=2)]
    assert outputs.tally.dropped == Counter({"repeated-tick": 2})


def test_a_late_record_is_handled_at_the_sequences_time_and_counted() -> None:
    stage = Dedupe()
    stage.feed(tick(at(days=2)))
    (on_time,) = passed(stage.feed(listing(event_time=at(days=1))))
    (late,) = passed(stage.feed(listing(listing_id="L2", event_time=at(hours=23))))
    assert (on_time.at, on_time.late) == (at(days=1), False)
    assert (late.at, late.late) == (at(days=2), True)
    assert stage.total.tally.facts["late"] == 1


def test_all_times_of_the_sequence_are_in_utc() -> None:
    there = timezone(timedelta(hours=8))
    outputs = Dedupe().feed(tick(START.astimezone(there)), listing(event_time=at(minutes=1).astimezone(there)))
    (one,) = passed(outputs)
    assert {stamp.tzinfo for stamp in (ticks(outputs)[0].at, one.at, one.listing.event_time)} == {UTC}


def test_a_wrong_key_is_a_dead_letter() -> None:
    (record,) = records([listing()])
    outputs = Dedupe().take([Record("listings", 0, 4, record.raw, record.event, key="S2")])
    assert outputs.dead_letters[0].error.code == "wrong-key"
    assert outputs.dead_letters[0].error.path == "$.seller_id"
    assert outputs.dead_letters[0].offset == 4


@pytest.mark.parametrize(("ended", "minutes", "buried"), [(True, 11, True), (True, 10, False), (False, 600, False)])
def test_only_an_ended_clock_tells_what_is_from_the_future(ended: bool, minutes: int, buried: bool) -> None:
    stage = Dedupe()
    stage.feed(tick(START))
    event = listing(event_time=at(minutes=minutes))
    outputs = stage.take([Record("listings", 0, 1, b"{}", event, key="S1", clock_ended=ended)])
    assert [letter.error.code for letter in outputs.dead_letters] == (["from-the-future"] if buried else [])


def test_what_did_not_decode_becomes_a_dead_letter_with_its_place() -> None:
    broken = Record("listings", 0, 9, b"{", fault=Fault("not-json", "cut off"), headers={"file": "listings.jsonl", "line": "10"})
    (letter,) = Dedupe().take([broken]).dead_letters
    assert (letter.stage, letter.topic, letter.offset, letter.error.code) == ("dedupe", "listings", 9, "not-json")
    assert letter.headers == {"file": "listings.jsonl", "line": "10"}
    assert letter.original == "ew=="


def test_every_record_has_one_disposition() -> None:
    stage = Dedupe()
    stage.feed(tick(START), listing(), listing(), listing(version=2, change="removed"), listing(version=1), tick(START))
    assert stage.total.tally.residual == 0
    assert stage.total.tally.taken == 6
