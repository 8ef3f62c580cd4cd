"""Runs a stage on a chunk. A record that makes it raise is found by halving the chunk, and dead-lettered; the rest goes on."""

from collections.abc import Callable, Sequence

from pipeline.events.dead_letter import Fault
from pipeline.stages.clock import BeforeFirstTickError
from pipeline.stages.record import PERSONAL, Outputs, Record
from pipeline.stages.reference import MissingReferenceError
from pipeline.state.store import Store, StoreError
from pipeline.state.table import StateFormatError
from pipeline.state.view import View

Process = Callable[[Sequence[Record], View], Outputs]

# No record's fault: going on would bury them all.
FATAL = (BeforeFirstTickError, MissingReferenceError, StateFormatError, StoreError, MemoryError)


def run(name: str, process: Process, records: Sequence[Record], store: Store) -> Outputs:
    """Process a chunk and write its state changes. Raises what is FATAL; any other error is a record's."""
    view = View(store)
    failure: Exception | None = None
    try:
        outputs = process(records, view)
    except FATAL:
        raise
    except Exception as error:
        failure = error  # what is tried below must not have it as its context, and tell it with its own
    if failure is not None:
        return _isolate(name, process, records, store, failure)
    store.write(view.changes())
    return outputs


def _isolate(name: str, process: Process, records: Sequence[Record], store: Store, error: Exception) -> Outputs:
    """Try both halves; a single record that raises is dead-lettered with the error."""
    if len(records) == 1:
        error = _without_words(error) if records[0].topic in PERSONAL else error
        outputs = Outputs()
        outputs.tally.taken = 1
        outputs.bury(name, records[0], Fault("stage-failed", f"{type(error).__name__}: {error}"[:1000]))
        outputs.failures.append(error)
        return outputs
    middle = len(records) // 2
    outputs = run(name, process, records[:middle], store)
    outputs.extend(run(name, process, records[middle:], store))
    return outputs


class WordlessError(Exception):
    """An error at a record in which people write: where it was raised and what it was, but not what it said."""


def _without_words(error: Exception) -> Exception:
    told = WordlessError(f"{type(error).__name__}; what it says may repeat what people wrote, and is left out")
    return told.with_traceback(error.__traceback__)
