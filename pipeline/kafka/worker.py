"""The worker of one stage (or of all, fused): what it owns, what was fetched for it, what is on its way. It knows nothing of Faust."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.kafka.chunk import Chunk
from pipeline.kafka.decode import decoder_of
from pipeline.kafka.deliveries import Deliveries
from pipeline.kafka.inbox import Decode, Inbox
from pipeline.kafka.instruments import Instruments
from pipeline.kafka.observed import Observed, Recovery
from pipeline.kafka.owner import GapError, Owner, Plan
from pipeline.kafka.references import LiveReference
from pipeline.kafka.retry import passes
from pipeline.kafka.transaction import FencedError

log = logging.getLogger(__name__)

_ON_THE_WAY = 2  # chunks of a partition: one is handled, the next one waits for it
_LET_GO = 0.5  # seconds for letting go of a partition on which nothing is under way
_PAUSE = 0.5, 10.0  # seconds before a partition is opened anew: at first, and at most


@dataclass(frozen=True, slots=True)
class Buffers:
    """How large a chunk may be, and how many are fetched ahead."""

    records: int
    size: int
    ahead: int


class Owning(Protocol):
    """What owns a partition; see Owner. The attributes are replaced as a whole: other threads read them."""

    observed: tuple[Observed, ...]  # what the last committed chunk left, by stage
    recoveries: dict[str, Recovery]  # how the recovery of each stage's state goes, or went
    ages: tuple[float, ...]  # how old the listings were that the last chunk took down, in seconds

    async def open(self) -> dict[str, int]:
        """Return where reading goes on by topic."""

    async def handle(self, chunk: Chunk) -> None:
        """Handle a chunk: all of it or nothing."""

    async def close(self) -> None:
        """Let go."""


OwnerOf = Callable[[Plan, int, LiveReference], Owning]


class _Holding:
    """A partition while this process has it: the task that owns it, where it is open but not yet read, its inbox, the chunks that wait."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.owner: Owning | None = None
        self.positions: dict[str, int] | None = None
        self.inbox: Inbox | None = None
        self.chunks: asyncio.Queue[Chunk | None] = asyncio.Queue()
        self.released = False


