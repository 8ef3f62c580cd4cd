"""Runs a stage on a chunk. A record that makes it raise is found by halving the chunk, and dead-lettered; the rest goes on."""

from collections.abc import Callable, Sequence

from pipeline.events.dead_letter import Fault
from pipeline.stages.clock import BeforeFirstTickError
from pipeline.stages.record import Outputs, Record
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
    try:
        outputs = process(records, view)
    except FATAL:
        raise
    except Exception as error:
        return _isolate(name, process, records, store, error)
    store.write(view.changes())
    return outputs


def _isolate(name: str, process: Process, records: Sequence[Record], store: Store, error: Exception) -> Outputs:
    """Try both halves; a single record that raises is dead-lettered with the error."""
    if len(records) == 1:
        outputs = Outputs()
        outputs.tally.taken = 1
        outputs.bury(name, records[0], Fault("stage-failed", f"{type(error).__name__}: {error}"[:1000]))
        outputs.failures.append(error)
        return outputs
    middle = len(records) // 2
    outputs = run(name, process, records[:middle], store)
    outputs.extend(run(name, process, records[middle:], store))
    return outputs
