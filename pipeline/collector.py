"""The garbage collector, told what stays: it would walk the registry again and again. (An eighth of a replay's time.)"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_COLLECT_EVERY = 50_000  # new objects; a chunk makes about as many


@contextmanager
def long_lived_left_alone() -> Iterator[None]:
    """Leave alone what is there now, and look at the rest less often, until the end of the block."""
    threshold = gc.get_threshold()
    leave_alone()
    gc.set_threshold(_COLLECT_EVERY, *threshold[1:])
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()


def leave_alone() -> None:
    """Leave alone what is there now: what no longer refers to itself is freed all the same."""
    gc.freeze()
