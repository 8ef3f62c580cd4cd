"""Schemas are what the events say, examples are what the schemas say, and nothing that was released breaks."""

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from jsonschema import Draft202012Validator
from msgspec.structs import fields

from pipeline.codec import DecodingError, decode, encode
from pipeline.flow import DEAD_LETTERS, TOPICS
from pipeline.schema import schema
from scripts.build_schemas import build, file_name
from tests.contract.compatibility import Direction, breaks

SCHEMAS = Path("schemas")
EXAMPLES = SCHEMAS / "examples"
RELEASED = SCHEMAS / "released"

every_topic = pytest.mark.parametrize("topic", TOPICS)


def direction(topic: str) -> Direction:
    return "input" if TOPICS[topic].role in ("input", "reference") else "output"


def examples(kind: str) -> list[Any]:
    paths = sorted(EXAMPLES.glob(f"*/{kind}/*.json"))
    return [pytest.param(path.parent.parent.name, path, id=f"{path.parent.parent.name}/{path.stem}") for path in paths]


def test_schemas_and_asyncapi_are_current(tmp_path: Path) -> None:
    build(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in SCHEMAS.iterdir() if path.is_file()}
    assert sorted(made) == sorted(kept)
    stale = [name for name in made if made[name] != kept[name]]
    assert stale == [], "run `make schemas`"


@every_topic
def test_a_schema_is_valid_and_limits_every_string(topic: str) -> None:
    Draft202012Validator.check_schema(schema(topic))
    assert list(unlimited(schema(topic), "$")) == []


def unlimited(node: Any, path: str) -> list[str]:
    """Return the places of strings without a length limit."""
    if isinstance(node, list):
        return [place for number, part in enumerate(node) for place in unlimited(part, f"{path}[{number}]")]
    if not isinstance(node, dict):
        return []
    bare = node.get("type") == "string" and not {"maxLength", "enum", "const", "format"} & node.keys()
    return [*([path] if bare else []), *(place for name, part in node.items() for place in unlimited(part, f"{path}.{name}"))]


@every_topic
def test_every_topic_has_examples_of_both_kinds(topic: str) -> None:
    assert list((EXAMPLES / topic / "valid").glob("*.json"))
    assert list((EXAMPLES / topic / "invalid").glob("*.json"))


@pytest.mark.parametrize(("topic", "path"), examples("valid"))
def test_a_valid_example_fits_schema_and_events(topic: str, path: Path) -> None:
    value = orjson.loads(path.read_bytes())
    Draft202012Validator(schema(topic), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    kinds = decoded(topic, path.read_bytes())
    assert len(kinds) == 1, "an example is of exactly one kind of event"
    (event,) = kinds
    assert decode(type(event), encode(event)) == event, "nothing of it is lost"
    left_out = value.keys() & set(event.__struct_fields__) - orjson.loads(encode(event)).keys()
    defaults = {field.name: field.default for field in fields(type(event))}
    assert [name for name in left_out if getattr(event, name) != defaults[name]] == []


@pytest.mark.parametrize(("topic", "path"), examples("invalid"))
def test_an_invalid_example_fits_neither_and_the_fault_names_its_place(topic: str, path: Path) -> None:
    example = orjson.loads(path.read_bytes())
    assert not Draft202012Validator(schema(topic), format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid(example["event"])
    raw = orjson.dumps(example["event"])
    assert decoded(topic, raw) == []
    assert example["path"] in {path_of_fault(kind, raw) for kind in TOPICS[topic].events}


def decoded(topic: str, raw: bytes) -> list[Any]:
    found: list[Any] = []
    for kind in TOPICS[topic].events:
        try:
            found.append(decode(kind, raw))
        except DecodingError:
            continue
    return found


def path_of_fault(kind: type, raw: bytes) -> str | None:
    with pytest.raises(DecodingError) as caught:
        decode(kind, raw)
    return caught.value.fault.path


@every_topic
def test_no_released_schema_is_broken(topic: str) -> None:
    released = orjson.loads((RELEASED / file_name(topic)).read_bytes())
    assert breaks(released, schema(topic), direction(topic)) == []


def changed(topic: str, definition: str, change: Any) -> dict[str, Any]:
    altered = copy.deepcopy(schema(topic))
    change(altered["$defs"][definition])
    return altered


@pytest.mark.parametrize(
    ("topic", "definition", "change"),
    [
        ("listings", "Listing", lambda one: one["required"].append("price")),
        ("listings", "Listing", lambda one: one["properties"]["title"].update(maxLength=10)),
        ("listings", "Listing", lambda one: one["properties"]["change"].update(enum=["listed"])),
        ("listings", "Listing", lambda one: one["properties"]["version"].update(type="string")),
        ("takedowns", "Takedown", lambda one: one["properties"].pop("score")),
        ("takedowns", "Takedown", lambda one: one["required"].remove("reasons")),
        ("takedowns", "Takedown", lambda one: one["properties"]["source"]["enum"].append("whim")),
        ("takedowns", "Reason", lambda one: one["properties"]["text"].update(maxLength=99_999)),
    ],
)
def test_a_breaking_change_is_seen(topic: str, definition: str, change: Any) -> None:
    assert breaks(schema(topic), changed(topic, definition, change), direction(topic))


@pytest.mark.parametrize(
    ("topic", "definition", "change"),
    [
        ("listings", "Listing", lambda one: one["properties"].update(colour={"type": "string"})),
        ("listings", "Listing", lambda one: one["properties"]["title"].update(maxLength=99_999)),
        ("takedowns", "Takedown", lambda one: one["properties"].update(colour={"type": "string"})),
        ("takedowns", "Takedown", lambda one: one["required"].append("excused")),
    ],
)
def test_a_widening_is_no_break(topic: str, definition: str, change: Any) -> None:
    assert breaks(schema(topic), changed(topic, definition, change), direction(topic)) == []


def test_asyncapi_names_every_topic_with_key_writer_readers_and_retention() -> None:
    document = yaml.safe_load((SCHEMAS / "asyncapi.yaml").read_text(encoding="utf-8"))
    assert document["asyncapi"].startswith("3.0")
    assert set(document["channels"]) == set(TOPICS)
    for name, channel in document["channels"].items():
        assert channel["x-key"] == (TOPICS[name].key or "none")
        assert "retention.ms" in channel["bindings"]["kafka"]["topicConfiguration"]
        payload = document["components"]["messages"][name]["payload"]["schema"]["$ref"]
        assert (SCHEMAS / payload).is_file()
    sends = [operation for operation in document["operations"].values() if operation["action"] == "send"]
    assert {operation["channel"]["$ref"] for operation in sends} >= {f"#/channels/{DEAD_LETTERS}", "#/channels/takedowns"}
