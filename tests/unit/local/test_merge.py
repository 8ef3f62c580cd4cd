from collections.abc import Iterator

from pipeline.events.dead_letter import Fault
from pipeline.local.merge import merged
from pipeline.stages.record import Record
from tests.build import START, at, listing, records, tick


def listings(*minutes: float) -> Iterator[Record]:
    return iter(records([listing(listing_id=f"L{minute}", event_time=at(minutes=minute)) for minute in minutes]))


def clock(*minutes: float) -> Iterator[Record]:
    return iter(records([tick(at(minutes=minute)) for minute in minutes], "clock"))


def shape(stream: Iterator[Record]) -> list[tuple[str, float]]:
    return [(record.topic, (record.event.event_time - START).total_seconds() / 60) for record in stream]


def test_without_a_clock_a_tick_is_made_before_each_new_minute() -> None:
    assert shape(merged({"listings": listings(0, 0.5, 1.25, 5)})) == [
        ("clock", 0),
        ("listings", 0),
        ("listings", 0.5),
        ("clock", 1),
        ("listings", 1.25),
        ("clock", 5),
        ("listings", 5),
    ]


def test_a_made_clock_never_goes_back() -> None:
    assert shape(merged({"listings": listings(3, 1, 4)})) == [
        ("clock", 3),
        ("listings", 3),
        ("listings", 1),
        ("clock", 4),
        ("listings", 4),
    ]


def test_topics_are_merged_by_event_time_and_the_clock_comes_first() -> None:
    assert shape(merged({"listings": listings(1, 2), "clock": clock(1, 1.5, 3)})) == [
        ("clock", 1),
        ("listings", 1),
        ("clock", 1.5),
        ("listings", 2),
        ("clock", 3),
    ]


def test_within_a_file_the_order_of_its_lines_stands() -> None:
    assert [minute for topic, minute in shape(merged({"listings": listings(2, 1, 3), "clock": clock(5)})) if topic == "listings"] == [
        2,
        1,
        3,
    ]


def test_records_behind_the_last_tick_know_that_the_clock_has_ended() -> None:
    stream = merged({"listings": listings(1, 2, 3), "clock": clock(1, 2)})
    assert [record.clock_ended for record in stream if record.topic == "listings"] == [False, True, True]


def test_a_line_that_does_not_decode_keeps_its_place() -> None:
    first, last = listings(1, 9)
    broken = Record("listings", 0, 1, b"{", fault=Fault("not-json", "cut off"))
    topics = [(record.topic, record.fault is not None) for record in merged({"listings": iter([first, broken, last]), "clock": clock(2)})]
    assert topics == [("listings", False), ("listings", True), ("clock", False), ("listings", False)]


def test_a_stray_date_does_not_move_the_clock() -> None:
    year = 525_600.0
    stream = list(merged({"listings": listings(0, 90 * year, 1, 2)}))
    assert shape(iter(stream))[2:] == [("listings", 90 * year), ("clock", 1), ("listings", 1), ("clock", 2), ("listings", 2)]
    assert [record.clock_ended for record in stream] == [False, False, True, False, False, False, False]


def test_a_stray_date_at_the_beginning_is_as_if_the_clock_of_the_next_had_ended() -> None:
    year = 525_600.0
    stream = list(merged({"listings": listings(90 * year, 1)}))
    assert shape(iter(stream)) == [("clock", 1), ("listings", 90 * year), ("listings", 1)]
    assert [record.clock_ended for record in stream] == [False, True, False]


def test_what_is_sparse_is_not_stray() -> None:
    year = 525_600.0
    assert [topic for topic, _ in shape(merged({"listings": listings(0, 2 * year, 4 * year)}))] == ["clock", "listings"] * 3
    assert [topic for topic, _ in shape(merged({"listings": listings(0, 0.9 * year, 1)}))] == ["clock", "listings"] * 2 + ["listings"]


def test_a_clock_without_a_tick_has_not_ended() -> None:
    bad = [Record("clock", 0, 0, b"{", fault=Fault("not-json", "bad"))]
    assert not any(record.clock_ended for record in merged({"listings": listings(0, 60), "clock": iter(bad)}))
    assert not any(record.clock_ended for record in merged({"listings": listings(0, 60), "clock": iter(())}))
