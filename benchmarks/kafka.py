"""What the benchmarks on Kafka share: a broker, an application with its inputs, and what processes use of the machine."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from rich.console import Console

from pipeline.codec import encode
from pipeline.events.policy_record import PolicyRecord
from pipeline.kafka.batches import send
from pipeline.kafka.connection import client
from pipeline.kafka.messages import Message
from pipeline.kafka.publish import producer, publish
from pipeline.kafka.reading import batches, bounds, reading
from pipeline.kafka.topic_ids import describe
from pipeline.kafka.topics import create, topic_name
from pipeline.local.inputs import files_of, records
from pipeline.local.merge import CLOCK, merged
from pipeline.partitions import partition_of
from pipeline.policy.loader import default_text, parse
from pipeline.settings import Settings
from pipeline.simulate.simulate import simulate
from pipeline.stages.record import Record
from scripts.broker.broker import Broker
from scripts.broker.jars import BrokerError
from scripts.broker.workers import WorkerProcess

PER_DAY = 50_000  # listings of a day of event time: 35 a minute, so a tick comes for every 35
_AT_ONCE = 20_000  # records that are written together
_LOOK_EVERY = 0.02  # seconds
_PATIENCE = 120.0  # seconds in which a worker has to be ready
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_LAST = 64  # offsets from a partition's end, among which its last record is looked for

out = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Return a command line with what all of these benchmarks take."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bootstrap", help="a broker that runs, on this machine (default: one is started for this run)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to a file")
    return parser


def keep(figures: Mapping[str, Any], file: Path | None) -> None:
    """Write figures to a file, if one was named."""
    if file is not None:
        file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


@contextmanager
def scene(bootstrap: str | None) -> Iterator[tuple[str, Path]]:
    """Give a broker, which is started unless one is named, and a folder; at the end neither is there any more.

    Ends the process with one message where no broker can be had.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # else workers and broker would outlive this process
    logging.getLogger("aiokafka").setLevel(logging.ERROR)  # that a topic just made has no leader yet is no news
    with tempfile.TemporaryDirectory(prefix="takedown-bench-") as scratch:
        if bootstrap is not None:
            yield bootstrap, Path(scratch)
            return
        try:
            broker = Broker(Path(scratch) / "broker").start()
        except BrokerError as error:
            sys.exit(f"error: {error}")
        try:
            yield broker.bootstrap, Path(scratch)
        finally:
            broker.stop()


# -- an application and its inputs


@asynccontextmanager
async def application(bootstrap: str, folder: Path, **changed: Any) -> AsyncIterator[Settings]:
    """Give settings of an application with its topics; at the end the topics go. Raises KafkaError."""
    own = f"bench{uuid4().hex[:8]}"
    settings = Settings(bootstrap=bootstrap, application=own, topic_prefix=f"{own}.", state_dir=folder / own, **changed)
    await create(settings, fused=True)
    try:
        yield settings
    finally:
        await _delete_topics(settings)


async def make(settings: Settings, compacted: Sequence[str]) -> None:
    """Make compacted topics, and wait until the broker shows them. Raises TimeoutError, KafkaError."""
    async with _administering(settings) as admin:
        configs = {"cleanup.policy": "compact"}
        await admin.create_topics([NewTopic(name, settings.partitions, settings.replication, topic_configs=configs) for name in compacted])
    until = time.monotonic() + _PATIENCE
    while len(await describe(client(settings), compacted)) < len(compacted):
        if time.monotonic() > until:
            raise TimeoutError("the broker does not show the topics that were made")
        await asyncio.sleep(0.1)


async def _delete_topics(settings: Settings) -> None:
    async with _administering(settings) as admin:
        await admin.delete_topics([name for name in await admin.list_topics() if name.startswith(settings.topic_prefix)])


@asynccontextmanager
async def _administering(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**client(settings))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


