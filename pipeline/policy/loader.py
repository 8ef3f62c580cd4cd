"""Reads a policy file, and names every fault in it at once, with line and key."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from pipeline.policy.model import Part, Policy

SIZE_LIMIT = 1_000_000  # characters
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_TABLE = re.compile(r"\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-.\"']+)\s*=")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(r"""\"(?:\\.|[^"\\])*\"|'[^']*'""")
_NAMED = re.compile(r"([a-z_]+(?:\.[a-z_]+)+): (.+)")  # a check of several parts says itself which key it means

Path = tuple[str | int, ...]

_GONE: dict[Path, str] = {
    ("decision", "prior"): "is written as a share: instead of prior = -4.0 write base_rate = 0.018, that is 1 / (1 + e ** -prior)",
}


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
        return Policy.model_validate(tomllib.loads(text.removeprefix("\ufeff")))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(source, (_syntax_fault(str(error), text),)) from error
    except ValidationError as error:
        lines = _lines(text)
        raise PolicyError(source, tuple(_fault(one, lines) for one in error.errors(include_url=False, include_input=False))) from error
    except (ValueError, RecursionError) as error:  # a date that does not exist, or brackets too deep
        raise PolicyError(source, (PolicyFault(1, "file", str(error)),)) from error


def _syntax_fault(message: str, text: str) -> PolicyFault:
    place = _PLACE.search(message)
    line = int(place[1]) if place else text.count("\n") + 1
    return PolicyFault(line, "syntax", _PLACE.sub("", message))


def _fault(error: Mapping[str, Any], lines: Mapping[Path, int]) -> PolicyFault:
    """Return what pydantic says, with the line of the key or of the closest table around it."""
    place = tuple(step for step in error["loc"] if step != "[key]")  # the name of an entry is the fault: its line is the entry's
    path, message = _named(place, error["msg"].removeprefix("Value error, "))
    if error["type"] == "missing":
        message = "is missing"
    elif error["type"] == "extra_forbidden":
        message = _unknown(path)
    return PolicyFault(_line(path, lines), _dotted(path) or "file", message)


def _named(path: Path, message: str) -> tuple[Path, str]:
    """Return the key that a message begins with, where it begins with one."""
    named = _NAMED.fullmatch(message)
    return (tuple(named[1].split(".")), named[2]) if named else (path, message)


def _unknown(path: Path) -> str:
    if path in _GONE:
        return _GONE[path]
    close = get_close_matches(str(path[-1]), _known(path[:-1]), n=1)
    return f"is unknown; do you mean {close[0]}?" if close else "is unknown"


def _known(path: Path) -> tuple[str, ...]:
    """Return the keys that a table may have: those of the part of a policy that its path leads to."""
    annotation: Any = Policy
    for step in path:
        part = _part_in(annotation)
        is_field = part is not None and step in part.model_fields and get_origin(annotation) is not dict
        annotation = part.model_fields[str(step)].annotation if part and is_field else part
    part = _part_in(annotation)
    return tuple(part.model_fields) if part else ()


def _part_in(annotation: Any) -> type[Part] | None:
    """Return the part that an annotation names: itself, or the one in its brackets."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((part for inner in get_args(annotation) if (part := _part_in(inner))), None)


def _line(path: Path, lines: Mapping[Path, int]) -> int:
    return next(lines[path[:length]] for length in range(len(path), -1, -1) if path[:length] in lines)


def _dotted(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{_quoted(part)}" for part in path).removeprefix(".")


def _quoted(key: str) -> str:
    return key if _BARE.fullmatch(key) else repr(key)


def _lines(text: str) -> dict[Path, int]:
    """Return the line of each table and key; of what is written in several places, the first."""
    lines: dict[Path, int] = {(): 1}
    for path, number in _places(text):
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], number)
    return lines


def _places(text: str) -> Iterator[tuple[Path, int]]:
    """Yield each table, each key, and each inline table of an array, with its line."""
    table: Path = ()
    array: Path = ()
    elements = 0
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.split("\n"), 1):  # as TOML counts lines: other separators may stand in a comment
        if header := _TABLE.match(line):
            table = _entered(_parts(header[2]), header[1] == "[[", counts)
            yield table, number
            continue
        if key := _KEY.match(line):
            array, elements = (*table, *_parts(key[1])), 0
            yield array, number
        for _ in range(_opened(line[key.end() :] if key else line)):
            yield (*array, elements), number
            elements += 1


def _opened(line: str) -> int:
    """Count the inline tables that a line opens."""
    return _QUOTED.sub("", line).partition("#")[0].count("{")


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
