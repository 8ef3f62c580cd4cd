from collections.abc import Iterator

from msgspec.structs import replace

from pipeline.events.dead_letter import Fault
from pipeline.events.notice import Notice
from pipeline.local.dealing import dealt
from pipeline.partitions import partition_of
from pipeline.stages.record import Record
from tests.build import START, at, listing, records, tick

CLOCK = "clock"
SELLERS = {partition_of(f"S{number}", 2): f"S{number}" for number in range(10)}


def offer(partition: int, minute: float) -> Record:
    (record,) = records([listing(seller_id=SELLERS[partition], event_time=at(minutes=minute))])
    return record


def ticks(*minutes: float) -> list[Record]:
    return records([tick(at(minutes=minute)) for minute in minutes], CLOCK)


def shape(stream: Iterator[Record], partition: int) -> list[tuple[str, float]]:
    mine = (record for record in stream if record.partition == partition and record.fault is None)
    return [(record.topic, (record.event.event_time - START).total_seconds() / 60) for record in mine]


def test_a_tick_waits_for_a_listing_of_its_partition_that_is_as_late() -> None:
    """The listing of partition 1 comes late: a worker, which knows of no other partition, meets it before the later tick."""
    one, two = ticks(0, 5)
    stream = [one, offer(0, 0), two, offer(0, 5), offer(1, 1)]
    assert shape(dealt(iter(stream), 2), 0) == [("clock", 0), ("listings", 0), ("clock", 5), ("listings", 5)]
    assert shape(dealt(iter(stream), 2), 1) == [("clock", 0), ("listings", 1), ("clock", 5)]


def made(*minutes: float) -> list[Record]:
    """Return ticks that nobody sent."""
    return [replace(one, raw=b"") for one in ticks(*minutes)]


def test_what_comes_before_a_tick_that_waits_gets_the_one_of_its_own_minute() -> None:
    """Else it would be far ahead of the clock of its partition, and to a worker that looks just then from the future."""
    one, two = made(0, 31)
    stream = [one, offer(0, 0), two, offer(0, 31), offer(1, 29.5), offer(1, 29.75), offer(1, 40)]
    assert shape(dealt(iter(stream), 2), 0) == [("clock", 0), ("listings", 0), ("clock", 31), ("listings", 31)]
    expected = [("clock", 0.0), ("clock", 29.0), ("listings", 29.5), ("listings", 29.75), ("clock", 31.0), ("listings", 40.0)]
    assert shape(dealt(iter(stream), 2), 1) == expected


def test_a_clock_that_was_sent_is_as_it_was_sent() -> None:
    one, two = ticks(0, 31)
    assert shape(dealt(iter([one, two, offer(0, 31), offer(1, 29)]), 2), 1) == [("clock", 0), ("listings", 29), ("clock", 31)]


def notice_of(partition: int, minute: float) -> Record:
    one = Notice(f"C{minute}", "N1", SELLERS[partition], "L1", at(minutes=minute), "counterfeit")
    (record,) = records([one], "notices")
    return record


def test_what_is_no_listing_waits_for_one_of_its_partition_that_is_as_late() -> None:
    """The listing of partition 1 comes late: it goes before the notice, as a merge of its own partition has it."""
    zero, five, nine = ticks(0, 5, 9)
    stream = [zero, offer(1, 0), five, notice_of(1, 5), offer(0, 5), offer(1, 1), nine, offer(1, 9)]
    expected = [("clock", 0), ("listings", 0), ("listings", 1), ("clock", 5), ("notices", 5), ("clock", 9), ("listings", 9)]
    assert shape(dealt(iter(stream), 2), 1) == expected


def test_what_does_not_decode_keeps_its_place_behind_the_record_before_it() -> None:
    (zero,) = ticks(0)
    good, bad = notice_of(0, 3), Record("notices", 0, 1, b"{", fault=Fault("not-json", "bad"))
    seen = [record for record in dealt(iter([zero, good, bad, offer(0, 4)]), 2) if record.partition == 0]
    assert [(record.topic, record.fault is None) for record in seen] == [
        ("clock", True), ("notices", True), ("notices", False), ("listings", True)
    ]  # fmt: skip


def test_what_has_no_time_brings_no_tick() -> None:
    (one,) = ticks(0)
    bad = Record("listings", 0, 0, b"{", fault=Fault("not-json", "bad"))
    assert [record.topic for record in dealt(iter([one, bad]), 2)] == ["listings", "clock", "clock"]


def test_a_silent_partition_does_not_hold_ticks_for_ever() -> None:
    stream = dealt(iter(ticks(*range(20_000))), 2)
    assert [next(stream).partition for _ in range(4)] == [0, 1, 0, 1]
    assert len(list(stream)) == 2 * 20_000 - 4