class Worker:
    """Owns partitions from `assign` to `revoke`; takes what is fetched, gives out chunks, and handles each in its partition's turn."""

    def __init__(
        self,
        plan: Plan,
        reference: LiveReference,
        partitions: int,
        buffers: Buffers,
        session: float,
        instruments: Instruments,
        owner: OwnerOf = Owner,
    ) -> None:
        self.plan, self.instruments = plan, instruments
        self.deliveries = Deliveries()
        self.fetch_more, self.deliver_more = (
            asyncio.Event(),
            asyncio.Event(),
        )  # something can be fetched, or delivered, that could not before
        self.known = {plan.names[topic]: topic for topic in plan.inputs}
        self.failed: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self._reference, self._buffers, self._session, self._owner = reference, buffers, session, owner
        self._decoders = {topic: decoder_of(topic, plan.names[topic], partitions) for topic in plan.inputs}
        self._decode: Decode = lambda topic, fetched: self._decoders[topic](fetched)
        self._holdings: dict[int, _Holding] = {}
        self._ends: dict[tuple[str, int], int] = {}
        self._draining = False
        self.left = 0  # chunks that the deadline of a stop found undone
        self.joined = False  # the group has dealt out its partitions
        self.polled_at = time.monotonic()
        self.lags: Mapping[int, Mapping[str, int]] = {}  # offsets not done yet, by partition and topic; replaced as a whole

    # -- partitions come and go

    def assign(self, partitions: Iterable[int]) -> None:
        """Begin to own partitions: each is opened by a task of its own."""
        self.joined = True
        self.instruments.rebalances += 1
        for partition in partitions:
            if partition not in self._holdings:
                self.deliveries.forget(partition)
                holding = self._holdings[partition] = _Holding()
                holding.task = asyncio.create_task(self._own(partition, holding), name=f"{self.plan.name}-{partition}")

    async def revoke(self, partitions: Iterable[int], patience: float | None = None) -> None:
        """Give partitions up: the chunk under way is finished, what waits behind it is left to the next owner.

        `patience`: seconds after which a chunk under way is given up too; where not given, those after which the group has given us up.
        """
        tasks = []
        for partition in partitions:
            holding = self._holdings.pop(partition, None)
            if holding is not None and holding.task is not None:
                holding.released = True
                holding.chunks.put_nowait(None)
                tasks.append(holding.task)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._session if patience is None else patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _own(self, partition: int, holding: _Holding) -> None:
        """Own a partition until it is released: open it, serve it, and after a failure that may pass, open it anew."""
        pause, longest = _PAUSE
        while not holding.released:
            owner, opened = self._owner(self.plan, partition, self._reference), False
            holding.owner = owner
            try:
                holding.positions = await owner.open()
                pause, opened = _PAUSE[0], True
                self._changed()
                fields = {"stage": self.plan.name, "partition": partition, "positions": holding.positions}
                log.info("%s-%d is owned, at %s", self.plan.name, partition, holding.positions, extra={"fields": fields})
                await self._serve(owner, holding)
            except FencedError:
                self.instruments.was_fenced()
                log.warning("%s-%d: another worker owns it now; its chunk was refused as a whole", self.plan.name, partition)
                pause = 2 * self._session  # time to be told so by the group; if not, this worker is the owner again
            except Exception as error:  # whatever it is, it must not be lost in a task
                self.instruments.failed(error, opened=opened)
                if not passes(error):
                    return self.fail(error)
                log.warning("%s-%d is opened anew in %.1f s: %s: %s", self.plan.name, partition, pause, type(error).__name__, error)
            finally:
                self._let_go(partition, holding)
                await self._close(owner)
            await self._wait(holding, pause)
            self.instruments.retries += not holding.released
            pause = min(2 * pause, longest)
        return None

    async def _close(self, owner: Owning) -> None:
        """Close an owner; what that raises must not be lost in a task either."""
        try:
            await owner.close()
        except Exception as error:
            self.fail(error)

    async def _serve(self, owner: Owning, holding: _Holding) -> None:
        """Handle chunks in their order until the partition is released."""
        while (chunk := await holding.chunks.get()) is not None and not holding.released:
            began = time.monotonic()
            await owner.handle(chunk)
            self.instruments.handled(len(chunk.records), time.monotonic() - began)
            self.instruments.took_down(owner.ages)
            self.deliveries.acknowledge(chunk)
            self._changed()

    def _let_go(self, partition: int, holding: _Holding) -> None:
        holding.inbox = holding.positions = holding.owner = None
        holding.chunks = asyncio.Queue()
        if holding.released:
            holding.chunks.put_nowait(None)
        if self._holdings.get(partition, holding) is holding:  # else it was assigned again meanwhile, and these are another's chunks
            self.deliveries.withdraw(partition)
        self._changed()

    @staticmethod
    async def _wait(holding: _Holding, seconds: float) -> None:
        until = _now() + seconds
        while not holding.released and _now() < until:
            await asyncio.sleep(min(0.1, seconds))

    def fail(self, error: BaseException) -> None:
        """Stop the worker for an error that no retry mends."""
        if not self.failed.done():
            self.failed.set_result(error)

    def _changed(self) -> None:
        self.fetch_more.set()
        self.deliver_more.set()

    # -- what is fetched

    def out_of_range(self, partition: int, error: Exception) -> None:
        """Stop for a position that is no longer there; before a partition is read, its mark tells better."""
        holding = self._holdings.get(partition)
        if holding is not None and holding.inbox is not None:
            self.fail(GapError(f"records of partition {partition} were lost to retention while they were read: {error}"))

    def opened(self) -> dict[int, dict[str, int]]:
        """Return the partitions that are open and not yet read, with the positions by topic to which their reader must go first."""
        return {number: holding.positions for number, holding in self._holdings.items() if holding.positions is not None}

    def begin(self, partition: int, positions: Mapping[str, int]) -> None:
        """Take what is fetched of a partition from now on; the reader has gone to these positions, which `opened` returned.

        Where they are not those of the present opening, the reader has gone nowhere yet: a partition that comes back is read anew.
        """
        holding = self._holdings.get(partition)
        if holding is not None and holding.positions is positions:
            records, size, ahead = self._buffers.records, self._buffers.size, self._buffers.ahead
            holding.inbox = Inbox(partition, dict(positions), self._decode, records=records, size=size, ahead=ahead)
            holding.positions = None
            self.deliveries.begin(partition, positions)

    def wanted(self) -> set[tuple[str, int]]:
        """Return the topics and partitions of which more should be fetched."""
        self.polled_at = time.monotonic()
        if self._draining:
            return set()
        return {(topic, partition) for partition, inbox in self._open() for topic in self.plan.inputs if inbox.wants(topic)}

    def put(self, fetched: Mapping[tuple[str, int], tuple[Sequence[Any], int]]) -> None:
        """Take over what was fetched, each with the offset behind it. What was known of the inputs' ends is older than that."""
        self._ends = {}
        for (topic, partition), (records, position) in fetched.items():
            holding = self._holdings.get(partition)
            if holding is not None and holding.inbox is not None:
                holding.inbox.put(topic, records, position)
        self._changed()

    def know_ends(self, ends: Mapping[tuple[str, int], int]) -> None:
        """Take over where inputs end, asked after what was put had been fetched."""
        self._ends = dict(ends)
        self._changed()

    @property
    def needs_ends(self) -> bool:
        """Whether the inputs are merged, for which their ends must be known."""
        return len(self.plan.inputs) > 1

    def _open(self) -> Iterator[tuple[int, Inbox]]:
        for partition, holding in self._holdings.items():
            if holding.inbox is not None:
                yield partition, holding.inbox

    # -- what can be seen

    def owned(self) -> dict[int, Owning | None]:
        """Return the partitions that this process has, each with its owner once there is one. Other threads may ask."""
        return {partition: holding.owner for partition, holding in list(self._holdings.items())}

    def is_open(self, partition: int) -> bool:
        """Tell whether a partition is recovered, and read. Other threads may ask."""
        holding = self._holdings.get(partition)
        return holding is not None and holding.inbox is not None

    def inputs(self) -> list[tuple[str, int]]:
        """Return the topics and partitions that are read."""
        return [(topic, partition) for partition, _ in self._open() for topic in self.plan.inputs]

    def measure_lag(self, ends: Mapping[tuple[str, int], int]) -> None:
        """Note how far each partition is behind these ends of its inputs."""
        self.lags = {partition: self._lag(partition, inbox, ends) for partition, inbox in self._open()}

    def _lag(self, partition: int, inbox: Inbox, ends: Mapping[tuple[str, int], int]) -> dict[str, int]:
        """Return the offsets that are not done yet, by input topic. Where nothing waits, the ends of transactions count as done."""
        owner, done = self._holdings[partition].owner, inbox.positions
        if self.deliveries.outstanding(partition) and owner is not None and owner.observed:
            done |= {topic: mark.position for topic, mark in owner.observed[0].progress.inputs.items()}
        return {topic: max(ends[topic, partition] - done[topic], 0) for topic in self.plan.inputs if (topic, partition) in ends}

    # -- what is delivered

    def deliverable(self) -> Iterator[Chunk]:
        """Yield chunks that are ready, and note them as delivered."""
        for partition, inbox in list(self._open()):
            while not self._draining and self.deliveries.outstanding(partition) < _ON_THE_WAY:
                chunk = inbox.take({topic: self._ends[topic, partition] for topic in self.plan.inputs if (topic, partition) in self._ends})
                if chunk is None:
                    break
                self.deliveries.deliver(chunk)
                yield chunk

    def take(self, chunk: Chunk) -> None:
        """Take a chunk that came through the agent. One whose partition was given up since is left to the next owner."""
        holding = self._holdings.get(chunk.partition)
        if holding is not None and self.deliveries.is_on_its_way(chunk):
            holding.chunks.put_nowait(chunk)

    # -- the end

    async def drain(self, timeout: float) -> int:
        """Deliver nothing more, and wait until all that was delivered is done; return how many chunks were not in time."""
        self._draining = True
        until = _now() + timeout
        while (left := self._left()) and _now() < until and not self.failed.done():
            await asyncio.sleep(0.02)
        self.left = left
        await self.revoke(list(self._holdings), patience=_LET_GO)
        return left

    def _left(self) -> int:
        return sum(self.deliveries.outstanding(partition) for partition in self._holdings)


def _now() -> float:
    return asyncio.get_running_loop().time()
