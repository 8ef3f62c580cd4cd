"""Publishing a policy: one version has one text for ever, since every decision names the version it was made by."""

from collections.abc import AsyncIterator

from aiokafka import TopicPartition

from pipeline.codec import DecodingError, decode, encode
from pipeline.events.policy_record import PolicyRecord
from pipeline.kafka.connection import client
from pipeline.kafka.publish import partitions_of, publish
from pipeline.kafka.reading import batches, bounds, reading
from pipeline.kafka.topics import topic_name
from pipeline.local.references import POLICIES
from pipeline.policy.loader import PolicyError, PolicyFault
from pipeline.policy.model import Policy
from pipeline.settings import Settings


async def publish_policy(settings: Settings, policy: Policy, text: str, source: str) -> None:
    """Publish a policy that was read from `source`. Raises PolicyError where its version has another text, TopicsError, KafkaError."""
    await partitions_of(settings, POLICIES)
    async for earlier in _published(settings):
        if earlier.version == policy.version and earlier.text != text:
            wrong = f"{policy.version!r} was published with another text; a change of the file is a change of its version"
            raise PolicyError(source, (PolicyFault(_line_of_version(text), "version", wrong),))
    await publish(settings, POLICIES, [(policy.version, encode(PolicyRecord(policy.version, text)))])


async def _published(settings: Settings) -> AsyncIterator[PolicyRecord]:
    """Yield the policies that were published so far."""
    place = TopicPartition(topic_name(settings, POLICIES), 0)
    async with reading(client(settings)) as consumer:
        async for records, _ in batches(consumer, place, *await bounds(consumer, place)):
            for read in (_read(record.value) for record in records):
                if read is not None:
                    yield read


def _read(value: bytes | None) -> PolicyRecord | None:
    """Return the policy in a record; None where it holds none, for which dedupe writes a dead letter."""
    try:
        return decode(PolicyRecord, value or b"")
    except DecodingError:
        return None


def _line_of_version(text: str) -> int:
    return next((number for number, line in enumerate(text.splitlines(), 1) if line.lstrip().startswith("version")), 1)
