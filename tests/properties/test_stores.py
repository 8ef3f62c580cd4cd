"""What every store must do, tried on each of them and on pending changes over each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from pipeline.state.memory import MemoryStore
from pipeline.state.pending import Pending
from pipeline.state.rocks import RocksStore
from pipeline.state.store import ChangeSet, Size, Store
from pipeline.state.table import LAST, Table, key

PLAIN = Table("t", bytes)
ORDERED = Table("to", bytes, ordered=True)  # its name begins as the other's does
ABOVE = Table("é", bytes, ordered=True)
TABLES = (PLAIN, ORDERED, ABOVE)
BELOW = ("memory", "rocks")

# of one, two, three and four bytes in UTF-8, on both sides of where UTF-16 would sort otherwise
EDGES = ("", "a", "a\x00b", "a\x01", "b", "\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010fffe")


def made(kind: str, folder: Path) -> MemoryStore | RocksStore:
    return MemoryStore(TABLES) if kind == "memory" else RocksStore(str(folder / "store"), TABLES)


def let_go(store: Store) -> None:
    if isinstance(store, RocksStore):
        store.close()


@pytest.fixture(params=[*BELOW, *(f"pending over {kind}" for kind in BELOW)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    below = made(request.param.rpartition(" ")[2], tmp_path)
    yield Pending(below) if request.param.startswith("pending") else below
    let_go(below)


@pytest.fixture(params=BELOW)
def below(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store = made(request.param, tmp_path)
    yield store
    let_go(store)


def test_an_empty_store_has_nothing(store: Store) -> None:
    assert store.read(PLAIN, ("a", "")) == {}
    assert list(store.scan(ORDERED, "", LAST)) == []
    assert store.sizes() == dict.fromkeys((table.name for table in TABLES), Size(0, 0))


def test_a_read_returns_what_is_kept_of_what_was_asked(store: Store) -> None:
    store.write({PLAIN: {"a": b"1", "b": b"2", "c": b""}})
    assert store.read(PLAIN, ("c", "x", "a", "a")) == {"a": b"1", "c": b""}
    assert store.read(PLAIN, iter(("b",))) == {"b": b"2"}
    assert store.read(PLAIN, ()) == {}


def test_the_last_write_counts_and_none_deletes(store: Store) -> None:
    store.write({ORDERED: {"a": b"1", "b": b"2"}})
    store.write({ORDERED: {"a": b"3", "b": None, "never": None}})
    assert store.read(ORDERED, ("a", "b", "never")) == {"a": b"3"}
    assert list(store.scan(ORDERED, "", LAST)) == [("a", b"3")]
    store.write({ORDERED: {"b": b"4"}})
    assert list(store.scan(ORDERED, "", LAST)) == [("a", b"3"), ("b", b"4")]


def test_tables_do_not_mix(store: Store) -> None:
    store.write({PLAIN: {"o": b"plain", "o\x00a": b"plain"}, ORDERED: {"": b"ordered", "a": b"ordered"}, ABOVE: {"a": b"above"}})
    store.write({ORDERED: {"a": None}})
    assert store.read(PLAIN, ("", "o", "a", "o\x00a")) == {"o": b"plain", "o\x00a": b"plain"}
    assert list(store.scan(ORDERED, "", LAST)) == [("", b"ordered")]
    assert list(store.scan(ABOVE, "", LAST)) == [("a", b"above")]


def test_a_scan_goes_by_code_points(store: Store) -> None:
    store.write({ORDERED: {name: name.encode() for name in reversed(EDGES)}})
    assert [name for name, _ in store.scan(ORDERED, "", LAST)] == sorted(EDGES)


def test_a_scan_has_its_start_and_not_its_end(store: Store) -> None:
    store.write({ORDERED: dict.fromkeys(("a", key("b", "1"), key("b", "2"), "ba", "c"), b"")})
    assert [name for name, _ in store.scan(ORDERED, "b", "c")] == [key("b", "1"), key("b", "2"), "ba"]
    assert [name for name, _ in store.scan(ORDERED, "a", "b")] == ["a"]
    assert [name for name, _ in store.scan(ORDERED, "a", "a")] == []
    assert [name for name, _ in store.scan(ORDERED, "c", "a")] == []


def test_a_scan_that_is_not_finished_holds_nothing_up(store: Store) -> None:
    store.write({ORDERED: {"a": b"1", "b": b"2"}})
    assert next(iter(store.scan(ORDERED, "", LAST))) == ("a", b"1")
    store.write({ORDERED: {"a": None}})
    assert next(iter(store.scan(ORDERED, "", LAST))) == ("b", b"2")


def test_sizes_are_those_of_keys_and_values_in_bytes(below: Store) -> None:
    below.write({PLAIN: {"é": b"12", "b": b""}, ABOVE: {"€": b"123"}})
    assert below.sizes() == {"t": Size(2, 5), "to": Size(0, 0), "é": Size(1, 6)}


def test_what_is_pending_stays_above(below: Store) -> None:
    below.write({ORDERED: {"a": b"1", "b": b"2"}})
    pending = Pending(below)
    pending.write({ORDERED: {"a": None, "c": b"3"}})
    pending.write({ORDERED: {"c": b"4"}, PLAIN: {"x": b"5"}})
    assert pending.changes == {ORDERED: {"a": None, "c": b"4"}, PLAIN: {"x": b"5"}}
    assert list(pending.scan(ORDERED, "", LAST)) == [("b", b"2"), ("c", b"4")]
    assert pending.read(ORDERED, "abc") == {"b": b"2", "c": b"4"}
    assert list(below.scan(ORDERED, "", LAST)) == [("a", b"1"), ("b", b"2")]
    assert pending.sizes() == below.sizes() == {"t": Size(0, 0), "to": Size(2, 4), "é": Size(0, 0)}
    below.write(pending.changes)
    assert list(below.scan(ORDERED, "", LAST)) == [("b", b"2"), ("c", b"4")]


class Counting(MemoryStore):
    """Counts what is taken from its scans."""

    taken = 0

    def scan(self, table: Table[Any], start: str, end: str) -> Iterator[tuple[str, bytes]]:
        for entry in super().scan(table, start, end):
            self.taken += 1
            yield entry


def test_the_first_of_a_scan_over_pending_changes_costs_no_more_than_itself() -> None:
    below = Counting(TABLES)
    below.write({ORDERED: {f"{number:04}": b"" for number in range(1000)}})
    pending = Pending(below)
    pending.write({ORDERED: {"0000": None, "0005": b"new"}})
    assert next(pending.scan(ORDERED, "", LAST)) == ("0001", b"")
    assert below.taken < 5


names = st.sampled_from(EDGES) | st.text(max_size=3)
tables = st.sampled_from(TABLES)
ordered = st.sampled_from((ORDERED, ABOVE))
changes = st.dictionaries(tables, st.dictionaries(names, st.none() | st.binary(max_size=4), max_size=8), max_size=3)
Model = dict[Table[Any], dict[str, bytes]]


def model(base: Model | None = None) -> Model:
    return defaultdict(dict, {table: dict(values) for table, values in (base or {}).items()})


class StoreMachine(RuleBasedStateMachine):
    """Any history of one store beside dictionaries. Over pending changes, commits and discards are part of the history."""

    kind = "memory"
    is_pending = False

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.below = made(self.kind, Path(self.folder.name))
        self.pending = Pending(self.below) if self.is_pending else None
        self.seen, self.kept = model(), model()  # what reads must find; what the store below holds

    @property
    def store(self) -> Store:
        return self.pending or self.below

    @rule(changed=changes)
    def write(self, changed: ChangeSet) -> None:
        self.store.write(changed)
        for table, values in changed.items():
            for name, value in values.items():
                if value is None:
                    self.seen[table].pop(name, None)
                else:
                    self.seen[table][name] = value
        if self.pending is None:
            self.kept = model(self.seen)

    @precondition(lambda self: self.pending is not None)
    @rule()
    def commit(self) -> None:
        assert self.pending is not None
        self.below.write(self.pending.changes)
        self.pending, self.kept = Pending(self.below), model(self.seen)

    @precondition(lambda self: self.pending is not None)
    @rule()
    def discard(self) -> None:
        self.pending, self.seen = Pending(self.below), model(self.kept)

    @precondition(lambda self: isinstance(self.below, RocksStore) and self.pending is None)
    @rule()
    def reopen(self) -> None:
        let_go(self.below)
        self.below = made("rocks", Path(self.folder.name))

    @rule(table=tables, asked=st.lists(names, max_size=8))
    def read(self, table: Table[Any], asked: list[str]) -> None:
        self.read_back(table, asked)

    def read_back(self, table: Table[Any], asked: Sequence[str]) -> None:
        values = self.seen[table]
        assert self.store.read(table, asked) == {name: values[name] for name in asked if name in values}

    @rule(table=ordered, start=names, end=names | st.just(LAST))
    def scan(self, table: Table[Any], start: str, end: str) -> None:
        expected = sorted((name, value) for name, value in self.seen[table].items() if start <= name < end)
        assert list(self.store.scan(table, start, end)) == expected

    @invariant()
    def reads(self) -> None:
        for table in TABLES:
            self.read_back(table, EDGES)

    @invariant()
    def sizes(self) -> None:
        held = {table.name: self.kept[table] for table in TABLES}
        expected = {
            name: Size(len(values), sum(len(each.encode()) + len(values[each]) for each in values)) for name, values in held.items()
        }
        assert self.store.sizes() == expected

    def teardown(self) -> None:
        let_go(self.below)
        self.folder.cleanup()


@pytest.mark.parametrize("pending", [False, True], ids=["itself", "pending"])
@pytest.mark.parametrize("kind", BELOW)
def test_any_history(kind: str, pending: bool) -> None:
    machine = type("Machine", (StoreMachine,), {"kind": kind, "is_pending": pending})
    run_state_machine_as_test(machine, settings=settings(max_examples=60, stateful_step_count=20, deadline=None))
