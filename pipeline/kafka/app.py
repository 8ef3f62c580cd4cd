"""The Faust application of one stage: a group of its own, and an agent that hands each chunk to the worker."""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import faust
from aiokafka import TopicPartition
from faust.types import StreamT

from pipeline.flow import STAGES, TOPICS, Stage
from pipeline.kafka.checkup import Checkup
from pipeline.kafka.chunk import Chunk
from pipeline.kafka.connection import broker_credentials, broker_url, client, reaching
from pipeline.kafka.instruments import Instruments
from pipeline.kafka.owner import Limits, Plan
from pipeline.kafka.readings import readings
from pipeline.kafka.references import LiveReference
from pipeline.kafka.retry import passes, patiently
from pipeline.kafka.topics import FUSED, changelog_name, check_topics, fused_application, topic_name
from pipeline.kafka.transport import ChunkTransport
from pipeline.kafka.worker import Buffers, Worker
from pipeline.settings import Settings, SettingsError, variable
from pipeline.web import PortError, served

log = logging.getLogger(__name__)

_TURN_EVERY, _MEASURE_EVERY = 1.0, 2.0  # seconds
_ANSWERS_WITHIN = 10.0  # seconds that Kafka is given to say where inputs end
_CLOSING = 3.0  # seconds beyond the deadline of a stop, in which connections are closed


