"""Bytes to events and back: msgspec decodes, validates and encodes.

Fields that hold their default are left out, times in UTC are written with a `Z`, and the same event always gives the same bytes.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, get_args

import msgspec

from pipeline.events.dead_letter import Fault
from pipeline.events.value import Value

T = TypeVar("T")
_PATH = re.compile(r"^(?P<message>.*) - at (?:`key` in )?`(?P<path>[^`]*)`$", re.DOTALL)
_MESSAGE_LIMIT = 1000


class DecodingError(ValueError):
    """Bytes that are no event of the asked type; `fault` says why and where."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


_encode = msgspec.json.Encoder().encode
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


def marks(kinds: Iterable[type[Any]]) -> dict[bytes, type[Any]]:
    """Return how the bytes of each kind of event begin, where the kind stands first."""
    return {f'{{"kind":"{get_args(kind.__annotations__["kind"])[0]}"'.encode(): kind for kind in kinds}


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


def encode(event: Value) -> bytes:
    """Return an event's one JSON form, in UTF-8."""
    return _encode(event)
