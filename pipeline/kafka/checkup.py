"""How a worker is, asked from the thread of the HTTP port: alive, ready, and where it stands."""

import time
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any, Protocol

from pipeline.health import Health
from pipeline.kafka.owner import Plan
from pipeline.kafka.references import LiveReference
from pipeline.kafka.worker import Worker
from pipeline.local.references import by_topic

_LOOP_STANDS = 60.0  # seconds without a turn of the loop; a large store that closes takes some
_NOT_POLLED = 120.0  # seconds without a look at what can be fetched


class Patient(Protocol):
    """What is looked at; see StageApp. Times are of the monotonic clock."""

    plan: Plan
    worker: Worker | None
    reference: LiveReference  # once there is a worker
    failure: BaseException | None
    turned_at: float
    unheard_since: float | None


class Checkup:
    """Looks at one app; see health.Checked."""

    def __init__(self, app: Patient) -> None:
        self._app = app

    def alive(self) -> Health:
        """The loop turns, and the consumer polls."""
        return Health(dict(self._not_alive()))

    def _not_alive(self) -> Iterator[tuple[str, str]]:
        now, worker = time.monotonic(), self._app.worker
        if (stands := now - self._app.turned_at) > _LOOP_STANDS:
            yield "loop", f"has not turned for {stands:.0f} s"
        if worker is not None and worker.joined and (since := now - worker.polled_at) > _NOT_POLLED:
            yield "consumer", f"has not polled for {since:.0f} s"

    def ready(self) -> Health:
        """Partitions are assigned, their state is recovered, reference data is read."""
        return Health(dict(self._not_ready()))

    def _not_ready(self) -> Iterator[tuple[str, str]]:
        worker = self._app.worker
        if self._app.failure is not None:
            yield "worker", f"stops: {type(self._app.failure).__name__}"
        if worker is None:
            yield "reference data", "is not read yet"
        elif not worker.joined:
            yield "partitions", "are not assigned yet"
        else:
            for partition in worker.owned():
                if not worker.is_open(partition):
                    yield f"partition {partition}", "is not recovered yet"
        unheard = self._app.unheard_since
        if unheard is not None:
            yield "Kafka", f"has not answered for {time.monotonic() - unheard:.0f} s"

    def status(self) -> Mapping[str, Any]:
        """Return assignment, positions, lag and policy."""
        app, worker = self._app, self._app.worker
        return {
            "worker": app.plan.name,
            "application": app.plan.application,
            "version": version("takedown-pipeline"),
            "alive": self.alive().well,
            "ready": self.ready().well,
            "reference": _reference(app),
            "partitions": {} if worker is None else {str(number): self._partition(number) for number in worker.owned()},
        }

    def _partition(self, number: int) -> Mapping[str, Any]:
        worker = self._app.worker
        assert worker is not None, "there are partitions"
        owner = worker.owned().get(number)
        stages = {} if owner is None else {each.stage: each for each in owner.observed}
        return {
            "open": worker.is_open(number),
            "lag": worker.lags.get(number),
            "stages": {
                name: {
                    "positions": {topic: mark.position for topic, mark in each.progress.inputs.items()},
                    "residual": each.progress.residual,
                    "clock": each.clock.at if each.clock else None,
                    "policy": each.policy_version,
                    "registry": each.registry_version,
                }
                for name, each in stages.items()
            },
        }


def _reference(app: Patient) -> Mapping[str, int] | None:
    if app.worker is None:
        return None
    return {**by_topic(app.reference.read_so_far()), "refused": len(app.reference.dead_letters)}
