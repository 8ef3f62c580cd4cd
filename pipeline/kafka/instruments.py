"""What one worker process measures of itself: counts since it began, and histograms that are observed once a chunk."""

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline import metrics
from pipeline.exposition import Exposition, build
from pipeline.kafka.retry import passes
from pipeline.logs import Repeats
from pipeline.metrics import Reading


class Instruments:
    """The instruments of one worker. Its counts begin at 0 with the process; what must not be lost is counted in the change set."""

    def __init__(self, name: str, application: str = "") -> None:
        self.name, self._application = name, application
        self.fenced = self.aborted = self.rebalances = self.retries = 0
        self.errors: Counter[str] = Counter(passing=0, fenced=0, lasting=0)
        self.repeats: Repeats | None = None
        self.exposition = Exposition(self.readings)
        self._records = self.exposition.histogram(metrics.CHUNK_RECORDS).labels(name)
        self._seconds = self.exposition.histogram(metrics.CHUNK_SECONDS).labels(name)
        self._end_to_end = self.exposition.histogram(metrics.END_TO_END)

    def handled(self, records: int, seconds: float) -> None:
        """Note a chunk that is committed."""
        self._records.observe(records)
        self._seconds.observe(seconds)

    def took_down(self, ages: Iterable[float]) -> None:
        """Note takedowns that are committed, each with the age of its listing in seconds; the broker's clock may be ahead of ours."""
        for age in ages:
            self._end_to_end.observe(max(age, 0.0))

    def was_fenced(self) -> None:
        """Note a chunk that was refused since another worker owns the partition."""
        self.fenced += 1
        self.errors["fenced"] += 1

    def unanswered(self) -> None:
        """Note that Kafka did not answer."""
        self.errors["passing"] += 1

    def failed(self, error: BaseException, *, opened: bool) -> None:
        """Note an error. Where the partition was open, a chunk was given up."""
        self.aborted += opened
        self.errors["passing" if passes(error) else "lasting"] += 1

    def readings(self) -> Iterator[Reading]:
        """Yield the counts."""
        stage = (self.name,)
        yield Reading(metrics.FENCED, stage, self.fenced)
        yield Reading(metrics.ABORTED, stage, self.aborted)
        yield Reading(metrics.RETRIES, stage, self.retries)
        yield Reading(metrics.REBALANCES, stage, self.rebalances)
        for kind, number in self.errors.items():
            yield Reading(metrics.ERRORS, (*stage, kind), number)
        yield Reading(metrics.SUPPRESSED, (), self.repeats.suppressed if self.repeats is not None else 0)
        yield build(self._application, self.name)
