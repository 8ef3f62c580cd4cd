"""Exit codes, and the one place that turns an error into a message and a code."""

import os
import signal
import sys
from collections.abc import Callable
from enum import IntEnum

from pipeline.cli.console import complain
from pipeline.kafka.connection import ConnectionFailedError
from pipeline.kafka.dead_letters import NoSuchLetterError
from pipeline.kafka.recompute import SequenceLostError
from pipeline.kafka.redrive import NotRedrivenError
from pipeline.kafka.reset import InUseError, NoSuchPlaceError
from pipeline.kafka.topics import TopicsError
from pipeline.local.errors import InputError
from pipeline.place import OutputError
from pipeline.policy.loader import PolicyError
from pipeline.settings import SettingsError
from pipeline.stages.clock import BeforeFirstTickError
from pipeline.stages.reference import MissingReferenceError
from pipeline.stopping import HOW, SIGNALLED
from pipeline.watching import NoWorkerError
from pipeline.web import PortError


class Exit(IntEnum):
    """What the command ends with."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2  # typer's own
    CONSERVATION = 3
    INPUT = 4
    POLICY = 5
    OUTPUT = 6
    KAFKA = 7
    SETTINGS = 8
    WORKER = 9
    DIFFERENT = 10
    FAULTS = 11
    TOO_MUCH = 12
    WORSE = 13
    HUNG_UP = 129
    INTERRUPTED = 130
    UNREAD = 141
    TERMINATED = 143


EXIT_CODES = """
Exit codes: 0 done; 1 an unexpected error; 2 wrong usage; 3 records are unaccounted for; 4 the input cannot be used; 5 a policy is no good;
6 the output cannot be written; 7 Kafka, or a worker, cannot be reached or refuses; 8 bad settings; 9 a worker stopped with work undone;
10 a recomputation differs from what the topics hold; 11 a registry has faults; 12 a change of it does more than it may;
13 an evaluation is worse than the one it is compared with; 129 hung up;
130 interrupted (Ctrl-C); 141 nobody reads what is printed; 143 terminated.
"""


class Stopped(BaseException):
    """The process was asked to stop by a signal while it was at work on Kafka; `left` says what it leaves behind."""

    def __init__(self, number: int, left: str) -> None:
        super().__init__(number)
        self.number, self.left = number, left


_FAILURES: dict[type[Exception], Exit] = {
    InputError: Exit.INPUT,
    BeforeFirstTickError: Exit.INPUT,
    MissingReferenceError: Exit.INPUT,
    NoSuchPlaceError: Exit.INPUT,
    NoSuchLetterError: Exit.INPUT,
    NotRedrivenError: Exit.INPUT,
    PolicyError: Exit.POLICY,
    OutputError: Exit.OUTPUT,
    ConnectionFailedError: Exit.KAFKA,
    TopicsError: Exit.KAFKA,
    InUseError: Exit.KAFKA,
    SequenceLostError: Exit.KAFKA,
    NoWorkerError: Exit.KAFKA,
    SettingsError: Exit.SETTINGS,
    PortError: Exit.SETTINGS,
}


def code_of(error: BaseException) -> Exit | None:
    """Return the exit code of an error that has one."""
    return next((code for kind, code in _FAILURES.items() if isinstance(error, kind)), None)


def guarded(command: Callable[[], None]) -> int:
    """Run a command; return its exit code, and print one clear message where it fails."""
    try:
        _printed(command)
    except BrokenPipeError:
        return _unread()
    except tuple(_FAILURES) as error:
        return complain(str(error), code_of(error) or Exit.UNEXPECTED)
    except Stopped as stop:
        return complain(f"{HOW[signal.Signals(stop.number)]}; {stop.left}", SIGNALLED + stop.number)
    return Exit.OK


def _printed(command: Callable[[], None]) -> None:
    """Run a command, and print what it left in the buffer. Raises SystemExit as the command line does, and BrokenPipeError."""
    try:
        command()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # of which the command line makes an unexpected error
            raise ended.__context__ from None
        sys.stdout.flush()
        raise


def _unread() -> int:
    """Throw away what nobody reads, as `head` does when it has seen enough: not even the interpreter may complain of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.UNREAD
