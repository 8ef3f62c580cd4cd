"""Topics on a real broker: made once, configured as the map says, checked before a worker starts."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from pipeline.flow import REFERENCES, STAGES, TOPICS, Stage
from pipeline.kafka.connection import ConnectionFailedError, client, reaching
from pipeline.kafka.topic_ids import describe
from pipeline.kafka.topics import TopicsError, changelog_name, check_topics, create, fused_application, planned, topic_name
from pipeline.settings import Settings
from tests.kafka.broker import admin, delete, make

DAY = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Stages:
    """Stages that run together, as check_topics is told."""

    application: str
    stages: tuple[Stage, ...] = STAGES


async def configs(settings: Settings, name: str) -> dict[str, Any]:
    async with admin(settings) as one:
        (answer,) = await one.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    return {entry[0]: entry[1] for entry in answer.resources[0][4]}


async def test_every_topic_and_changelog_is_made_once(settings: Settings) -> None:
    made = await create(settings)
    assert [topic.name for topic in made] == [
        *(topic_name(settings, topic) for topic in TOPICS),
        *(changelog_name(settings, settings.application, stage.name) for stage in STAGES),
    ]
    there = await describe(client(settings), [topic.name for topic in made])
    assert {name: topic.partitions for name, topic in there.items()} == {topic.name: topic.partitions for topic in made}
    assert {there[topic_name(settings, topic)].partitions for topic in REFERENCES} == {1}
    assert await create(settings) == ()


async def test_the_changelogs_of_fused_stages_are_made_when_asked_for(settings: Settings) -> None:
    await create(settings)
    made = await create(settings, fused=True)
    assert [topic.name for topic in made] == [changelog_name(settings, fused_application(settings), stage.name) for stage in STAGES]
    assert made[0].name == f"{settings.topic_prefix}{settings.application}.fused.dedupe.changelog"


async def test_what_is_missing_is_made_beside_what_is_there(settings: Settings) -> None:
    await make(settings, {topic_name(settings, "listings"): settings.partitions})
    assert len(await create(settings)) == len(planned(settings)) - 1


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("listings", {"retention.ms": str(30 * DAY), "cleanup.policy": "delete"}),
        ("events.unique", {"retention.ms": "-1", "cleanup.policy": "delete"}),
        ("rights", {"retention.ms": "-1", "cleanup.policy": "delete"}),
        (None, {"cleanup.policy": "compact", "delete.retention.ms": str(7 * DAY)}),
    ],
)
async def test_the_broker_has_the_configuration(topics: Settings, topic: str | None, expected: dict[str, str]) -> None:
    name = topic_name(topics, topic) if topic else changelog_name(topics, topics.application, "dedupe")
    found = await configs(topics, name)
    expected |= {"message.timestamp.type": "LogAppendTime", "max.message.bytes": "2097152"}
    assert {key: found[key] for key in expected} == expected


async def test_two_that_make_them_at_once_make_each_once(settings: Settings) -> None:
    both = await asyncio.gather(create(settings), create(settings))
    made = [topic.name for one in both for topic in one]
    assert sorted(made) == sorted(topic.name for topic in planned(settings))


async def test_another_number_of_partitions_is_named_for_all_and_nothing_is_made(settings: Settings) -> None:
    wrong = {topic_name(settings, "listings"): 5, topic_name(settings, "rights"): 2}
    await make(settings, wrong)
    with pytest.raises(TopicsError) as caught:
        await create(settings)
    assert [re.sub(";.*", "", fault) for fault in caught.value.faults] == [
        f"{topic_name(settings, 'listings')} has 5 partitions, not 2",
        f"{topic_name(settings, 'rights')} has 2 partitions, not 1",
    ]
    assert (await describe(client(settings), [topic.name for topic in planned(settings)])).keys() == wrong.keys()


async def test_what_the_broker_refuses_is_named_with_its_reason(settings: Settings) -> None:
    with pytest.raises(TopicsError, match=r"listings cannot be made: .*replicat"):
        await create(settings.model_copy(update={"replication": 3}))


async def test_a_check_finds_the_number_of_partitions(topics: Settings) -> None:
    assert await check_topics(topics, Stages(topics.application)) == topics.partitions
    assert await check_topics(topics, Stages(fused_application(topics))) == topics.partitions
    assert await check_topics(topics, Stages(topics.application, STAGES[:1])) == topics.partitions


async def test_a_check_names_all_that_are_missing(topics: Settings) -> None:
    gone = [topic_name(topics, "clock"), changelog_name(topics, topics.application, "dedupe")]
    await delete(topics, *gone)
    with pytest.raises(TopicsError) as caught:
        await check_topics(topics, Stages(topics.application))
    assert [fault.split()[0] for fault in caught.value.faults] == gone
    assert "takedown topics create" in str(caught.value)


async def test_a_check_names_a_topic_that_differs(topics: Settings) -> None:
    name = topic_name(topics, "takedowns")
    await delete(topics, name)
    await make(topics, {name: 3})
    with pytest.raises(TopicsError, match=re.escape(f"{name} has 3 partitions, not 2")):
        await check_topics(topics, Stages(topics.application))


async def test_a_broker_that_is_not_there_is_one_message(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"bootstrap": "127.0.0.1:1"})
    with pytest.raises(ConnectionFailedError, match=r"Kafka at 127\.0\.0\.1:1: "), reaching(nowhere):
        await create(nowhere)
