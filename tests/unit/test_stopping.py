"""In processes of their own: what is tested ends them."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from textwrap import dedent

import pytest

START = """
import collections, ctypes, functools, operator, os, signal, sys, time
from pipeline import stopping

stopping.heed()
me = os.getpid()
"""


def ended(script: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a script that heeds signals."""
    command: Sequence[str] = [sys.executable, "-c", START + dedent(script) + "\nprint('went on')"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30, **options)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize(
    ("number", "code", "message"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"), (signal.SIGHUP, 129, "hung up")],
)
def test_a_signal_ends_the_process_with_one_line(number: signal.Signals, code: int, message: str) -> None:
    done = ended(f"os.kill(me, {number})", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))
    assert (done.returncode, done.stdout, done.stderr) == (code, "", f"error: {message}\n")


@pytest.mark.parametrize(
    "script",
    [
        """
        import orjson
        orjson.dumps(object(), default=lambda _: os.kill(me, 2))
        """,
        """
        import dataclasses, msgspec
        @dataclasses.dataclass
        class Event:
            def __post_init__(self): os.kill(me, 2)
        msgspec.json.decode(b"{}", type=Event)
        """,
        """
        class Finalised:
            def __del__(self): os.kill(me, 2)
        Finalised()
        """,
        """
        try:
            os.kill(me, 2)
        except BaseException:
            pass
        """,
    ],
)
def test_it_does_so_wherever_the_signal_comes(script: str) -> None:
    done = ended(script)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "error: interrupted\n")


def test_a_signal_that_comes_just_before_a_call_that_waits_is_not_lost() -> None:
    done = ended("""
        signalled = functools.partial(ctypes.CDLL(None).kill, me, 2)
        waiting = functools.partial(os.read, os.pipe()[0], 1)
        collections.deque(map(operator.call, [signalled, waiting]))  # without a line of Python between the two
    """)
    assert (done.returncode, done.stderr) == (130, "error: interrupted\n")


def test_what_is_under_way_is_tidied_up_the_last_first_and_a_second_signal_does_not_disturb_it() -> None:
    done = ended("""
        def tidy(name):
            os.kill(me, 15)
            return name
        first, second, third = (functools.partial(tidy, name) for name in ("first", "second", "third"))
        for each in (first, second, third):
            stopping.begun(each)
        stopping.ended(second)
        os.kill(me, 2)
    """)
    assert (done.returncode, done.stderr) == (130, "error: interrupted; third; first\n")


def test_it_ends_even_where_tidying_up_fails() -> None:
    assert (
        ended("""
        stopping.begun(lambda: 1 / 0)
        os.kill(me, 2)
    """).returncode
        == 130
    )


def test_a_standard_error_that_is_gone_does_not_matter() -> None:
    done = ended("""
        os.close(2)
        os.kill(me, 2)
    """)
    assert done.returncode == 130


def test_a_hang_up_that_is_ignored_stays_ignored() -> None:
    done = ended("os.kill(me, 1)", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    assert (done.returncode, done.stdout) == (0, "went on\n")


def test_the_handlers_of_others_are_not_insisted_on() -> None:
    done = ended("""
        seen = []
        signal.signal(2, lambda *_: seen.append(1))
        os.kill(me, 2)
        time.sleep(0.3)
        print(len(seen))
    """)
    assert (done.returncode, done.stdout) == (0, "1\nwent on\n")
