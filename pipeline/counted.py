"""What a stage of one partition has counted, as readings: the same wherever it runs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline import metrics
from pipeline.events.notice import CODES, FINAL
from pipeline.metrics import Metric, Reading
from pipeline.stages.decided import AMENDED, CLOSURE, ENDED, NOTICE, REINSTATEMENT, REVIEW, TAKEDOWN, WARNING

OTHER = "other"  # a code that another release has counted: labels stay bounded

_DECISIONS: dict[str, Metric] = {
    TAKEDOWN: metrics.TAKEDOWNS,
    REVIEW: metrics.REVIEWS,
    ENDED: metrics.REVIEWS_ENDED,
    WARNING: metrics.WARNINGS,
    CLOSURE: metrics.CLOSURES,
    REINSTATEMENT: metrics.REINSTATED,
    NOTICE: metrics.NOTICES,
    AMENDED: metrics.AMENDED,
}
_FATES: dict[str, Metric] = {"passed": metrics.PASSED, "kept": metrics.KEPT, "dropped": metrics.DROPPED, "dead": metrics.DEAD}
APPEAL_ENDS: Mapping[str, str] = {  # facts of how appeals end, and what that is called: a complaint is about a refusal
    "appeal-upheld": "upheld",
    "appeal-reversed": "reversed",
    "complaint-upheld": "refusal-upheld",
    "complaint-reversed": "refusal-reversed",
    "put-back": "put-back",
    "stayed": "stayed",
}
_FACTS: dict[str, tuple[Metric, tuple[str, ...]]] = {  # facts that have a metric of their own, and its labels behind the place
    "notice-seconds": (metrics.NOTICE_SECONDS, ()),
    "capacity": (metrics.OVER_BUDGET, ()),
    "appealed": (metrics.APPEALS, ("seller",)),
    "complained": (metrics.APPEALS, ("notifier",)),
    **{fact: (metrics.APPEAL_OUTCOMES, (called,)) for fact, called in APPEAL_ENDS.items()},
}


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
        yield from _by_key(_DECISIONS, with_bounded_codes(self.decided), place)
        yield from _of_facts(self.facts, place)
        if self.stage == "flagging":
            yield Reading(metrics.NOTICES_OPEN, place, open_notices(self.decided))
            yield Reading(metrics.REVIEWS_OPEN, place, open_reviews(self.decided))


def open_notices(decided: Mapping[str, int]) -> int:
    """Return how many notices have a receipt and no final outcome, by what was counted (see stages.decided)."""
    finals = sum(_total(decided, NOTICE, outcome) for outcome in FINAL)
    return _total(decided, NOTICE, "received") - finals


def open_reviews(decided: Mapping[str, int]) -> int:
    """Return how many questions have not ended, by what was counted: each ends once."""
    return _total(decided, REVIEW) - _total(decided, ENDED)


def with_bounded_codes(decided: Mapping[str, int]) -> Mapping[str, int]:
    """Return the counts with each code of a notice that is not in the catalogue of codes as `other`."""
    bounded: Counter[str] = Counter()
    for name, number in decided.items():
        bounded[_bounded(name)] += number
    return bounded


def _bounded(name: str) -> str:
    match name.split(":"):
        case [(("notice" | "amended") as what), outcome, code] if code not in CODES.get(outcome, ()):
            return f"{what}:{outcome if outcome in CODES else OTHER}:{OTHER}"
    return name


def _total(decided: Mapping[str, int], *parts: str) -> int:
    """Return the sum of the counts whose key begins with these parts."""
    begin = ":".join((*parts, ""))
    return sum(number for name, number in decided.items() if name.startswith(begin))


def _of_facts(facts: Mapping[str, int], place: tuple[str, str]) -> Iterator[Reading]:
    """Yield each fact as the metric that it has, or else as an outcome."""
    for fact, number in facts.items():
        metric, labels = _FACTS.get(fact, (metrics.OUTCOMES, (fact,)))
        yield Reading(metric, (*place, *labels), number)


def _by_key(known: Mapping[str, Metric], counts: Mapping[str, int], place: tuple[str, str]) -> Iterator[Reading]:
    """Yield counts whose key is what they count and then their labels. What another release has counted is an outcome by its key."""
    for name, number in counts.items():
        what, *labels = name.split(":")
        metric = known.get(what)
        if metric is not None and len(place) + len(labels) == len(metric.labels):
            yield Reading(metric, (*place, *labels), number)
        else:
            yield Reading(metrics.OUTCOMES, (*place, name), number)