class _AsItIs(faust.Schema[Any, Any]):
    """Hands a chunk on: it is decoded already."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:
        """See faust.Schema."""
        return message.key

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:
        """See faust.Schema."""
        return message.value


class StageApp(faust.App):
    """A Faust app that runs a worker. `failure` is what stopped it, `left` the chunks that a stop did not wait for."""

    worker: Worker | None = None  # from the start on

    def __init__(self, settings: Settings, stages: Sequence[Stage], *, accept_gap: bool = False, accept_dead_letters: int = 0) -> None:
        self.settings = settings
        self.client = client(settings)
        self.plan = plan_of(settings, stages, accept_gap=accept_gap, accept_dead_letters=accept_dead_letters)
        self.failure: BaseException | None = None
        self.instruments = Instruments(self.plan.name, self.plan.application)
        self.turned_at = time.monotonic()  # when the loop last turned
        self.unheard_since: float | None = None  # since when Kafka does not answer
        self.left = 0
        self.too_late: Callable[[], None] = lambda: None  # called from another thread where a stop takes too long
        self._background: list[asyncio.Task[Any]] = []
        super().__init__(
            f"{self.plan.application}.{self.plan.name}",
            broker=broker_url(settings),
            broker_credentials=broker_credentials(settings),
            broker_session_timeout=settings.session_timeout,
            broker_heartbeat_interval=settings.session_timeout / 3,
            broker_commit_interval=1.0,
            datadir=str(Path(settings.state_dir) / "faust"),
            autodiscover=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            stream_wait_empty=False,
            web_enabled=False,  # the one HTTP port is served from a thread of its own: see pipeline.web
        )
        self._serving = ExitStack()

    def _new_transport(self) -> Any:
        return ChunkTransport(self.conf.broker_consumer, self)

    async def on_first_start(self) -> None:
        """Make the folder of the local state, and serve HTTP from now on. Raises SettingsError, PortError."""
        try:
            _make_folder(self.settings.state_dir)
            host, registry = self.settings.http_host, self.instruments.exposition.registry
            port = self._serving.enter_context(served(host, self.settings.http_port, registry, Checkup(self)))
        except (SettingsError, PortError) as error:
            self.failure = error
            raise
        log.info("%s serves /metrics, /healthz, /readyz and /status at http://%s:%d", self.plan.name, host, port)
        self._background.append(asyncio.create_task(self._turn()))
        await super().on_first_start()

    async def on_start(self) -> None:
        """Check the topics, read the reference data, and be ready before the first partition comes."""
        settings, plan = self.settings, self.plan
        try:
            with reaching(settings):
                partitions = await patiently(lambda: check_topics(settings, plan), settings.connect_timeout)
                self.reference = await patiently(self._read_reference, settings.connect_timeout)
        except Exception as error:
            self.failure = error
            raise
        buffers = Buffers(settings.chunk_records, settings.chunk_bytes, settings.buffer_chunks)
        self.worker = worker = Worker(plan, self.reference, partitions, buffers, settings.session_timeout, self.instruments)
        self.instruments.exposition.add(lambda: readings(worker, self.reference))
        endless = [asyncio.create_task(self.reference.run()), asyncio.create_task(self._measure(worker))]
        for task in endless:
            task.add_done_callback(lambda ended: _must_not_end(ended, worker))
        self._background += [*endless, asyncio.create_task(self._watch(worker))]
        await super().on_start()

    async def _read_reference(self) -> LiveReference:
        """Return the reference data, read to its end."""
        reference = LiveReference(self.client, self.plan.names, searched=any(stage.name == "brand-match" for stage in self.plan.stages))
        try:
            await reference.start()
        except BaseException:
            await reference.close()
            raise
        return reference

    async def _measure(self, worker: Worker) -> None:
        """Look now and then where the inputs end, for the lag: by the client of the reference data, which holds up no fetch."""
        names = self.plan.names
        while True:
            await asyncio.sleep(_MEASURE_EVERY)
            places = {TopicPartition(names[topic], partition): (topic, partition) for topic, partition in worker.inputs()}
            try:
                ends = await asyncio.wait_for(self.reference.ends(list(places)), _ANSWERS_WITHIN)
            except Exception as error:
                if not passes(error):
                    raise
                self.unheard_since = self.unheard_since or time.monotonic()
                self.instruments.unanswered()
                log.warning("Kafka does not answer: %s", str(error) or type(error).__name__)
            else:
                self.unheard_since = None
                worker.measure_lag({places[place]: end for place, end in ends.items()})

    async def _turn(self) -> None:
        """Note that the loop turns."""
        while True:
            self.turned_at = time.monotonic()
            await asyncio.sleep(_TURN_EVERY)

    def _is_too_late(self) -> None:
        self.too_late()

    @property
    def undone(self) -> int:
        """Chunks that a stop which takes too long leaves."""
        return self.worker.left if self.worker is not None else 0

    async def _watch(self, worker: Worker) -> None:
        """Stop the process when the worker fails; a restart is the recovery."""
        self.failure = await worker.failed
        log.error("%s stops: %s: %s", self.plan.name, type(self.failure).__name__, self.failure)
        signal.raise_signal(signal.SIGTERM)

    async def on_stop(self) -> None:
        """Finish what is under way, within the deadline; commit; let go."""
        last_resort = threading.Timer(self.settings.drain_timeout + _CLOSING, self._is_too_late)
        last_resort.daemon = True
        last_resort.start()
        if self.worker is not None:
            self.left = await self.worker.drain(self.settings.drain_timeout)
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        if self.worker is not None:
            await self.reference.close()
        await super().on_stop()
        self._serving.close()


def _make_folder(path: Path) -> None:
    """Make the folder of the local state. Raises SettingsError where it cannot be made, or nothing can be written there."""
    where = f"state_dir ({variable('state_dir')}): {path}"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError([f"{where} cannot be made: {error.strerror or error}"]) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise SettingsError([f"{where} cannot be written to"])


def _must_not_end(task: "asyncio.Task[Any]", worker: Worker) -> None:
    """Stop the worker when what it cannot do without has ended: reading reference data, measuring the lag."""
    if not task.cancelled():
        worker.fail(task.exception() or RuntimeError("a task that has no end has ended"))


def plan_of(settings: Settings, stages: Sequence[Stage], *, accept_gap: bool = False, accept_dead_letters: int = 0) -> Plan:
    """Return what the settings say of some stages: names of topics, limits, places."""
    application = settings.application if len(stages) == 1 else fused_application(settings)
    return Plan(
        application=application,
        stages=tuple(stages),
        names={topic: topic_name(settings, topic) for topic in TOPICS},
        changelogs={stage.name: changelog_name(settings, application, stage.name) for stage in stages},
        client=client(settings),
        folder=Path(settings.state_dir),
        limits=Limits(
            settings.dead_letter_window,
            settings.dead_letter_limit + accept_dead_letters,
            settings.stage_failed_limit + accept_dead_letters,
        ),
        transactions=settings.transactions,
        accept_gap=accept_gap,
    )


def stages_of(name: str) -> Sequence[Stage]:
    """Return the stage of a name, or all for `fused`. Raises KeyError."""
    return STAGES if name == FUSED else ({stage.name: stage for stage in STAGES}[name],)


def make_app(settings: Settings, name: str, *, accept_gap: bool = False, accept_dead_letters: int = 0) -> StageApp:
    """Return the app of a stage, or of all stages fused. Raises KeyError for an unknown name."""
    app = StageApp(settings, stages_of(name), accept_gap=accept_gap, accept_dead_letters=accept_dead_letters)
    topic = app.topic(*(app.plan.names[each] for each in app.plan.inputs), schema=_AsItIs())

    @app.agent(topic, name=f"{name}-agent")
    async def stage(chunks: StreamT[Chunk]) -> None:
        async for chunk in chunks:
            if app.worker is not None:
                app.worker.take(chunk)

    return app
