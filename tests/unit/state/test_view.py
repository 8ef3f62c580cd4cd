from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pipeline.state.memory import MemoryStore
from pipeline.state.table import StateFormatError, Table, key
from pipeline.state.view import View


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    number: int = 0


PLAIN, ORDERED = Table("plain", Note), Table("ordered", Note, ordered=True)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore((PLAIN, ORDERED))


@pytest.fixture
def write(store: MemoryStore) -> Callable[[View], None]:
    return lambda view: store.write(view.changes())


def test_what_was_put_is_read_before_and_after_it_is_written(store: MemoryStore, write: Callable[[View], None]) -> None:
    view = View(store)
    view.put(PLAIN, "a", Note("one"))
    assert view.get(PLAIN, "a") == Note("one")
    assert View(store).get(PLAIN, "a") is None
    write(view)
    assert View(store).get(PLAIN, "a") == Note("one")


def test_what_was_deleted_is_gone(store: MemoryStore, write: Callable[[View], None]) -> None:
    first = View(store)
    first.put(PLAIN, "a", Note("one"))
    write(first)
    second = View(store)
    second.delete(PLAIN, "a")
    assert second.get(PLAIN, "a") is None
    write(second)
    assert View(store).get(PLAIN, "a") is None
    assert store.sizes()["plain"].entries == 0


def test_a_scan_sees_kept_fresh_changed_and_deleted_in_order(store: MemoryStore, write: Callable[[View], None]) -> None:
    first = View(store)
    for name in ("a", "b", "c", "e"):
        first.put(ORDERED, name, Note(name))
    write(first)
    view = View(store)
    view.put(ORDERED, "d", Note("new"))
    view.put(ORDERED, "b", Note("changed"))
    view.delete(ORDERED, "c")
    assert view.scan(ORDERED, "a", "e") == [("a", Note("a")), ("b", Note("changed")), ("d", Note("new"))]
    assert view.first(ORDERED, "c") == "d"
    assert view.first(ORDERED, "f") is None


def test_within_finds_one_owner_only(store: MemoryStore) -> None:
    view = View(store)
    for owner in ("s", "s1", "t"):
        view.put(ORDERED, key(owner, "x"), Note(owner))
    assert view.within(ORDERED, "s") == [(key("s", "x"), Note("s"))]


def test_a_table_that_is_not_ordered_is_not_scanned(store: MemoryStore) -> None:
    with pytest.raises(TypeError, match="not ordered"):
        View(store).scan(PLAIN, "", "z")


def test_a_newer_format_is_refused_and_an_older_one_migrated() -> None:
    kept = Table("notes", Note, version=2).encode(Note("one"))
    with pytest.raises(StateFormatError, match="reads up to 1"):
        Table("notes", Note, version=1).decode(kept)
    with pytest.raises(StateFormatError, match="no way from format 2"):
        Table("notes", Note, version=3).decode(kept)
    migrated = Table("notes", Note, version=3, migrate=lambda old, value: Note(value["text"], old)).decode(kept)
    assert migrated == Note("one", 2)


def test_sizes_count_keys_and_values(store: MemoryStore, write: Callable[[View], None]) -> None:
    view = View(store)
    view.put(PLAIN, "abc", Note("x"))
    write(view)
    assert store.sizes()["plain"].entries == 1
    assert store.sizes()["plain"].bytes == 3 + len(PLAIN.encode(Note("x")))
