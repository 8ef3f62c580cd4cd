"""The progress mark: how far a stage has come in its inputs, and what it has counted on the way.

It is part of the change set of every chunk, so that outputs, state and mark are written together or not at all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline.flow import DEAD_LETTERS, TOPICS
from pipeline.stages.record import MADE_TICKS, Tally
from pipeline.state.table import Table

_ONLY = ""
_SEQUENCES = tuple(topic.name for topic in TOPICS.values() if topic.role == "sequence")


@dataclass(frozen=True, slots=True)
class InputMark:
    """The position in one input topic, and the id of the topic: one that was made anew has another."""

    topic_id: str
    position: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Marks by input topic, counters since the beginning, and the dead letters of the window that is under way.

    `read` and `written` count records by topic, `fates` the dispositions of the records read: `passed`, `kept`, `dropped:<reason>`,
    `dead:<code>`, `facts` what is worth knowing beside that, and `decided` decisions by kind (see stages.decided). `lost` counts records
    that retention took before they were read and those that a reset passed over, less those that it let be read again, so it may be
    below 0; `reported` counts the records of each reference topic that were no good and have their dead letter.
    """

    inputs: Mapping[str, InputMark] = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)
    written: Mapping[str, int] = field(default_factory=dict)
    fates: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[str, int] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)
    reported: Mapping[str, int] = field(default_factory=dict)
    window: int = 0  # records in it so far
    dead: int = 0  # dead letters in it
    failed: int = 0  # of them, for a failed stage
    braked_at: datetime | None = None  # when the brake last made a question of an automated takedown, in event time

    @property
    def residual(self) -> int:
        """Records read that have no disposition, or have one of which nothing came: always 0, or something was lost."""
        passed, made = self.fates.get("passed", 0) + self.facts.get(MADE_TICKS, 0), sum(self.written.get(topic, 0) for topic in _SEQUENCES)
        dead = sum(number for fate, number in self.fates.items() if fate.startswith("dead:"))
        buried = self.written.get(DEAD_LETTERS, 0) - sum(self.reported.values())
        return abs(sum(self.read.values()) - sum(self.fates.values())) + abs(passed - made) + abs(dead - buried)

    def moved(self, positions: Mapping[str, int]) -> "Progress":
        """Return the mark with new positions in inputs that it knows."""
        inputs = {topic: replace(mark, position=positions.get(topic, mark.position)) for topic, mark in self.inputs.items()}
        return replace(self, inputs=inputs)

    def counted(self, read: Mapping[str, int], written: Mapping[str, int], tally: Tally, braked_at: datetime | None = None) -> "Progress":
        """Return the mark with what a chunk added to the counters, and when the brake held in it, if it did."""
        return replace(
            self,
            read=_sum(self.read, read),
            written=_sum(self.written, written),
            fates=_sum(self.fates, tally.fates),
            facts=_sum(self.facts, tally.facts),
            decided=_sum(self.decided, tally.decided),
            braked_at=max(filter(None, (self.braked_at, braked_at)), default=None),
        )

    def with_reports(self, topics: Iterable[str], letters_topic: str) -> "Progress":
        """Return the mark with dead letters of reference records, given by their topics, counted as reported and written."""
        fresh = Counter(topics)
        written = {letters_topic: fresh.total()} if fresh else {}
        return replace(self, reported=_sum(self.reported, fresh), written=_sum(self.written, written))


PROGRESS = Table("progress", Progress)
KEY = _ONLY


def _sum(*counters: Mapping[str, int]) -> dict[str, int]:
    total: dict[str, int] = {}
    for topic, number in _items(counters):
        total[topic] = total.get(topic, 0) + number
    return total


def _items(counters: Iterable[Mapping[str, int]]) -> Iterable[tuple[str, int]]:
    return (item for counter in counters for item in counter.items())
