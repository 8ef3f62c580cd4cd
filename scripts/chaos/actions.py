"""What is done to workers and broker while they are under load."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from shutil import rmtree

from pipeline.flow import STAGES
from pipeline.metrics import CATALOGUE, RESIDUAL
from pipeline.watching import look
from scripts.broker.broker import Broker
from scripts.broker.workers import WorkerProcess, Workers
from scripts.chaos.transactions import has_open_transaction

_STAGES = [stage.name for stage in STAGES]
_TRIES = 100
_PILE_UP = 0.5  # seconds
FENCED = "another worker owns it now"
_OWNED = "is owned"  # what a worker says of a partition
_TERMINATED = 143  # the code of a worker that is stopped before it has begun
_SETTLE = 3.0  # seconds that a worker which joins is given to get its share
_TAKEN_OVER_WITHIN = _BEGUN_WITHIN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Amounts:
    """How often each action is taken."""

    worker_kills: int
    broker_kills: int
    rebalances: int
    zombies: int


class Actions:
    """Takes all actions in a random order. `done` counts them, `left` says how many are still to come."""

    def __init__(self, workers: Workers, broker: Broker, amounts: Amounts, chance: random.Random, say: Callable[[str], None]) -> None:
        self.done: Counter[str] = Counter()
        self._workers, self._broker, self._chance, self._say = workers, broker, chance, say
        self._planned: list[Callable[[], Awaitable[None]]] = [
            *[self._kill_worker] * amounts.worker_kills,
            *[self._kill_broker] * amounts.broker_kills,
            *[self._rebalance] * amounts.rebalances,
            *[self._zombie] * amounts.zombies,
        ]
        chance.shuffle(self._planned)

    @property
    def left(self) -> int:
        """Actions that are not taken yet."""
        return len(self._planned)

    async def run(self, pause: float) -> None:
        """Take one action after the other, with pauses of about so many seconds."""
        while self._planned:
            await asyncio.sleep(self._chance.uniform(0.3, 1.7) * pause)
            self._workers.check()
            await self._planned.pop()()

    def _of(self, stage: str) -> list[WorkerProcess]:
        return [each for each in self._workers.running if each.name == stage and not each.frozen]

    def _stage(self) -> str:
        return self._chance.choice(_STAGES)

    async def _kill_worker(self) -> None:
        """Kill a worker at a random moment. The next one has its local store, another empty one, or the same one deleted."""
        worker = self._chance.choice(self._of(self._stage()))
        worker.kill()
        fate = self._chance.choice(("kept", "deleted", "left behind"))
        if fate == "deleted":
            rmtree(worker.state, ignore_errors=True)
        await asyncio.sleep(self._chance.uniform(0.0, 1.0))
        self._workers.start(worker.name, state=None if fate == "left behind" else worker.state)
        self._count("worker kills", f"{worker.log.stem}, local store {fate}")

    async def _kill_broker(self) -> None:
        """Kill the broker when all workers have begun: one that just begins ends, and nobody is here to start it anew."""
        until = time.monotonic() + _BEGUN_WITHIN
        while any(_OWNED not in each.log.read_text(errors="replace") for each in self._workers.running) and time.monotonic() < until:
            await asyncio.sleep(_SETTLE / 10)
        await asyncio.to_thread(self._broker.kill)
        await asyncio.sleep(self._chance.uniform(0.0, 2.0))
        await asyncio.to_thread(self._broker.start)
        self._count("broker kills", "")

    async def _rebalance(self) -> None:
        """Let a worker join, or, where a stage has two, one leave in good order."""
        stage = self._stage()
        running = self._of(stage)
        if len(running) > 1:
            worker = self._chance.choice(running)
            code = await asyncio.to_thread(worker.stop)
            if code and not (code == _TERMINATED and not worker.log.read_text(errors="replace").count(_OWNED)):
                raise RuntimeError(f"{worker.log} ended with {code} when it was stopped")
            self._count("rebalances", f"{worker.log.stem} left")
        else:
            worker = self._workers.start(stage)
            await asyncio.sleep(_SETTLE)
            self._count("rebalances", f"{worker.log.stem} joined")

    async def _zombie(self) -> None:
        """Freeze a worker inside a chunk, until its partitions are another's, and let it go on as if nothing had happened."""
        stage = self._stage()
        refused = {each.log: each.log.read_text(errors="replace").count(FENCED) for each in self._of(stage)}
        worker, owned = await self._frozen_in_a_transaction(stage)
        if not self._of(stage):
            self._workers.start(stage)
        await self._taken_over(stage, owned)
        worker.thaw()
        for _ in range(_TRIES):
            if worker.log.read_text(errors="replace").count(FENCED) > refused[worker.log]:
                break
            await asyncio.sleep(0.1)
        else:
            raise RuntimeError(f"{worker.log.stem} was not refused: it wrote while another worker owned its partitions, or did not write")
        self._count("zombies", worker.log.stem)

    async def _taken_over(self, stage: str, partitions: set[int]) -> None:
        """Wait until other workers own some partitions: on a busy machine that takes longer than the session of a frozen one."""
        until = time.monotonic() + _TAKEN_OVER_WITHIN
        while not partitions <= {each for other in self._of(stage) for each in await asyncio.to_thread(_owned, other)}:
            if time.monotonic() > until:
                raise RuntimeError(f"nobody took over {stage} {sorted(partitions)} in {_TAKEN_OVER_WITHIN:.0f} s")
            await asyncio.sleep(_SETTLE / 10)

    async def _frozen_in_a_transaction(self, stage: str) -> tuple[WorkerProcess, set[int]]:
        """Freeze a worker until it has left a transaction open; return it and what it owns.

        Meanwhile work piles up: soon it is seldom outside of one.
        """
        worker = self._chance.choice(self._of(stage))
        for _ in range(_TRIES):
            owned = await asyncio.to_thread(_owned, worker)  # another worker's transaction proves nothing of this one
            worker.freeze()
            if owned and await has_open_transaction(self._workers.settings, stage, owned):
                return worker, owned
            await asyncio.sleep(_PILE_UP)
            worker.thaw()
            await asyncio.sleep(self._chance.uniform(0.01, 0.2))
        raise RuntimeError(f"no worker of {stage} was met inside a transaction in {_TRIES} tries")

    def _count(self, what: str, which: str) -> None:
        self.done[what] += 1
        self._say(f"{what} {self.done[what]}: {which}")


def _owned(worker: WorkerProcess) -> set[int]:
    """Return the partitions that a worker says it owns."""
    return {int(number) for (number,) in look([worker.url], CATALOGUE).of(RESIDUAL, "partition")} if worker.url else set()
