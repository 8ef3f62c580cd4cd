"""Logs: JSON for programs, and repeats are said a few times only."""

import logging
import sys

import orjson

from pipeline.logs import Json, Repeats, Text


def record(message: str, *args: object, level: int = logging.WARNING, logger: str = "pipeline.x", **extra: object) -> logging.LogRecord:
    made = logging.LogRecord(logger, level, "file.py", 1, message, args, None)
    made.__dict__.update(extra)
    return made


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_sixth_of_a_kind_is_left_out_and_told_of_later() -> None:
    clock = Clock()
    repeats = Repeats(clock)
    passed = [repeats.filter(record("node %d is away", number)) for number in range(1000)]
    assert passed == [True] * 5 + [False] * 995
    assert repeats.suppressed == 995
    clock.now = 61.0
    later = record("node %d is away", 7)
    assert repeats.filter(later)
    assert Text("%(message)s").format(later) == "node 7 is away (and 995 times more since)"


def test_no_error_of_ours_is_left_out() -> None:
    repeats = Repeats(Clock())
    assert all(repeats.filter(record("a record made the stage fail", level=logging.ERROR)) for _ in range(50))
    assert not all(repeats.filter(record("away", level=logging.ERROR, logger="aiokafka.conn")) for _ in range(50))


def test_the_last_word_is_not_told_before_by_a_library() -> None:
    failure = ValueError("no topics")
    repeats = Repeats(Clock(), told=lambda: failure)
    assert not repeats.filter(record("crashed", level=logging.ERROR, logger="mode.services", exc_info=(ValueError, failure, None)))
    assert repeats.filter(record("crashed", level=logging.ERROR, logger="mode.services", exc_info=(ValueError, ValueError(), None)))


def test_half_a_character_does_not_lose_a_line() -> None:
    assert orjson.loads(Json().format(record("found %s", "\ud800")).replace("\\ud800", "?"))["message"] == "found ?"


def test_other_kinds_pass() -> None:
    repeats = Repeats(Clock())
    for _ in range(10):
        repeats.filter(record("one"))
    assert repeats.filter(record("two"))
    assert repeats.filter(record("one", level=logging.ERROR))


def test_kinds_without_end_are_forgotten() -> None:
    repeats = Repeats(Clock())
    for number in range(5000):
        repeats.filter(record(f"line {number}"))
    assert len(repeats._seen) <= 1000


def test_a_json_line_is_one_object_on_one_line() -> None:
    try:
        raise ValueError("of\ntwo lines")
    except ValueError:
        made = record('said "so"\nand so', exc_info=sys.exc_info(), fields={"partition": 3})
    line = Json().format(made)
    assert "\n" not in line
    found = orjson.loads(line)
    assert found["message"] == 'said "so"\nand so'
    assert (found["level"], found["logger"], found["partition"]) == ("warning", "pipeline.x", 3)
    assert found["time"].endswith("Z")
    assert "ValueError: of\ntwo lines" in found["error"]