def simulated(folder: Path, listings: int, brands: int) -> Path:
    """Simulate a marketplace in a new folder, and return it."""
    simulate(folder, listings=listings, seed=1, brands=brands, days=listings / PER_DAY)
    return folder


def inputs(folder: Path) -> Iterator[Record]:
    """Yield listings and the ticks between them, as a replay reads them."""
    return merged({"listings": records("listings", files_of(folder)["listings"])})


async def load(settings: Settings, folder: Path) -> None:
    """Publish a folder's rights and the default policy."""
    text = default_text()
    version = parse(text, "default.toml").version
    await publish(settings, "policies", [(version, encode(PolicyRecord(version, text)))])
    rights = (record for record in records("rights", files_of(folder)["rights"]) if record.fault is None)
    await publish(settings, "rights", ((record.event.right_id, record.raw) for record in rights))


async def fill(settings: Settings, stream: Iterable[Record]) -> int:
    """Write listings and ticks to the input topics in bulk; return how many messages. A tick goes to every partition."""
    rest, written = iter(stream), 0
    async with producer(settings) as one:
        while some := list(islice(rest, _AT_ONCE)):
            messages: dict[tuple[str, int], list[Message]] = {}
            for record in some:
                for partition, message in _placed(record, settings.partitions):
                    messages.setdefault((topic_name(settings, record.topic), partition), []).append(message)
            await asyncio.gather(*[future for _, _, future in await send(one, messages)])
            written += sum(map(len, messages.values()))
    return written


def _placed(record: Record, partitions: int) -> Iterable[tuple[int, Message]]:
    if record.topic == CLOCK:
        return [(partition, Message(None, encode(record.event))) for partition in range(partitions)]
    if record.key is None:
        return [(0, Message(None, record.raw))]
    return [(partition_of(record.key, partitions), Message(record.key.encode(), record.raw))]


async def last_write(settings: Settings, name: str) -> float:
    """Return when the last record of a topic was written, by the broker's clock. Raises ValueError where it is empty."""
    times = []
    async with reading(client(settings)) as consumer:
        for partition in range(settings.partitions):
            place = TopicPartition(name, partition)
            begin, end = await bounds(consumer, place)
            times += [each.timestamp async for some, _ in batches(consumer, place, max(begin, end - _LAST), end) for each in some]
    return float(max(times)) / 1000


# -- processes


async def until_said(worker: WorkerProcess, words: str, times: int = 1) -> float:
    """Wait until a worker has said something so many times; return when. Raises RuntimeError where it ends or takes too long."""
    began = time.time()
    while worker.log.read_text(errors="replace").count(words) < times:
        if not worker.running or time.time() - began > _PATIENCE:
            raise RuntimeError(f"{worker.name} is not ready; its log ends with:\n{worker.log.read_text(errors='replace')[-2000:]}")
        await asyncio.sleep(_LOOK_EVERY)
    return time.time()


def cpu_seconds(pid: int) -> float:
    """Return how long a process has computed, in its own code and in the system's."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS


def peak_memory(pid: int) -> int:
    """Return the most memory that a process has had, in bytes."""
    return _memory(pid, "VmHWM")


def memory(pid: int) -> int:
    """Return the memory that a process has now, in bytes."""
    return _memory(pid, "VmRSS")


def _memory(pid: int, what: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"process {pid} has ended")


class CpuMeter:
    """Looks several times a second at what some processes have computed, so that it is known for any time afterwards."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids = tuple(pids)
        self._seen: list[tuple[float, float]] = []  # wall time, CPU seconds since the start of the processes

    async def __aenter__(self) -> "CpuMeter":
        self._look()
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            self._look()

    def _look(self) -> None:
        self._seen.append((time.time(), sum(map(cpu_seconds, self._pids))))

    def until(self, when: float) -> float:
        """Return the CPU seconds from the first look to the first one after `when`."""
        self._look()
        return next(cpu for at, cpu in self._seen if at >= when) - self._seen[0][1]
