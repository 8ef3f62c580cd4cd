"""A local replay as it is watched from outside, while it runs: the metrics of the workers, for a process that owns all partitions."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from pipeline import metrics
from pipeline.exposition import Exposition, build
from pipeline.health import Health
from pipeline.local.run import Run
from pipeline.metrics import Reading


class Watched:
    """Shows a run; see health.Checked. It is alive and ready as long as it answers."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.exposition = Exposition(self._readings)

    def alive(self) -> Health:
        """See health.Checked."""
        return Health()

    def ready(self) -> Health:
        """See health.Checked."""
        return Health()

    def status(self) -> Mapping[str, Any]:
        """Return what was read so far."""
        return {"replay": version("takedown-pipeline"), "read": dict(self._run.read)}

    def _readings(self) -> Iterator[Reading]:
        yield build("local replay", "replay")
        for partition in list(self._run.partitions.values()):
            for run in partition.runs:
                yield from run.counted.readings()
                yield Reading(metrics.ENTRIES, (run.stage.name, str(run.partition)), run.store.entries)
