"""The topics on the broker: their names, how they are configured, making them, and checking that they are as the workers need them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from pipeline.flow import DEAD_LETTERS, REFERENCES, STAGES, TOPICS, Stage, Topic
from pipeline.kafka.connection import client
from pipeline.kafka.topic_ids import Described, describe
from pipeline.settings import Settings

FUSED = "fused"
DELETE_RETENTION_DAYS = 7  # how long a changelog tells of a deleted key: a local state that is older than that cannot be caught up
_DAY = 24 * 60 * 60 * 1000  # milliseconds
_FOR_EVER = -1
_MOST_BYTES = 2 * 1024 * 1024  # of a batch
_SHOWN_WITHIN = 100  # tenths of a second in which brokers hear of a new topic


class TopicsError(Exception):
    """Topics that are not as the workers need them: all of them, a line each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Planned:
    """A topic as it should be on the broker."""

    name: str
    partitions: int
    replication: int
    configs: Mapping[str, str]


class Run(Protocol):
    """Stages that run together, and the application that they run as: it names their changelogs."""

    @property
    def application(self) -> str:
        """The application."""

    @property
    def stages(self) -> Sequence[Stage]:
        """The stages."""


def topic_name(settings: Settings, topic: str) -> str:
    """Return what a topic of the map is called on the broker."""
    return f"{settings.topic_prefix}{topic}"


def changelog_name(settings: Settings, application: str, stage: str) -> str:
    """Return what the changelog of a stage is called on the broker; fused stages are those of the application `fused_application`."""
    return f"{settings.topic_prefix}{application}.{stage}.changelog"


def fused_application(settings: Settings) -> str:
    """Return the application that fused stages run as: their state is their own."""
    return f"{settings.application}.{FUSED}"


def planned(settings: Settings, *, fused: bool = False) -> tuple[Planned, ...]:
    """Return every topic as it should be: those of the map, then the changelogs; with `fused` also those of the fused stages."""
    applications = (settings.application, *((fused_application(settings),) if fused else ()))
    changelogs = (changelog_name(settings, application, stage.name) for application in applications for stage in STAGES)
    return (*(_planned(settings, topic) for topic in TOPICS.values()), *(_changelog(settings, name) for name in changelogs))


def _planned(settings: Settings, topic: Topic) -> Planned:
    retention = _FOR_EVER if topic.retention_days is None else topic.retention_days * _DAY
    configs = {"cleanup.policy": "delete", "retention.ms": str(retention), "retention.bytes": str(_FOR_EVER)}
    partitions = 1 if topic.role == "reference" else settings.partitions
    return Planned(topic_name(settings, topic.name), partitions, settings.replication, configs | _common(settings))


def _changelog(settings: Settings, name: str) -> Planned:
    configs = {"cleanup.policy": "compact", "delete.retention.ms": str(DELETE_RETENTION_DAYS * _DAY)}
    return Planned(name, settings.partitions, settings.replication, configs | _common(settings))


def _common(settings: Settings) -> dict[str, str]:
    return {
        # Events carry times of their own, years back in a backfill: retention must go by when they came.
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": str(_MOST_BYTES),
        # With three replicas, what is acknowledged is on two: the loss of one loses nothing and stops nothing.
        "min.insync.replicas": "2" if settings.replication >= 3 else "1",
    }


async def create(settings: Settings, *, fused: bool = False) -> tuple[Planned, ...]:
    """Make the topics that are missing, and return them.

    Raises TopicsError, before any is made, where one has another number of partitions; where the broker refuses one; and KafkaError.
    """
    wanted = {topic.name: topic for topic in planned(settings, fused=fused)}
    there = await describe(client(settings), wanted)
    _refuse_other_counts(wanted, there)
    missing = [topic for name, topic in wanted.items() if name not in there]
    if not missing:
        return ()
    made = await _make(settings, missing)
    _refuse_other_counts(wanted, await _shown(settings, [topic.name for topic in missing]))
    return tuple(topic for topic in missing if topic.name in made)


async def _make(settings: Settings, topics: Sequence[Planned]) -> set[str]:
    """Make topics; return the names of those that were not made by another meanwhile. Raises TopicsError and KafkaError."""
    admin = AIOKafkaAdminClient(**client(settings))
    await admin.start()
    try:
        response = await admin.create_topics(
            [NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=dict(topic.configs)) for topic in topics]
        )
    finally:
        await admin.close()
    refused = {name: (code, message) for name, code, message in response.topic_errors if code}
    faults = [
        f"{name} cannot be made: {message or for_code(code).__name__}"
        for name, (code, message) in refused.items()
        if code != TopicAlreadyExistsError.errno
    ]
    if faults:
        raise TopicsError(faults)
    return {topic.name for topic in topics} - refused.keys()


async def _shown(settings: Settings, names: Sequence[str]) -> dict[str, Described]:
    """Wait until the brokers show topics that were made, and return them: they hear of them a little later than who made them."""
    for _ in range(_SHOWN_WITHIN):
        there = await describe(client(settings), names)
        if len(there) == len(names):
            return there
        await asyncio.sleep(0.1)
    raise TopicsError([f"{name} was made, but the brokers do not show it; try again" for name in names if name not in there])


def _refuse_other_counts(wanted: Mapping[str, Planned], there: Mapping[str, Described]) -> None:
    faults = [fault for name, topic in wanted.items() if name in there and (fault := _other_count(name, there[name], topic.partitions))]
    if faults:
        raise TopicsError(faults)


def _other_count(name: str, topic: Described, wanted: int) -> str | None:
    if topic.partitions == wanted:
        return None
    return f"{name} has {topic.partitions} partitions, not {wanted}; delete it, or choose the number that is there"


async def check_topics(settings: Settings, run: Run) -> int:
    """Return the number of partitions, after checking that all topics of some stages exist and have the same.

    Raises TopicsError naming all that are missing or differ, and KafkaError.
    """
    wanted = _needed(settings, run)
    there = await describe(client(settings), [*wanted, *_references(settings)])
    make = f"takedown topics create{' --fused' if run.application == fused_application(settings) else ''}"
    missing = [f"{name} does not exist; make it: {make}" for name in (*wanted, *_references(settings)) if name not in there]
    if missing:
        raise TopicsError(missing)
    partitions = there[wanted[0]].partitions
    faults = [*_differing(there, wanted, partitions), *_differing(there, _references(settings), 1)]
    if faults:
        raise TopicsError(faults)
    return partitions


def _needed(settings: Settings, run: Run) -> list[str]:
    topics = dict.fromkeys(topic for stage in run.stages for topic in (*stage.reads, *stage.writes, DEAD_LETTERS))
    return [
        *(topic_name(settings, topic) for topic in topics),
        *(changelog_name(settings, run.application, stage.name) for stage in run.stages),
    ]


def _references(settings: Settings) -> list[str]:
    return [topic_name(settings, topic) for topic in REFERENCES]


def _differing(there: Mapping[str, Described], names: Iterable[str], partitions: int) -> list[str]:
    return [fault for name in names if (fault := _other_count(name, there[name], partitions))]
