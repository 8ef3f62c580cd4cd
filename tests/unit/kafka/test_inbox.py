"""The inbox merges the inputs of a partition, and cuts them into chunks."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.events.dead_letter import Fault
from pipeline.kafka.chunk import Chunk
from pipeline.kafka.inbox import Inbox
from pipeline.stages.record import Record

START = datetime(2016, 7, 1, tzinfo=UTC)


def fetched(offset: int, minute: int | None, size: int = 10) -> SimpleNamespace:
    """Return what was fetched: its minute, or None where it does not decode."""
    return SimpleNamespace(offset=offset, value=b"x" * size, minute=minute)


def decode(topic: str, each: SimpleNamespace) -> Record:
    if each.minute is None:
        return Record(topic, 0, each.offset, each.value, fault=Fault("not-json", "is no JSON"))
    return Record(topic, 0, each.offset, each.value, SimpleNamespace(event_time=START + timedelta(minutes=each.minute)))


def inbox(*topics: str, records: int = 10, size: int = 1000, ahead: int = 20) -> Inbox:
    return Inbox(0, dict.fromkeys(topics, 0), decode, records=records, size=size, ahead=ahead)


def order(chunk: Chunk | None) -> list[tuple[str, int]]:
    assert chunk is not None
    return [(record.topic, record.offset) for record in chunk.records]


def test_one_input_is_taken_as_it_is_and_cut_by_number() -> None:
    box = inbox("a", records=2)
    box.put("a", [fetched(3, 1), fetched(5, 0), fetched(6, 2)], 8)
    first, second = box.take({}), box.take({})
    assert order(first) == [("a", 3), ("a", 5)]
    assert order(second) == [("a", 6)]
    assert first is not None
    assert second is not None
    assert first.positions == {"a": 6}  # the next record
    assert second.positions == {"a": 8}  # behind what was fetched: a transaction leaves a record of its own there
    assert box.take({}) is None


def test_a_chunk_is_cut_by_size_but_holds_one_record_at_least() -> None:
    box = inbox("a", size=25)
    box.put("a", [fetched(0, 0, 100), fetched(1, 0), fetched(2, 0), fetched(3, 0)], 4)
    assert [order(box.take({})) for _ in range(3)] == [[("a", 0)], [("a", 1), ("a", 2)], [("a", 3)]]


def test_the_smallest_head_goes_first_and_the_clock_before_the_same_time() -> None:
    box = inbox("listings", "clock")
    box.put("clock", [fetched(0, 0), fetched(1, 2)], 2)
    box.put("listings", [fetched(0, 0), fetched(1, 1), fetched(2, 2)], 3)
    chunk = box.take({"clock": 2, "listings": 3})
    assert order(chunk) == [("clock", 0), ("listings", 0), ("listings", 1), ("clock", 1), ("listings", 2)]


def test_an_input_without_a_record_is_waited_for_until_it_is_at_its_end() -> None:
    box = inbox("listings", "clock")
    box.put("listings", [fetched(0, 0)], 1)
    assert box.take({}) is None  # nothing is known of the clock
    assert box.take({"clock": 1, "listings": 1}) is None  # it has one more
    box.put("clock", [fetched(0, 5)], 1)
    assert order(box.take({"clock": 1, "listings": 1})) == [("listings", 0), ("clock", 0)]


def test_a_run_ends_where_an_input_has_no_head_and_more_to_come() -> None:
    box = inbox("listings", "clock")
    box.put("clock", [fetched(0, 1)], 1)
    box.put("listings", [fetched(0, 0), fetched(1, 2)], 2)
    chunk = box.take({"clock": 7, "listings": 2})
    assert order(chunk) == [("listings", 0), ("clock", 0)]
    assert chunk is not None
    assert chunk.positions == {"clock": 1, "listings": 1}


def test_what_does_not_decode_keeps_its_place() -> None:
    box = inbox("listings", "clock")
    box.put("clock", [fetched(0, 0), fetched(1, 3)], 2)
    box.put("listings", [fetched(0, 1), fetched(1, None), fetched(2, 4)], 3)
    assert [record.offset for record in box.take({"clock": 2, "listings": 3}).records if record.topic == "listings"] == [0, 1, 2]  # type: ignore[union-attr]


def test_records_are_marked_when_the_clock_is_at_its_end() -> None:
    box = inbox("listings", "clock")
    box.put("clock", [fetched(0, 1)], 1)
    box.put("listings", [fetched(0, 0), fetched(1, 2)], 2)
    chunk = box.take({"clock": 1, "listings": 2})
    assert chunk is not None
    assert [record.clock_ended for record in chunk.records] == [False, False, True]


def test_it_wants_no_more_than_it_may_hold() -> None:
    box = inbox("a", records=2, ahead=1)
    assert box.wants("a")
    box.put("a", [fetched(0, 0), fetched(1, 0)], 2)
    assert not box.wants("a")
    box.take({})
    assert box.wants("a")


def test_it_wants_no_more_bytes_than_it_may_hold() -> None:
    box = inbox("a", size=3, ahead=2)
    box.put("a", [fetched(0, 0)], 1)
    assert not box.wants("a")
    box.take({})
    assert box.wants("a")


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=20),
    st.lists(st.integers(0, 9).map(lambda minute: minute), max_size=8),
    st.integers(1, 7),
    st.lists(st.integers(0, 3), max_size=30),
)
def test_nothing_is_lost_or_doubled_and_each_input_keeps_its_order(
    listings: list[int | None], clock: list[int], records: int, steps: list[int]
) -> None:
    """However the fetches fall: with the ends known, each record comes once, and positions follow."""
    sources = {"listings": [fetched(n, m) for n, m in enumerate(listings)], "clock": [fetched(n, m) for n, m in enumerate(sorted(clock))]}
    ends = {topic: len(each) for topic, each in sources.items()}
    box, given_so_far = inbox("listings", "clock", records=records), {"listings": 0, "clock": 0}
    taken: list[Record] = []
    for step in [*steps, *[0, 1] * 30]:
        topic = ("listings", "clock")[step % 2]
        begin = given_so_far[topic]
        end = min(begin + 1 + step, ends[topic])
        box.put(topic, sources[topic][begin:end], end)
        given_so_far[topic] = end
        while chunk := box.take(ends):
            taken += chunk.records
            for name in ends:
                assert chunk.positions[name] == sum(record.topic == name for record in taken)
    for topic, end in ends.items():
        assert [record.offset for record in taken if record.topic == topic] == list(range(end))
