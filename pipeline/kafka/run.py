"""Runs the worker of one stage in this process, and tells how it ended."""

import os
from collections.abc import Callable
from dataclasses import dataclass

import faust

from pipeline.collector import long_lived_left_alone
from pipeline.kafka.app import StageApp
from pipeline.logs import configure


@dataclass(frozen=True, slots=True)
class Ending:
    """How a worker ended: by what failure, if any, whether it had begun to work, and how many chunks it left unfinished."""

    failure: BaseException | None
    begun: bool
    left: int


def run(app: StageApp, tell: Callable[[Ending], int]) -> int:
    """Run until SIGTERM, Ctrl-C or a failure. `tell` says how it ended, and returns the exit code.

    A worker that cannot even be closed in time, because Kafka does not answer, ends the process at once: nothing is lost by that.
    """
    app.too_late = lambda: os._exit(tell(Ending(app.failure, app.worker is not None, app.undone)))
    app.instruments.repeats = configure(app.settings.log_level, app.settings.log_format, lambda: app.failure)
    worker = faust.Worker(app, override_logging=False, redirect_stdouts=False, quiet=True)
    worker.spinner = None  # it writes to standard output, also where that is no terminal
    try:
        with long_lived_left_alone():
            worker.execute_from_commandline()
    except SystemExit as ended:
        code = ended.code
    else:
        code = 0
    failure = app.failure
    if failure is None and code not in (0, None):
        failure = app.crash_reason or worker.crash_reason or RuntimeError(f"the worker ended with code {code}")
    return tell(Ending(failure, app.worker is not None, app.left))
