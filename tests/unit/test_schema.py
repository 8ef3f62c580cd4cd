import pytest

from pipeline.flow import TOPICS
from pipeline.schema import schema


def test_a_schema_has_its_dialect_id_and_title() -> None:
    made = schema("takedowns")
    assert (made["$schema"], made["$id"], made["title"]) == (
        "https://json-schema.org/draft/2020-12/schema",
        "urn:takedown-pipeline:takedowns:v1",
        "takedowns",
    )


@pytest.mark.parametrize("topic", TOPICS)
def test_every_kind_of_event_is_named(topic: str) -> None:
    assert {kind.__name__ for kind in TOPICS[topic].events} <= set(schema(topic)["$defs"])


def test_an_unknown_topic_has_none() -> None:
    with pytest.raises(KeyError):
        schema("lisitngs")
