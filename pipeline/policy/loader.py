"""Reads a policy file, and names every fault in it at once, with line and key."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import ValidationError

from pipeline.policy.model import Part, Policy

SIZE_LIMIT = 1_000_000  # characters
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_TABLE = re.compile(r"\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-.\"']+)\s*=")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PolicyFault:
    """One thing that is wrong: the line (from 1) where it is known, the key, and a sentence."""

    line: int
    key: str
    message: str


class PolicyError(ValueError):
    """A policy that is no good, with all of its faults, by line."""

    def __init__(self, source: str, faults: tuple[PolicyFault, ...]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.key)))
        super().__init__("\n".join(f"{source}:{fault.line}: {fault.key}: {fault.message}" for fault in self.faults))


def default_text() -> str:
    """Return the policy file that holds where none is given."""
    return files("pipeline.policy").joinpath("default.toml").read_text(encoding="utf-8")


def parse(text: str, source: str) -> Policy:
    """Return the policy in a file's text; `source` is the name that messages give it. Raises PolicyError."""
    if len(text) > SIZE_LIMIT:
        raise PolicyError(source, (PolicyFault(1, "file", f"has {len(text):,} characters, {SIZE_LIMIT:,} are allowed"),))
    try:
        return Policy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(source, (_syntax_fault(str(error), text),)) from error
    except ValidationError as error:
        lines = _lines(text)
        raise PolicyError(source, tuple(_fault(one, lines) for one in error.errors())) from error
    except (ValueError, RecursionError) as error:  # a date that does not exist, or brackets too deep
        raise PolicyError(source, (PolicyFault(1, "file", str(error)),)) from error


def _syntax_fault(message: str, text: str) -> PolicyFault:
    place = _PLACE.search(message)
    line = int(place[1]) if place else text.count("\n") + 1
    return PolicyFault(line, "syntax", _PLACE.sub("", message))


def _fault(error: Mapping[str, Any], lines: Mapping[Path, int]) -> PolicyFault:
    """Return what pydantic says, with the line of the key or of the closest table around it."""
    path: Path = error["loc"]
    message = {"extra_forbidden": _unknown(path), "missing": "is missing"}.get(error["type"]) or _plain(error["msg"])
    return PolicyFault(_line(path, lines), _dotted(path) or "file", message)


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")


def _unknown(path: Path) -> str:
    close = get_close_matches(str(path[-1]), _names(), n=1) if path else []
    return f"is unknown; do you mean {close[0]}?" if close else "is unknown"


@cache
def _names() -> tuple[str, ...]:
    """Return every key of every part of a policy."""
    return tuple(sorted({name for part in Part.__subclasses__() for name in part.model_fields}))


def _line(path: Path, lines: Mapping[Path, int]) -> int:
    return next(lines[path[:length]] for length in range(len(path), -1, -1) if path[:length] in lines)


def _dotted(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _lines(text: str) -> dict[Path, int]:
    """Return the line of each table and key; of what is written in several places, the first."""
    lines: dict[Path, int] = {(): 1}
    for path, number in _places(text):
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], number)
    return lines


def _places(text: str) -> Iterator[tuple[Path, int]]:
    """Yield each table and key with its line."""
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = _entered(_parts(header[2]), header[1] == "[[", counts)
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, *_parts(key[1])), number


def _entered(path: Path, is_array: bool, counts: dict[Path, int]) -> Path:
    """Return the path of a table, with the number of each array element that it lies in."""
    full: Path = ()
    for part in path:
        full = (*full, part)
        if full in counts and not (is_array and part == path[-1] and len(full) >= len(path)):
            full = (*full, counts[full])
    if is_array:
        counts[full] = counts.get(full, -1) + 1
        full = (*full, counts[full])
    return full


def _parts(key: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in key.split("."))
