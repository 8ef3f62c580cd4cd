"""Write schemas/: one JSON Schema a topic, and asyncapi.yaml, which names every topic with its key, writer, readers and retention.

python -m scripts.build_schemas [FOLDER]
"""

import sys
from pathlib import Path
from typing import Any

import orjson
import yaml

from pipeline.flow import DEAD_LETTERS, STAGES, TOPICS, Stage, Topic, readers, writer
from pipeline.schema import VERSION, schema

SCHEMAS = Path(__file__).parent.parent / "schemas"
_DAY = 24 * 60 * 60 * 1000  # milliseconds
_ABOUT = "The topics of the takedown pipeline: who writes and reads each, by which key, and how long it is kept."


def build(folder: Path) -> None:
    """Write all files."""
    for topic in TOPICS:
        (folder / file_name(topic)).write_bytes(orjson.dumps(schema(topic), option=orjson.OPT_INDENT_2) + b"\n")
    text = yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=140)
    (folder / "asyncapi.yaml").write_text(text, encoding="utf-8")


def file_name(topic: str) -> str:
    """Return the name of a topic's schema file."""
    return f"{topic}.v{VERSION}.json"


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "takedown-pipeline", "version": f"{VERSION}.0.0", "description": _ABOUT, "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "channels": {name: _channel(topic) for name, topic in TOPICS.items()},
        "operations": {name: operation for stage in STAGES for name, operation in _operations(stage).items()},
        "components": {"messages": {name: _message(topic) for name, topic in TOPICS.items()}},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    configuration = {
        "cleanup.policy": ["delete"],  # reference topics too: every tick's stamp must find its own past
        "retention.ms": -1 if topic.retention_days is None else topic.retention_days * _DAY,
    }
    return {
        "address": topic.name,
        "summary": topic.summary,
        "messages": {topic.name: {"$ref": f"#/components/messages/{topic.name}"}},
        "bindings": {"kafka": {"topic": topic.name, "topicConfiguration": configuration, "bindingVersion": "0.5.0"}},
        "x-key": topic.key or "none",
        "x-writer": "every stage" if topic.name == DEAD_LETTERS else writer(topic.name) or "outside",
        "x-readers": list(readers(topic.name)),
    }


def _message(topic: Topic) -> dict[str, Any]:
    key = {"bindings": {"kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": "0.5.0"}}} if topic.key else {}
    payload = {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": {"$ref": f"./{file_name(topic.name)}"}}
    return {"name": topic.name, "summary": topic.summary, "payload": payload, **key}


def _operations(stage: Stage) -> dict[str, Any]:
    reads = [topic for topic in TOPICS if stage.name in readers(topic)]
    writes = [*stage.writes, DEAD_LETTERS]
    both = [("receive", topic) for topic in reads] + [("send", topic) for topic in writes]
    return {f"{stage.name}.{action}.{topic}": {"action": action, "channel": {"$ref": f"#/channels/{topic}"}} for action, topic in both}


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else SCHEMAS)
