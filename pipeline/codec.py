"""Bytes to events and back: msgspec decodes and validates, orjson encodes.

Absent fields are left out, times are written in UTC with a `Z`, and the same event always gives the same bytes.
"""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
import orjson

from pipeline.events.dead_letter import Fault

T = TypeVar("T")
_PATH = re.compile(r"^(?P<message>.*) - at (?:`key` in )?`(?P<path>[^`]*)`$", re.DOTALL)
_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_UTC_Z
_MESSAGE_LIMIT = 1000


class DecodingError(ValueError):
    """Bytes that are no event of the asked type; `fault` says why and where."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


_decoders: dict[Any, Callable[[bytes], Any]] = {}


def decoder(kind: type[T]) -> Callable[[bytes], T]:
    """Return the decoder of an event type, made once. It raises what `fault` explains."""
    if kind not in _decoders:
        _decoders[kind] = msgspec.json.Decoder(kind).decode
    return _decoders[kind]


def decode(kind: type[T], data: bytes) -> T:
    """Decode and validate one event. Raises DecodingError with code, JSON path and message."""
    try:
        return decoder(kind)(data)
    except (ValueError, RecursionError) as error:
        raise DecodingError(fault(error)) from error


def fault(error: Exception) -> Fault:
    """Explain why bytes did not decode."""
    text = str(error)[:_MESSAGE_LIMIT]
    if isinstance(error, RecursionError):
        return Fault("too-deep", "nested too deeply")
    if isinstance(error, msgspec.ValidationError):
        found = _PATH.match(text)
        return Fault("invalid", found["message"], found["path"]) if found else Fault("invalid", text, "$")
    if isinstance(error, UnicodeError) or "utf-8" in text.lower():
        return Fault("not-utf8", "holds bytes that are not UTF-8")
    return Fault("not-json", text)


def encode(event: object) -> bytes:
    """Return an event's one JSON form, in UTF-8. Raises TypeError for what is none, and what ends a program as it came."""
    try:
        return orjson.dumps(event, default=_present, option=_OPTIONS)
    except TypeError as error:
        if error.__cause__ is None or isinstance(error.__cause__, Exception):
            raise
        raise error.__cause__ from None  # orjson makes a TypeError of a KeyboardInterrupt that comes while it asks for the fields


def _present(event: object) -> dict[str, Any]:
    """Return the fields of a dataclass that are not absent."""
    if not is_dataclass(event) or isinstance(event, type):
        raise TypeError(f"{type(event).__name__} is no event")
    names, values = _reader(type(event))
    return {name: value for name, value in zip(names, values(event), strict=True) if value is not None}


@cache
def _reader(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the names of an event type's fields, and a function that reads them all."""
    names = tuple(field.name for field in fields(kind))
    getter = attrgetter(*names)
    return names, getter if len(names) > 1 else lambda event: (getter(event),)
