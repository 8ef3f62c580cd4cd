"""Runs one worker process a stage, and keeps them running: a crash is mended by a start, an error with a reason stops them all."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from pipeline.settings import variable

log = logging.getLogger(__name__)

_LOOK_EVERY = 0.2  # seconds
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds before a crashed worker is started again
_LONG_ENOUGH = 60.0  # seconds after which a worker counts as well again

Command = Callable[[str], Sequence[str]]  # stage -> command line


@dataclass(slots=True)
class _Child:
    """One worker process: when it was started, when it may be started again, and how long to wait after the next crash."""

    stage: str
    port: int | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    pause: float = field(default=_PAUSE)


class Supervisor:
    """Starts and watches the workers of some stages."""

    def __init__(self, stages: Sequence[str], command: Command, patience: float, port: int | None = None) -> None:
        """`command` gives the command line of a stage's worker; `patience`: seconds that a stopping worker is given.

        `port`: of the first worker; each of the others has the next one. None, or 0: each finds one by itself.
        """
        self._children = [_Child(stage, port + number if port else None) for number, stage in enumerate(stages)]
        self._command, self._patience = command, patience
        self._stopping = False
        self._code = 0

    def run(self) -> int:
        """Run until SIGTERM, Ctrl-C, or a worker ends for a reason; return the exit code: 0, or that worker's."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self._stopping:
                for child in self._children:
                    self._look_after(child)
                time.sleep(_LOOK_EVERY)
            return self._end()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                own = {variable("http_port"): str(child.port)} if child.port else {}
                child.process = subprocess.Popen(self._command(child.stage), start_new_session=True, env=os.environ | own)
                child.started = now
            return
        code = child.process.poll()
        if code is None:
            child.pause = _PAUSE if now - child.started > _LONG_ENOUGH else child.pause
        elif code < 0:  # killed by a signal: nothing is known to be wrong with it
            log.warning("the worker of %s was killed by signal %d; it is started again in %.0f s", child.stage, -code, child.pause)
            child.process, child.due, child.pause = None, now + child.pause, min(2 * child.pause, _LONGEST_PAUSE)
        else:
            log.error("the worker of %s ended with code %d; the others are stopped", child.stage, code)
            child.process, self._code, self._stopping = None, code, True

    def _end(self) -> int:
        """Let all workers finish; kill those that take too long, and say so by the exit code."""
        running = [child for child in self._children if child.process is not None]
        for child in running:
            _signal(child, signal.SIGTERM)
        until = time.monotonic() + self._patience
        for child in running:
            assert child.process is not None
            try:
                code = child.process.wait(timeout=max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                log.error("the worker of %s did not stop in time and is killed; what it had not committed is done again", child.stage)
                _signal(child, signal.SIGKILL)
                code = child.process.wait()
            self._code = self._code or abs(code)
        return self._code


def _signal(child: _Child, number: signal.Signals) -> None:
    if child.process is not None and child.process.poll() is None:
        child.process.send_signal(number)


def command_of(*options: str) -> Command:
    """Return the command lines of workers with some options, run by this Python."""
    return lambda stage: (sys.executable, "-m", "pipeline", "worker", stage, *options)
