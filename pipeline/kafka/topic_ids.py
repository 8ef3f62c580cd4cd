"""What the broker says of topics: the id, which a topic deleted and made anew does not keep, and the number of partitions.

Asked by a Metadata request of our own, version 11 (Kafka 2.8 or newer): aiokafka's stops at version 5, which knows no ids, and it may
create the topics it asks for. Source: MetadataRequest.json and MetadataResponse.json of Apache Kafka.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import UnknownTopicOrPartitionError, for_code
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Boolean, CompactArray, CompactString, Int16, Int32, Schema, TaggedFields

_NO_ID = "00000000-0000-0000-0000-000000000000"


class _Uuid(AbstractType[str]):
    """16 bytes."""

    @classmethod
    def encode(cls, value: str) -> bytes:
        return UUID(value).bytes

    @classmethod
    def decode(cls, data: BytesIO) -> str:
        return str(UUID(bytes=data.read(16)))


class _MetadataResponse(Response):
    API_KEY = 3
    API_VERSION = 11
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(("node_id", Int32), ("host", CompactString()), ("port", Int32), ("rack", CompactString()), ("tags", TaggedFields)),
        ),
        ("cluster_id", CompactString()),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString()),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("in_sync_replicas", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _MetadataRequestStruct(RequestStruct):
    API_KEY = 3
    API_VERSION = 11
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", CompactString()), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _MetadataRequest(Request[_MetadataRequestStruct]):
    API_KEY = 3

    def __init__(self, topics: Iterable[str]) -> None:
        self._topics: list[tuple[str, str, dict[int, bytes]]] = [(_NO_ID, topic, {}) for topic in topics]

    def build(self, request_struct_class: type[_MetadataRequestStruct]) -> _MetadataRequestStruct:
        """See Request."""
        return request_struct_class(self._topics, False, False, {})


@dataclass(frozen=True, slots=True)
class Described:
    """A topic as the broker has it."""

    topic_id: str
    partitions: int


async def describe(client: Mapping[str, Any], topics: Iterable[str]) -> dict[str, Described]:
    """Return what the broker has of these topics; one that it does not have is left out. `client`: see connection.client.

    Raises KafkaError, also where a topic may not be described.
    """
    connection = AIOKafkaClient(**client)
    try:
        await connection.bootstrap()
        response = await connection.send(connection.get_random_node(), _MetadataRequest(topics))
    finally:
        await connection.close()
    found: dict[str, Described] = {}
    for error_code, name, topic_id, _, partitions, *_ in response.topics:
        if error_code == UnknownTopicOrPartitionError.errno:
            continue
        if error_code:
            raise for_code(error_code)(name)
        found[name] = Described(topic_id, len(partitions))
    return found


async def topic_ids(client: Mapping[str, Any], topics: Iterable[str]) -> dict[str, str]:
    """Return the ids of these topics by name; one that does not exist is left out. Raises KafkaError."""
    return {name: topic.topic_id for name, topic in (await describe(client, topics)).items()}
