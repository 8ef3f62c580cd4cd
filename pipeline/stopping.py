"""What a signal to stop does: tidy up what is under way, say so in one line, and end the process at once.

The handler ends the process itself. An exception from it would not do: within a callback of a C library it becomes another error, within a
finaliser it is swallowed, and then the run goes on. Nothing here takes long to import, so that signals are heeded from the start.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

Tidy = Callable[[], str]

HOW = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}
SIGNALLED = 128  # and the number of the signal, as shells have it
_PATIENCE = 0.05  # seconds until a signal that was not heeded is sent again
_FRESH_LINE = "\r\x1b[2K\x1b[?25h"  # over what a progress bar has drawn, with the cursor that it has hidden

_under_way: list[Tidy] = []
_stopped_by: list[int] = []
_pipe: list[int] = []


def heed() -> None:
    """End on Ctrl-C, SIGTERM and SIGHUP, from now on. A hang-up that is ignored stays so: that is what nohup asks for."""
    for number in HOW:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    _be_insisted()


def begun(tidy: Tidy) -> None:
    """Have something tidied up when a signal comes; `tidy` says what is left. It may be called between any two lines, but only once."""
    _under_way.append(tidy)


def ended(tidy: Tidy) -> None:
    """Take back what `begun` was told."""
    if tidy in _under_way:
        _under_way.remove(tidy)


def _stop(number: int, _frame: FrameType | None) -> None:
    """Tidy up and end, also where nobody can be told any more. A second signal does not interrupt that."""
    if _stopped_by:
        return
    _stopped_by.append(number)
    try:
        _say("; ".join([HOW[signal.Signals(number)], *(tidy() for tidy in reversed(_under_way))]))
    finally:
        os._exit(SIGNALLED + number)


def _say(message: str) -> None:
    """Write to standard error past its buffer, which may be in use where the signal came."""
    os.write(2, f"{_FRESH_LINE if os.isatty(2) else ''}error: {message}\n".encode(errors="backslashreplace"))


def _be_insisted() -> None:
    """Have each signal sent again until it is heeded: one that comes just before a system call does not wake that call."""
    if not _pipe:
        _pipe.extend(os.pipe())
        os.set_blocking(_pipe[1], False)
        threading.Thread(target=_insist, args=(_pipe[0], threading.get_ident()), daemon=True).start()
    signal.set_wakeup_fd(_pipe[1], warn_on_full_buffer=False)


def _insist(received: int, main: int) -> None:
    while number := os.read(received, 1):
        while not _stopped_by and signal.getsignal(number[0]) is _stop:
            time.sleep(_PATIENCE)
            signal.pthread_kill(main, number[0])
