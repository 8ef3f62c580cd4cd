"""`takedown schema TOPIC`."""

from typing import Annotated

import orjson
import typer

from pipeline.flow import TOPICS
from pipeline.schema import schema

NAME = "schema"


def _topic(name: str) -> str:
    if name not in TOPICS:
        raise typer.BadParameter(f"no such topic; topics are {', '.join(TOPICS)}")
    return name


def _complete(incomplete: str) -> list[str]:
    return [name for name in TOPICS if name.startswith(incomplete)]


def command(
    topic: Annotated[str, typer.Argument(help="The topic's name.", callback=_topic, autocompletion=_complete, show_default=False)],
) -> None:
    """Print the JSON Schema (2020-12) of a topic's events."""
    print(orjson.dumps(schema(topic), option=orjson.OPT_INDENT_2).decode())
