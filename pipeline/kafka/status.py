"""Where every stage stands: its marks, how far it is behind, and whether what was written is what was read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.flow import STAGES, TOPICS
from pipeline.kafka.connection import client
from pipeline.kafka.progress import KEY, PROGRESS, Progress
from pipeline.kafka.reading import batches, bounds, reading
from pipeline.kafka.topic_ids import describe
from pipeline.kafka.topics import changelog_name, fused_application, topic_name
from pipeline.settings import Settings
from pipeline.state.changelog_form import raw

_STEP = 64  # records from the end in which the mark is looked for first: it is the last one that a chunk writes


@dataclass(frozen=True, slots=True)
class Standing:
    """One stage of one partition: its mark, and for each input how many offsets lie between the mark and the end."""

    stage: str
    partition: int
    progress: Progress
    lag: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Status:
    """All standings of an application. `fused`: the stages run as one, and read nothing back."""

    standings: tuple[Standing, ...]
    fused: bool

    @property
    def lag(self) -> int:
        """Offsets that are not read yet, of all stages."""
        return sum(sum(standing.lag.values()) for standing in self.standings)

    def residuals(self) -> dict[str, int]:
        """Return what is unaccounted for, by place; empty where everything adds up.

        Between stages only a topic that is read to its end can tell.
        """
        found = {f"{each.stage}-{each.partition}": each.progress.residual for each in self.standings}
        written = {(topic, each.partition): count for each in self.standings for topic, count in each.progress.written.items()}
        for each in self.standings:
            for topic, lag in self._between(each):
                if lag == 0:
                    read = each.progress.read.get(topic, 0) + each.progress.lost.get(topic, 0)
                    found[f"{topic}-{each.partition}"] = written.get((topic, each.partition), 0) - read
        return {place: number for place, number in found.items() if number}

    def _between(self, standing: Standing) -> Iterable[tuple[str, int]]:
        """Yield the inputs of a stage that another stage writes, each with its lag; fused stages have none."""
        reads = {stage.name: stage.reads for stage in STAGES}[standing.stage]
        return ((topic, 0 if self.fused else standing.lag.get(topic, 0)) for topic in reads if TOPICS[topic].role == "sequence")


async def status(settings: Settings, *, fused: bool = False) -> Status:
    """Read the marks of all stages. Raises KafkaError."""
    application = fused_application(settings) if fused else settings.application
    names = {stage.name: changelog_name(settings, application, stage.name) for stage in STAGES}
    there = await describe(client(settings), names.values())
    async with reading(client(settings)) as consumer:
        standings = [
            await _standing(consumer, settings, stage, names[stage], partition)
            for stage in names
            if names[stage] in there
            for partition in range(there[names[stage]].partitions)
        ]
    return Status(tuple(standings), fused)


async def _standing(consumer: AIOKafkaConsumer, settings: Settings, stage: str, changelog: str, partition: int) -> Standing:
    progress = await newest_mark(consumer, TopicPartition(changelog, partition)) or Progress()
    lag = {}
    for topic, mark in progress.inputs.items():
        _, end = await bounds(consumer, TopicPartition(topic_name(settings, topic), partition))
        lag[topic] = max(end - mark.position, 0)
    return Standing(stage, partition, progress, lag)


async def newest_mark(consumer: AIOKafkaConsumer, place: TopicPartition) -> Progress | None:
    """Return the newest progress mark of a changelog partition, looked for from its end; None where there is none."""
    begin, end = await bounds(consumer, place)
    ((wanted, _),) = raw({PROGRESS: {KEY: None}})
    step, last = _STEP, end
    while last > begin:
        start = max(end - step, begin)
        found = [each.value async for fetched, _ in batches(consumer, place, start, last) for each in fetched if each.key == wanted]
        if found:
            return PROGRESS.decode(found[-1])
        step, last = step * 8, start
    return None
