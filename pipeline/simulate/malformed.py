"""Lines that are no listing, each broken in one named way. None holds a newline."""

from collections.abc import Callable
from typing import Any

import orjson

OVERSIZE = "oversize line"
_OVERSIZE_BYTES = 1_048_576
_DEPTH = 2_000  # more than any decoder's stack takes


def malformed(kind: int, n: int) -> bytes:
    """Return the n-th line that is broken as MALFORMED_KINDS[kind] says. Raises IndexError for an unknown kind."""
    return _MAKERS[MALFORMED_KINDS[kind]](n)


def _fields(n: int, **changes: Any) -> dict[str, Any]:
    """Return the fields of a sound listing, changed; what is changed to None is left out."""
    fields = {
        "listing_id": f"M{n}", "seller_id": f"S{n}", "event_time": "2016-01-02T03:04:05Z", "change": "listed", "version": 1,
        "title": f"blue scarf {n}", "price": "9.90", "currency": "USD", **changes,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def _with(**changes: Any) -> Callable[[int], bytes]:
    return lambda n: orjson.dumps(_fields(n, **changes))


def _not_utf8(n: int) -> bytes:
    return orjson.dumps(_fields(n, title="blue ? scarf")).replace(b"?", b"\xff\xfe")


def _cut_off(n: int) -> bytes:
    whole = orjson.dumps(_fields(n))
    return whole[: 20 + n % (len(whole) - 21)]


def _too_deep(n: int) -> bytes:
    return orjson.dumps(_fields(n))[:-1] + b',"extra":' + b"[" * _DEPTH + b"]" * _DEPTH + b"}"


_MAKERS: dict[str, Callable[[int], bytes]] = {
    "not JSON": lambda n: f"listing {n}; blue scarf; 9,90 USD".encode(),
    "cut off": _cut_off,
    "invalid UTF-8": _not_utf8,
    "empty line": lambda _n: b"",
    "list instead of object": lambda n: orjson.dumps([_fields(n)]),
    "missing title": _with(title=None),
    "missing seller": _with(seller_id=None),
    "title of wrong type": _with(title=["blue", "scarf"]),
    "version as text": _with(version="1"),
    "negative version": _with(version=-1),
    "control character in id": lambda n: orjson.dumps(_fields(n, listing_id=f"M\x07{n}")),
    "empty id": _with(listing_id=""),
    "title too long": _with(title="scarf " * 400),
    "time without zone": _with(event_time="2016-01-02T03:04:05"),
    "time that never was": _with(event_time="2016-02-30T03:04:05Z"),
    "unknown change": _with(change="sold"),
    "bad currency": _with(currency="dollars"),
    "price with a comma": _with(price="9,90"),
    "bad phash": _with(images=[{"url": "https://img.example/1.jpg", "phash": "xyz"}]),
    "nested too deeply": _too_deep,
    OVERSIZE: lambda n: orjson.dumps(_fields(n, description="scarf " * (_OVERSIZE_BYTES // 6 + 1))),
}
MALFORMED_KINDS: tuple[str, ...] = tuple(_MAKERS)
SMALL_KINDS: tuple[int, ...] = tuple(at for at, kind in enumerate(MALFORMED_KINDS) if kind != OVERSIZE)
