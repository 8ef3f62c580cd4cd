"""The whole of it: Kafka, two workers of each stage from the image, Prometheus with our rules; one is killed, and the figures hold."""

import asyncio
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.flow import STAGES
from pipeline.kafka.play import play
from pipeline.kafka.topics import create
from pipeline.local.inputs import files_of
from pipeline.local.replay import Plan, replay
from pipeline.settings import Settings
from scripts.broker.broker import free_port
from scripts.broker.workers import Workers, environment
from scripts.prometheus import Prometheus
from tests.cli.command import takedown
from tests.deploy.image import STATE, ImageWorker, built_image, missing

SAMPLES = Path("samples")
PARTITIONS = 2
PATIENCE = 150.0  # seconds
RESIDUAL = "takedown_conservation_residual_records"
RIGHT_ALERT = "TakedownWorkerMissing"

Kill = Callable[[], None]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Who is gone is missed soon."""
    return settings.model_copy(update={"partitions": PARTITIONS, "session_timeout": 6.0})


class Fleet:
    """Two workers of each stage: from the image, or as processes where none can be built here."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.targets = {f"{stage.name}-{number}": free_port() for stage in STAGES for number in range(2)}
        self._image = built_image()
        self._processes = Workers(settings, folder / "workers")
        self.kill: dict[str, Kill] = {}
        for name, port in self.targets.items():
            stage = name.rpartition("-")[0]
            self.kill[name] = self._started(settings.model_copy(update={"http_port": port}), stage, folder / f"{name}.log")

    def _started(self, settings: Settings, stage: str, log: Path) -> Kill:
        if self._image is None:
            warnings.warn(f"NO IMAGE IS TESTED HERE, processes run in its place: {missing()}", stacklevel=1)
            self._processes.settings = settings
            return self._processes.start(stage).kill
        given = settings.model_copy(update={"state_dir": Path(STATE)})
        own = {name: value for name, value in environment(given).items() if name.startswith("TAKEDOWN_")}
        return ImageWorker(self._image, ["worker", stage], own, log).start().kill

    def end(self) -> None:
        """Leave none behind."""
        for kill in self.kill.values():
            kill()


@pytest.fixture
def fleet(settings: Settings, tmp_path: Path) -> Iterator[Fleet]:
    asyncio.run(create(settings))
    for verb in (
        ("rights", "load", SAMPLES / "rights.jsonl.gz"),
        ("notifiers", "load", SAMPLES / "notifier-standings.jsonl.gz"),
        ("policy", "publish"),
    ):
        done = takedown(*verb, env=environment(settings))
        assert done.returncode == 0, done.stderr
    made = Fleet(settings, tmp_path)
    yield made
    made.end()


@pytest.mark.timeout(400)
def test_figures_hold_while_a_worker_is_killed(settings: Settings, fleet: Fleet, tmp_path: Path) -> None:
    if shutil.which("prometheus") is None:
        pytest.skip("NO TEST OF THE FIGURES IN PROMETHEUS RUNS: prometheus is not installed (apt install prometheus)")
    expected = replay(Plan(SAMPLES, tmp_path / "local", partitions=PARTITIONS)).decisions.takedowns.total()
    with Prometheus(tmp_path / "prometheus") as prometheus:
        prometheus.read(*(f"http://127.0.0.1:{port}" for port in fleet.targets.values()))
        until(lambda: prometheus.value(f"count({RESIDUAL})") == len(STAGES) * PARTITIONS)
        asyncio.run(play(settings, files_of(SAMPLES), None, lambda *_: None))
        until(lambda: prometheus.value("sum(takedown_takedowns_total)") > expected / 4)
        fleet.kill["flagging-0"]()
        until(lambda: RIGHT_ALERT in prometheus.alerts())
        until(lambda: prometheus.value("sum(takedown_takedowns_total)") == expected and prometheus.value("sum(takedown_lag_records)") == 0)
        by_partition = prometheus.values("sum by (partition) (takedown_takedowns_total)", "partition")
        assert prometheus.value(f"max({RESIDUAL})") == 0
        assert prometheus.value(f"count({RESIDUAL})") == len(STAGES) * PARTITIONS, "each partition is shown once"
    assert set(by_partition) == {"0", "1"}
    assert sum(by_partition.values()) == expected


def until(true: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.5)
