"""JSON Schema (2020-12) of the topics, made from the events themselves."""

from typing import Any

import msgspec

from pipeline.flow import TOPICS, Topic

VERSION = 1
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE = "#/$defs/{name}"


def schema(topic: str) -> dict[str, Any]:
    """Return the schema of a topic's values. Raises KeyError where there is no such topic."""
    described = TOPICS[topic]
    references, definitions = msgspec.json.schema_components(described.events, ref_template=_REFERENCE)
    choice = references[0] if len(references) == 1 else {"anyOf": list(references)}
    return {"$schema": _DIALECT, "$id": f"urn:takedown-pipeline:{topic}:v{VERSION}", **_heading(described), **choice, "$defs": definitions}


def _heading(topic: Topic) -> dict[str, str]:
    return {"title": topic.name, "description": f"{topic.summary[0].upper()}{topic.summary[1:]}."}
