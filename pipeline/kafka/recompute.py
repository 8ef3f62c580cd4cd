"""Recomputes every decision from what the topics hold: the recorded sequence and the reference topics, in this process.

What comes of it is what a replay of recorded files writes. Whether the output topics hold the same tells `compare`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.codec import decode
from pipeline.collector import long_lived_left_alone
from pipeline.events.dead_letter import DeadLetter
from pipeline.flow import DEAD_LETTERS, SEQUENCE, STAGES, TOPICS
from pipeline.kafka.connection import client
from pipeline.kafka.decode import decoder_of
from pipeline.kafka.reading import Consumer, batches, places, reading
from pipeline.kafka.references import LiveReference
from pipeline.kafka.topics import topic_name
from pipeline.local.output import OutputFolder, check_place, part_name
from pipeline.local.recorded import BEFORE_THE_SEQUENCE
from pipeline.local.run import Run
from pipeline.local.summary import Summary
from pipeline.settings import Settings

Told = Callable[[int, int, int], None]  # offsets read, offsets in all, records so far


class SequenceLostError(Exception):
    """The beginning of the sequence is gone, so nothing can be recomputed from it."""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The figures, and how many lines were written by topic and partition."""

    summary: Summary
    lines: Counter[tuple[str, int]]


async def recompute(settings: Settings, out: Path, told: Told, *, force: bool = False) -> Recomputed:
    """Run the stages behind dedupe over the sequence as it stands now, and write a replay's folder.

    Raises SequenceLostError, OutputError, TopicsError, KafkaError, and what stages.isolation calls FATAL.
    """
    check_place(out, force=force, source=None)
    reference = LiveReference(client(settings), {topic: topic_name(settings, topic) for topic in TOPICS}, searched=True)
    try:
        await reference.start()
    finally:
        await reference.close()
    async with reading(client(settings)) as consumer:
        with OutputFolder(out) as output, long_lived_left_alone():
            run = Run(STAGES[1:], reference.read, output)
            await _take_over(settings, consumer, run)
            await _run(settings, consumer, output, run, told)
            return Recomputed(run.finish(), run.written)


async def _take_over(settings: Settings, consumer: Consumer, run: Run) -> None:
    """Write again the dead letters of what came before the sequence."""
    for place, begin, end in await places(consumer, client(settings), topic_name(settings, DEAD_LETTERS)):
        async for fetched, _ in batches(consumer, place, begin, end):
            letters = ((decode(DeadLetter, record.value), record.value) for record in fetched)
            run.take_over(place.partition, (each for each in letters if each[0].stage in BEFORE_THE_SEQUENCE))


async def _run(settings: Settings, consumer: Consumer, output: OutputFolder, run: Run, told: Told) -> None:
    parts = await places(consumer, client(settings), topic_name(settings, SEQUENCE))
    size, before = sum(end for _, _, end in parts), 0
    record_of = decoder_of(SEQUENCE, topic_name(settings, SEQUENCE), len(parts))
    for place, begin, end in parts:
        if begin:
            raise SequenceLostError(f"{place.topic}-{place.partition} begins at {begin}; keep it for ever (retention.ms=-1)")
        async for fetched, position in batches(consumer, place, begin, end):
            output.write(SEQUENCE, part_name(place.partition), (record.value or b"" for record in fetched))
            for record in fetched:
                run.feed(record_of(record))
            told(before + position, size, run.read.total())
            if before + position >= size / 10:
                run.at_a_tenth()
        before += end
