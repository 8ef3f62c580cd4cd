"""Values are written in one form: a default is left out only where two equal defaults are the same object."""

import sys
from collections.abc import Iterator
from typing import Literal, get_origin, get_type_hints

import pytest
from msgspec import NODEFAULT
from msgspec.structs import FieldInfo, fields

import pipeline.kafka.apps
import pipeline.local.replay
import pipeline.simulate.simulate  # noqa: F401
from pipeline.events.value import Value


def kinds(kind: type[Value] = Value) -> Iterator[type[Value]]:
    for each in kind.__subclasses__():
        yield each
        yield from kinds(each)


ALL = sorted(kinds(), key=lambda kind: f"{kind.__module__}.{kind.__name__}")


def is_one_object(kind: type[Value], field: FieldInfo) -> bool:
    """Whether every value equal to the default is the default itself."""
    if isinstance(field.default, str):  # msgspec decodes a Literal to the object in the annotation, which is the interned constant
        literal = get_origin(get_type_hints(kind)[field.name]) is Literal
        return literal and sys.intern(field.default) is field.default
    return field.default is None or field.default == () or (isinstance(field.default, int) and field.default in (0, 1))


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_defaults_are_left_out_for_certain(kind: type[Value]) -> None:
    with_default = [field for field in fields(kind) if field.default is not NODEFAULT]
    assert [field.name for field in fields(kind) if field.default_factory is not NODEFAULT] == []
    assert [field.name for field in with_default if not is_one_object(kind, field)] == []


def test_there_are_events_among_them() -> None:
    assert {"Listing", "Takedown", "Right", "SequencedTick"} <= {kind.__name__ for kind in ALL}
