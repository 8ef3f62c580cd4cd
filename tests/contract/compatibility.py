"""Tells in which ways a schema breaks an earlier, released one.

An input schema must still accept whatever was accepted; an output schema must still promise whatever was promised.
"""

from collections.abc import Iterator
from typing import Any, Literal

Schema = dict[str, Any]
Direction = Literal["input", "output"]

_UPPER = ("maxLength", "maximum", "maxItems", "maxProperties")
_LOWER = ("minLength", "minimum", "minItems", "minProperties")


def breaks(released: Schema, current: Schema, direction: Direction) -> list[str]:
    """Return every place where the current schema breaks the released one; none where it is compatible."""
    wider, narrower = (current, released) if direction == "input" else (released, current)
    return list(_narrowed(narrower, wider, narrower, wider, "$", direction))


def _narrowed(inner: Schema, outer: Schema, inner_root: Schema, outer_root: Schema, path: str, direction: Direction) -> Iterator[str]:
    """Yield the places where a value that `inner` allows is one that `outer` forbids."""
    inner, outer = _resolved(inner, inner_root), _resolved(outer, outer_root)
    if "anyOf" in inner or "anyOf" in outer:
        yield from _narrowed_choice(inner, outer, inner_root, outer_root, path, direction)
        return
    yield from _narrowed_value(inner, outer, path)
    for name, part in outer.get("properties", {}).items():
        known = inner.get("properties", {}).get(name)
        if known is not None:
            yield from _narrowed(known, part, inner_root, outer_root, f"{path}.{name}", direction)
        elif direction == "output":
            yield f"{path}.{name}: is gone"
    for name in sorted(set(outer.get("required", ())) - set(inner.get("required", ()))):
        yield f"{path}.{name}: is required by one and not promised by the other"
    for word in ("items", "additionalProperties"):
        if isinstance(inner.get(word), dict) and isinstance(outer.get(word), dict):
            yield from _narrowed(inner[word], outer[word], inner_root, outer_root, f"{path}[]", direction)


def _narrowed_choice(
    inner: Schema, outer: Schema, inner_root: Schema, outer_root: Schema, path: str, direction: Direction
) -> Iterator[str]:
    """Each choice of the one must fit one choice of the other."""
    choices = outer.get("anyOf", [outer])
    for number, choice in enumerate(inner.get("anyOf", [inner])):
        faults = [list(_narrowed(choice, other, inner_root, outer_root, path, direction)) for other in choices]
        if all(faults):
            yield f"{path}: choice {number} fits none: {min(faults, key=len)[0]}"


def _narrowed_value(inner: Schema, outer: Schema, path: str) -> Iterator[str]:
    if _types(outer) and not _types(inner) <= _types(outer):
        yield f"{path}: type {sorted(_types(inner))} is not within {sorted(_types(outer))}"
    if _values(outer) is not None and not (_values(inner) or {object()}) <= (_values(outer) or set()):
        yield f"{path}: values differ"
    for word in _UPPER:
        if word in outer and inner.get(word, float("inf")) > outer[word]:
            yield f"{path}: {word} {inner.get(word)} is over {outer[word]}"
    for word in _LOWER:
        if word in outer and inner.get(word, 0) < outer[word]:
            yield f"{path}: {word} {inner.get(word)} is under {outer[word]}"
    for word in ("pattern", "format"):
        if word in outer and inner.get(word) != outer[word]:
            yield f"{path}: {word} differs"


def _types(schema: Schema) -> set[str]:
    named = schema.get("type", [])
    names = {named} if isinstance(named, str) else set(named)
    return names | {"integer"} if "number" in names else names


def _values(schema: Schema) -> set[Any] | None:
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        schema = {**found, **{word: value for word, value in schema.items() if word != "$ref"}}
    return schema
