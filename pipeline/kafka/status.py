"""Where every stage stands: its marks, how far it is behind, and whether what was written is what was read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.flow import STAGES, TOPICS, Stage
from pipeline.kafka.connection import client
from pipeline.kafka.progress import KEY, PROGRESS, Progress
from pipeline.kafka.reading import reading, spans
from pipeline.kafka.topic_ids import describe
from pipeline.kafka.topics import TopicsError, changelog_name, fused_application, topic_name
from pipeline.settings import Settings
from pipeline.state.changelog_form import raw

_STEP = 64  # records from the end in which the mark is looked for first: it is the last one that a chunk writes


@dataclass(frozen=True, slots=True)
class Standing:
    """One stage of one partition: its mark, and for each input how many offsets lie between the mark and the end; 0 where none of them
    holds a record.
    """

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
    """Read the marks of all stages. Raises TopicsError where a changelog does not exist, and KafkaError."""
    application = fused_application(settings) if fused else settings.application
    changelogs = {stage.name: changelog_name(settings, application, stage.name) for stage in STAGES}
    there = await describe(client(settings), changelogs.values())
    missing = [name for name in changelogs.values() if name not in there]
    if missing:
        raise TopicsError([f"{name} does not exist; make it: takedown topics create{' --fused' if fused else ''}" for name in missing])
    parts = [
        (stage, TopicPartition(changelogs[stage.name], number))
        for stage in STAGES
        for number in range(there[changelogs[stage.name]].partitions)
    ]
    async with reading(client(settings)) as consumer:
        marks = await newest_marks(consumer, [place for _, place in parts])
        lags = await _lags(settings, consumer, [(stage, place.partition, marks.get(place)) for stage, place in parts], fused=fused)
    standings = [
        Standing(stage.name, place.partition, marks.get(place, Progress()), lags[stage.name, place.partition]) for stage, place in parts
    ]
    return Status(tuple(standings), fused)


async def _lags(
    settings: Settings, consumer: AIOKafkaConsumer, parts: Sequence[tuple[Stage, int, Progress | None]], *, fused: bool
) -> dict[tuple[str, int], dict[str, int]]:
    """Return for each stage and partition how far it is behind in each input; where it has no mark, all that the input holds is ahead."""
    wanted = {
        (stage.name, number, topic): (TopicPartition(topic_name(settings, topic), number), mark)
        for stage, number, mark in parts
        for topic in stage.reads
        if not fused or stage is STAGES[0]  # the others read nothing back
    }
    inputs = list({place for place, _ in wanted.values()})
    begins, ends = await consumer.beginning_offsets(inputs), await consumer.end_offsets(inputs)
    positions = {key: _position(mark, key[2], begins[place]) for key, (place, mark) in wanted.items()}
    empty = await _without_records(consumer, {wanted[key][0]: (at, ends[wanted[key][0]]) for key, at in positions.items()})
    lags: dict[tuple[str, int], dict[str, int]] = {(stage.name, number): {} for stage, number, _ in parts}
    for (stage_name, number, topic), at in positions.items():
        place = wanted[stage_name, number, topic][0]
        lags[stage_name, number][topic] = 0 if place in empty else max(ends[place] - at, 0)
    return lags


def _position(mark: Progress | None, topic: str, begin: int) -> int:
    return max(mark.inputs[topic].position, begin) if mark is not None and topic in mark.inputs else begin


async def _without_records(consumer: AIOKafkaConsumer, ahead: Mapping[TopicPartition, tuple[int, int]]) -> set[TopicPartition]:
    """Return the partitions in which only the ends of transactions are ahead: a mark may stand before them for good."""
    near = {place: (start, end) for place, (start, end) in ahead.items() if end - start <= _STEP}
    holding = {place async for place, _ in spans(consumer, near)}
    return near.keys() - holding


async def newest_marks(consumer: AIOKafkaConsumer, places: Collection[TopicPartition]) -> dict[TopicPartition, Progress]:
    """Return the newest progress mark of each changelog partition that has one, looked for from its end."""
    ((wanted, _),) = raw({PROGRESS: {KEY: None}})
    begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    found: dict[TopicPartition, Progress] = {}
    step, left = _STEP, {place: ends[place] for place in places if begins[place] < ends[place]}
    while left:
        starts = {place: max(ends[place] - step, begins[place]) for place in left}
        async for place, records in spans(consumer, {place: (starts[place], last) for place, last in left.items()}):
            marks = [record.value for record in records if record.key == wanted]
            if marks:
                found[place] = PROGRESS.decode(marks[-1])
        step, left = step * 8, {place: starts[place] for place in left if place not in found and starts[place] > begins[place]}
    return found


async def newest_mark(consumer: AIOKafkaConsumer, place: TopicPartition) -> Progress | None:
    """Return the newest progress mark of one changelog partition; None where it has none."""
    return (await newest_marks(consumer, [place])).get(place)
