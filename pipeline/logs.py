"""Logs: one line an event worth a person's time, as text or as JSON, without secrets; what is said again and again is said a few times."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Literal

import orjson

Format = Literal["text", "json"]

_WINDOW = 60.0  # seconds
_MOST = 5  # lines of one kind in a window
_TALKATIVE = ("aiokafka", "faust", "mode")  # libraries that tell of every service, group and timer; heard in full with DEBUG
_OURS = "pipeline."
_MOST_KINDS = 1000  # that are told apart
_TEXT = "[%(asctime)s] %(levelname)s %(name)s: %(message)s"


class Repeats(logging.Filter):
    """Lets a few lines of a kind pass in a window of time, and says with the next one how many were left out.

    Lines are of one kind where logger, level and template are the same: a client whose broker is away says one thing a thousand times.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, told: Callable[[], BaseException | None] = lambda: None) -> None:
        """`told`: an error that is told otherwise, as the last word of the process: libraries need not tell it, with a traceback."""
        super().__init__()
        self.suppressed = 0
        self._now, self._told = now, told
        self._seen: dict[tuple[str, int, str], list[float]] = {}  # when the window began, lines that passed, lines left out

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        if record.exc_info and record.exc_info[1] is not None and record.exc_info[1] is self._told():
            return False
        if record.name.startswith(_OURS) and record.levelno != logging.WARNING:
            return True  # what we tell in good order is told once, and no error of ours is like another
        kind, now = (record.name, record.levelno, str(record.msg)), self._now()
        since, passed, left_out = self._seen.get(kind, (now, 0, 0))
        if now - since >= _WINDOW:
            since, passed = now, 0
        if passed >= _MOST:
            self._seen[kind] = [since, passed, left_out + 1]
            self.suppressed += 1
            return False
        if left_out:
            record.repeats = int(left_out)
        self._seen.pop(kind, None)
        if len(self._seen) >= _MOST_KINDS:
            self._seen.pop(next(iter(self._seen)))
        self._seen[kind] = [since, passed + 1, 0]
        return True


class Text(logging.Formatter):
    """Formats a line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        return super().format(record) + _told(record)


class Json(logging.Formatter):
    """Formats a line for programs: time, level, logger, message, what was given beside it (`extra={"fields": ...}`), and the error."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        line: dict[str, Any] = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage() + _told(record),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        try:
            return orjson.dumps(line, default=str).decode()
        except TypeError:  # half a character, which is no UTF-8
            return json.dumps(line, default=str)


def _told(record: logging.LogRecord) -> str:
    repeats = getattr(record, "repeats", 0)
    return f" (and {repeats} times more since)" if repeats else ""


def configure(level: str, form: Format, told: Callable[[], BaseException | None] = lambda: None) -> Repeats:
    """Log to standard error from now on; return what leaves out repeats, which counts them. `told`: see Repeats."""
    repeats = Repeats(told=told)
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if form == "json" else Text(_TEXT))
    handler.addFilter(repeats)
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "DEBUG" else max(logging.getLevelName(level), logging.WARNING))
    logging.captureWarnings(capture=True)
    return repeats
