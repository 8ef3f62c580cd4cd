from pipeline.state.memory import MemoryStore
from pipeline.state.schedule import Deadline, Schedule, earliest_due
from pipeline.state.view import View
from tests.build import at

SCHEDULE = Schedule()


def view() -> View:
    return View(MemoryStore(SCHEDULE.tables))


def test_only_what_is_due_fires_earliest_first_and_once() -> None:
    seen = view()
    for days, subject in ((3, "c"), (1, "a"), (2, "b")):
        SCHEDULE.add(seen, at(days=days), Deadline("forget", subject))
    assert SCHEDULE.take_due(seen, at(hours=1)) == []
    assert [deadline.subject for deadline in SCHEDULE.take_due(seen, at(days=2))] == ["a", "b"]
    assert SCHEDULE.take_due(seen, at(days=2)) == []
    assert [deadline.subject for deadline in SCHEDULE.take_due(seen, at(days=9))] == ["c"]


def test_what_is_due_survives_from_chunk_to_chunk() -> None:
    store = MemoryStore(SCHEDULE.tables)
    first = View(store)
    SCHEDULE.add(first, at(days=1), Deadline("forget", "a"))
    store.write(first.changes())
    second = View(store)
    assert SCHEDULE.take_due(second, at(days=1)) == [Deadline("forget", "a")]
    store.write(second.changes())
    assert store.sizes()["deadlines"].entries == 0


def test_a_deadline_that_is_there_stays_single() -> None:
    seen = view()
    SCHEDULE.add(seen, at(days=1), Deadline("forget", "a"))
    SCHEDULE.add(seen, at(days=1), Deadline("forget", "a"))
    assert len(SCHEDULE.take_due(seen, at(days=1))) == 1


def test_what_falls_due_next_is_known_from_outside() -> None:
    store = MemoryStore(SCHEDULE.tables)
    assert earliest_due(store) is None
    for days in (3, 1):
        chunk = View(store)
        SCHEDULE.add(chunk, at(days=days), Deadline("forget", str(days)))
        store.write(chunk.changes())
        assert earliest_due(store) == at(days=days)
    for now, next_one in ((at(days=2), at(days=3)), (at(days=3), None)):
        chunk = View(store)
        SCHEDULE.take_due(chunk, now)
        store.write(chunk.changes())
        assert earliest_due(store) == next_one
