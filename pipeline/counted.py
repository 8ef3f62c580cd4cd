"""What a stage of one partition has counted, as readings: the same wherever it runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline import metrics
from pipeline.metrics import Metric, Reading
from pipeline.stages.decided import CLOSURE, REINSTATEMENT, REVIEW, TAKEDOWN, WARNING

_DECISIONS: dict[str, Metric] = {
    TAKEDOWN: metrics.TAKEDOWNS,
    REVIEW: metrics.REVIEWS,
    WARNING: metrics.WARNINGS,
    CLOSURE: metrics.CLOSURES,
    REINSTATEMENT: metrics.REINSTATED,
}
_FATES: dict[str, Metric] = {"passed": metrics.PASSED, "kept": metrics.KEPT, "dropped": metrics.DROPPED, "dead": metrics.DEAD}


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of one stage and partition: records by topic, `fates` and `decided` by key (see kafka.progress), and what does not add up."""

    stage: str
    partition: int
    residual: int
    read: Mapping[str, int] = field(default_factory=dict)
    written: Mapping[str, int] = field(default_factory=dict)
    fates: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[str, int] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)

    def readings(self) -> Iterator[Reading]:
        """Yield them all."""
        place = self.stage, str(self.partition)
        yield Reading(metrics.RESIDUAL, place, self.residual)
        for metric, by_topic in ((metrics.READ, self.read), (metrics.WRITTEN, self.written), (metrics.LOST, self.lost)):
            yield from (Reading(metric, (*place, topic), number) for topic, number in by_topic.items())
        yield from _by_key(_FATES, self.fates, place)
        yield from _by_key(_DECISIONS, self.decided, place)
        yield from (Reading(metrics.OUTCOMES, (*place, fact), number) for fact, number in self.facts.items())


def _by_key(known: Mapping[str, Metric], counts: Mapping[str, int], place: tuple[str, str]) -> Iterator[Reading]:
    """Yield counts whose key is what they count and then their labels. What another release has counted is an outcome by its key."""
    for name, number in counts.items():
        what, *labels = name.split(":")
        metric = known.get(what)
        if metric is not None and len(place) + len(labels) == len(metric.labels):
            yield Reading(metric, (*place, *labels), number)
        else:
            yield Reading(metrics.OUTCOMES, (*place, name), number)
