"""Topic ids, from a real broker: they tell a topic from a later one of the same name."""

from uuid import UUID

from pipeline.kafka.connection import client
from pipeline.kafka.topic_ids import describe, topic_ids
from pipeline.settings import Settings
from tests.kafka.broker import delete, make


async def test_a_topic_made_anew_has_another_id(settings: Settings) -> None:
    name = f"{settings.topic_prefix}one"
    await make(settings, {name: 3})
    before = await topic_ids(client(settings), [name])
    assert await topic_ids(client(settings), [name]) == before
    await delete(settings, name)
    await make(settings, {name: 3})
    after = await topic_ids(client(settings), [name])
    assert before.keys() == after.keys() == {name}
    assert UUID(before[name]) != UUID(after[name])


async def test_a_topic_is_described_with_its_partitions(settings: Settings) -> None:
    name = f"{settings.topic_prefix}one"
    await make(settings, {name: 5})
    assert (await describe(client(settings), [name]))[name].partitions == 5


async def test_a_missing_topic_is_left_out_and_not_made(settings: Settings) -> None:
    name = f"{settings.topic_prefix}missing"
    for _ in range(2):
        assert await topic_ids(client(settings), [name]) == {}
    assert await topic_ids(client(settings), []) == {}
