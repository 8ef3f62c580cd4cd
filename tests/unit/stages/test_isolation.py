from collections.abc import Sequence
from traceback import format_exception

import pytest

from pipeline.stages.isolation import run
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import MissingReferenceError
from pipeline.state.memory import MemoryStore
from pipeline.state.store import StoreError
from pipeline.state.table import Table
from pipeline.state.view import View
from tests.build import listing, records

SEEN = Table("seen", int)


def fragile(given: Sequence[Record], view: View) -> Outputs:
    """Count records in the state and pass them on, but raise at those that are titled so."""
    outputs = Outputs()
    for record in given:
        if record.event.title == "boom":
            raise KeyError("boom")
        view.put(SEEN, "n", (view.get(SEEN, "n") or 0) + 1)
        outputs.tally.taken += 1
        outputs.tally.passed += 1
        outputs.emit("out", None, record.event.title, record)
    return outputs


def run_on(*titles: str) -> tuple[Outputs, int | None]:
    store = MemoryStore((SEEN,))
    outputs = run("fragile", fragile, records([listing(title) for title in titles]), store)
    return outputs, View(store).get(SEEN, "n")


@pytest.mark.parametrize(
    "titles", [("boom",), ("a", "boom"), ("boom", "b"), ("a", "b", "boom", "c", "d"), ("boom", "a", "boom", "b", "boom")]
)
def test_a_record_that_raises_is_buried_and_all_others_go_on(titles: tuple[str, ...]) -> None:
    outputs, counted = run_on(*titles)
    good = [title for title in titles if title != "boom"]
    assert [output.event for output in outputs.events] == good
    assert [letter.offset for letter in outputs.dead_letters] == [at for at, title in enumerate(titles) if title == "boom"]
    assert {letter.error.code for letter in outputs.dead_letters} == {"stage-failed"}
    assert "KeyError: 'boom'" in outputs.dead_letters[0].error.message
    assert (counted or 0) == len(good)
    assert outputs.tally.residual == 0


@pytest.mark.parametrize("topic", ["notices", "rulings", "appeals"])
def test_what_an_error_says_of_what_people_wrote_is_left_out(topic: str) -> None:
    def failing(given: Sequence[Record], _view: View) -> Outputs:
        raise KeyError(given[0].event.title)

    outputs = run("failing", failing, records([listing("my name")], topic), MemoryStore(()))
    (letter,), (failure,) = outputs.dead_letters, outputs.failures
    assert "KeyError" in letter.error.message
    for told in (letter.error.message, "".join(format_exception(failure))):
        assert "my name" not in told
    assert "in failing" in "".join(format_exception(failure))


def test_the_error_of_one_record_does_not_tell_that_of_another() -> None:
    def failing(given: Sequence[Record], _view: View) -> Outputs:
        raise KeyError(given[0].event.title)

    given = [*records([listing("my name")], "notices"), *records([listing("a title")])]
    outputs = run("failing", failing, given, MemoryStore(()))
    assert "a title" in "".join(format_exception(outputs.failures[1]))
    assert all("my name" not in "".join(format_exception(failure)) for failure in outputs.failures)


@pytest.mark.parametrize("error", [MissingReferenceError("no such offset"), StoreError("IO error"), MemoryError()])
def test_what_is_no_records_fault_stops_the_run_and_writes_nothing(error: Exception) -> None:
    def failing(given: Sequence[Record], view: View) -> Outputs:
        if given[-1].event.title == "fatal":
            raise error
        return fragile(given, view)

    store = MemoryStore((SEEN,))
    with pytest.raises(type(error)):
        run("failing", failing, records([listing("a"), listing("fatal")]), store)
    assert View(store).get(SEEN, "n") is None


def test_the_errors_themselves_are_kept_for_a_log() -> None:
    outputs, _ = run_on("a", "boom", "b", "boom")
    assert [type(error) for error in outputs.failures] == [KeyError, KeyError]
    assert all(error.__traceback__ is not None for error in outputs.failures)
