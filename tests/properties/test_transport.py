"""However fetches, deliveries, failures and rebalances fall: each record is handled once and in order, and what is committed is done.

Two workers of dedupe share the partitions of a model of Kafka. Time is virtual: whoever sleeps is woken as soon as all others wait.
"""

import asyncio
import dataclasses
import selectors
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from aiokafka.errors import KafkaConnectionError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.codec import encode
from pipeline.events.clock import Tick
from pipeline.flow import STAGES
from pipeline.kafka.chunk import Chunk
from pipeline.kafka.instruments import Instruments
from pipeline.kafka.observed import Observed, Recovery
from pipeline.kafka.owner import Limits, Plan
from pipeline.kafka.references import LiveReference
from pipeline.kafka.transaction import FencedError
from pipeline.kafka.worker import Buffers, Worker
from pipeline.partitions import partition_of
from pipeline.stages.record import Record
from tests.build import at, listing

T = TypeVar("T")

TOPICS = ("listings", "clock")
PARTITIONS = (0, 1)
BUFFERS = Buffers(records=3, size=2**20, ahead=2)
AT_ONCE = 4  # records that one fetch brings of a partition at most
SESSION = 2.0  # seconds
LONG = 100.0  # seconds: longer than any pause
SELLERS = {partition_of(f"S{number}", len(PARTITIONS)): f"S{number}" for number in range(20)}
PLAN = Plan(
    "a", (dataclasses.replace(STAGES[0], reads=TOPICS),), {topic: topic for topic in TOPICS}, {}, {}, Path("nowhere"), Limits(1, 1, 1)
)

Place = tuple[str, int]  # topic and partition
Most = tuple[int, int]  # records that a fetch brings of each topic


class VirtualTime(asyncio.SelectorEventLoop):
    """An event loop whose clock is moved on by waiting for it."""

    def __init__(self) -> None:
        super().__init__(_Impatient(self))
        self.now = 0.0

    def time(self) -> float:
        """See AbstractEventLoop."""
        return self.now


class _Impatient(selectors.SelectSelector):
    def __init__(self, loop: VirtualTime) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everybody waits, and nobody for a time"
        self._loop.now += timeout
        return []


@dataclass
class Log:
    """An input: its records, each with the step in which it came, and where it ends."""

    records: list[tuple[Any, int]] = field(default_factory=list)
    end: int = 0

    def fetch(self, position: int, most: int) -> tuple[list[Any], int]:
        """Return some records, and the offset behind them: what a transaction leaves there is passed."""
        found = [each for each, _ in self.records if each.offset >= position][: most + 1]
        if len(found) > most:
            return found[:most], found[most].offset
        return found, self.end


@dataclass
class Kafka:
    """What is on the broker: inputs, and of each partition what was handled, the mark, who may write, and what the group committed."""

    logs: dict[Place, Log] = field(default_factory=lambda: {(topic, each): Log() for topic in TOPICS for each in PARTITIONS})
    handled: dict[int, list[tuple[Record, int]]] = field(default_factory=lambda: {each: [] for each in PARTITIONS})
    marks: dict[int, Mapping[str, int]] = field(default_factory=lambda: {each: dict.fromkeys(TOPICS, 0) for each in PARTITIONS})
    epochs: dict[int, int] = field(default_factory=lambda: dict.fromkeys(PARTITIONS, 0))
    committed: dict[Place, int] = field(default_factory=dict)
    refusals: int = 0  # times that a partition cannot be opened


class Owner:
    """Owns a partition of the model. `handle` waits to be told how its transaction ends."""

    observed: tuple[Observed, ...] = ()
    ages: tuple[float, ...] = ()

    def __init__(self, client: "Client", partition: int) -> None:
        self._client, self._partition, self._epoch = client, partition, 0
        self.recoveries: dict[str, Recovery] = {}

    async def open(self) -> dict[str, int]:
        kafka = self._client.kafka
        if kafka.refusals:
            kafka.refusals -= 1
            raise KafkaConnectionError("no broker")
        kafka.epochs[self._partition] += 1
        self._epoch = kafka.epochs[self._partition]
        return dict(kafka.marks[self._partition])

    async def handle(self, chunk: Chunk) -> None:
        told = self._client.under_way[self._partition] = asyncio.get_running_loop().create_future()
        outcome = await told
        if outcome == "refused":
            raise KafkaConnectionError("aborted")
        kafka = self._client.kafka
        if kafka.epochs[self._partition] != self._epoch:
            raise FencedError
        kafka.handled[self._partition] += [(record, self._client.taken[chunk]) for record in chunk.records]
        kafka.marks[self._partition] = chunk.positions
        if outcome == "unknown":
            raise KafkaConnectionError("no answer")

    async def close(self) -> None:
        self._client.under_way.pop(self._partition, None)


class Client:
    """A worker with what the transport keeps for it: assignment, positions, the fetch under way, chunks on their way to the agent."""

    def __init__(self, kafka: Kafka) -> None:
        self.kafka = kafka
        self.under_way: dict[int, asyncio.Future[str]] = {}
        self.assigned: set[int] = set()
        self.opened: dict[int, dict[str, int]] = {}
        self.positions: dict[Place, int] = {}
        self.fetched: dict[Place, tuple[Sequence[Any], int]] | None = None
        self.fetched_at = self.put_at = 0  # steps
        self.agent: deque[Chunk] = deque()
        self.taken: dict[Chunk, int] = {}  # by chunk, the step of the last fetch that was known when it was made
        self.worker = Worker(PLAN, cast(LiveReference, None), len(PARTITIONS), BUFFERS, SESSION, Instruments(PLAN.name), owner=self._owner)

    def _owner(self, _plan: Plan, partition: int, _reference: LiveReference) -> Owner:
        return Owner(self, partition)

    def assign(self, partition: int) -> None:
        self.assigned.add(partition)
        self.worker.assign([partition])

    def seek(self) -> None:
        """Go to the marks of what was opened, unless a fetch is under way."""
        if self.fetched is None:
            self.opened = {partition: positions for partition, positions in self.worker.opened().items() if partition in self.assigned}
            for partition, positions in self.opened.items():
                self.positions |= {(topic, partition): offset for topic, offset in positions.items()}

    def fetch(self, most: Most, step: int) -> None:
        """Begin where a seek has gone, and fetch what is wanted, unless a fetch is under way."""
        if self.fetched is not None:
            return
        for partition, positions in self.opened.items():
            if partition in self.assigned:
                self.worker.begin(partition, positions)
        self.opened, self.fetched, self.fetched_at = {}, {}, step
        for topic, partition in self.worker.wanted():
            assert (topic, partition) in self.positions, "a partition is read before its reader has gone to its mark"
            found = self.kafka.logs[topic, partition].fetch(self.positions[topic, partition], most[TOPICS.index(topic)])
            self.fetched[topic, partition], self.positions[topic, partition] = found, found[1]

    def put(self, *, ends_are_told: bool) -> None:
        if self.fetched is not None:
            self.worker.put(self.fetched)
            self.put_at = self.fetched_at
            if ends_are_told:
                self.worker.know_ends({place: self.kafka.logs[place].end for place in self.fetched})
            self.fetched = None

    def deliver(self) -> None:
        for chunk in self.worker.deliverable():
            self.taken[chunk] = self.put_at
            self.agent.append(chunk)

    def hand_over(self) -> None:
        """The agent takes a chunk."""
        if self.agent:
            self.worker.take(self.agent.popleft())

    def finish(self, partition: int, outcome: str) -> None:
        if outcome != "late" and (told := self.under_way.get(partition)) is not None and not told.done():
            told.set_result(outcome)

    async def revoke(self, partitions: set[int], outcome: str, *, skipped: bool) -> None:
        """Give partitions up, as the transport does. `skipped`: Faust forgets the chunks that its agent has not taken."""
        giving_up = asyncio.ensure_future(self.worker.revoke(partitions))
        await settled()
        for partition in partitions:
            self.finish(partition, outcome)
        await giving_up
        self.commit()
        self.assigned -= partitions
        for place in [place for place in self.positions if place[1] in partitions]:
            del self.positions[place]
        if skipped:
            self.agent = deque(chunk for chunk in self.agent if chunk.partition not in partitions)

    def commit(self) -> None:
        """Commit to the group, which takes it from who is assigned only."""
        for place, offset in self.worker.deliveries.take_committable().items():
            topic, partition = place
            assert partition in self.assigned, "a partition that was revoked is committed"
            assert offset <= self.kafka.marks[partition][topic], "what is not done is committed"
            self.kafka.committed[place] = max(offset, self.kafka.committed.get(place, 0))


async def settled() -> None:
    """Let all who can go on do so."""
    for _ in range(8):
        await asyncio.sleep(0)


CLIENTS = st.integers(0, 1)
A_PARTITION = st.sampled_from(PARTITIONS)
ENDINGS = st.sampled_from(["done", "done", "refused", "unknown", "late"])  # of a transaction; late: not yet
AMOUNTS: list[Most] = [(4, 4), (1, 4), (4, 1), (0, 3), (3, 0)]
MOST = st.sampled_from(AMOUNTS)
ACTS = ("seek", "fetch", "put", "put, ends unknown", "deliver", "take", "take", "commit", "done", "refused", "unknown")
STEPS = st.sampled_from([12, 12, 4, 5, 7, 10])  # of a round
HAPPENINGS = ("time passes", "assigned", "revoked", "back at once", "restarted")
RECORDS = st.tuples(  # topic, partition, minutes between the records, whether a transaction wrote them
    st.sampled_from(TOPICS), A_PARTITION, st.lists(st.integers(0, 2), min_size=1, max_size=5), st.booleans()
)


class Transporting(RuleBasedStateMachine):
    """Two workers, and everything that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.loop, self.kafka = VirtualTime(), Kafka()
        self.step = self.minute = 0
        self.clients = self.run(self._started())

    async def _started(self) -> list[Client]:
        return [Client(self.kafka) for _ in range(2)]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        async def then_settled() -> T:
            result = await work
            await settled()
            return result

        self.step += 1
        return self.loop.run_until_complete(then_settled())

    def does(self, act: Callable[..., object], *given: Any, **named: Any) -> None:
        """Do something, and let it have its effects."""

        async def done() -> None:
            act(*given, **named)

        self.run(done())

    # -- what comes in

    @initialize(minutes=st.lists(st.integers(0, 2), min_size=8, max_size=16))
    def it_begins(self, minutes: list[int]) -> None:
        """Each input has some records, and each worker a partition."""
        for half in (minutes[::2], minutes[1::2]):
            for partition in PARTITIONS:
                for topic in TOPICS:
                    self._come(topic, partition, half, transaction=half[0] == 1)
        for partition in PARTITIONS:
            self.does(self.clients[partition].assign, partition)

    @rule(records=RECORDS)
    def records_come(self, records: tuple[str, int, list[int], bool]) -> None:
        self._come(*records)

    def _come(self, topic: str, partition: int, minutes: list[int], transaction: bool) -> None:
        self.step += 1
        log = self.kafka.logs[topic, partition]
        for passed in minutes:
            self.minute += passed
            when = at(minutes=self.minute)
            event = Tick(when) if topic == "clock" else listing(seller_id=SELLERS[partition], event_time=when)
            raw = SimpleNamespace(offset=log.end, partition=partition, key=None, value=encode(event), headers=(), timestamp=None)
            log.records.append((raw, self.step))
            log.end += 1
        log.end += transaction

    # -- what a worker does

    @rule(client=CLIENTS, acts=st.lists(st.sampled_from(ACTS), min_size=3, max_size=12), most=MOST, partition=A_PARTITION)
    def a_worker_works(self, client: int, acts: list[str], most: Most, partition: int) -> None:
        for act in acts:
            self._act(self.clients[client], act, most, partition)

    def _act(self, one: Client, act: str, most: Most, partition: int) -> None:
        match act:
            case "seek":
                self.does(one.seek)
            case "fetch":
                self.does(one.fetch, most, self.step)
            case "put" | "put, ends unknown":
                self.does(one.put, ends_are_told=act == "put")
            case "deliver":
                self.does(one.deliver)
            case "take":
                self.does(one.hand_over)
            case "commit":
                self.does(one.commit)
            case outcome:
                self.does(one.finish, partition, outcome)

    @rule(client=CLIENTS, most=MOST, ends=st.booleans(), outcome=ENDINGS, steps=STEPS)
    def a_worker_goes_round(self, client: int, most: Most, ends: bool, outcome: str, steps: int) -> None:
        """It does everything once, or comes so far."""
        self._go_round(self.clients[client], most, ends, outcome, steps)

    def _go_round(self, one: Client, most: Most, ends: bool, outcome: str, steps: int = 99) -> None:
        put = "put" if ends else "put, ends unknown"
        for act in ("put", "seek", "fetch", put, *("deliver",) * 2, *("take",) * 4, *(outcome,) * 2)[:steps]:
            for partition in PARTITIONS if act == outcome else (0,):
                self._act(one, act, most, partition)

    @rule(seed=st.integers(0, 2**32))
    def it_goes_on(self, seed: int) -> None:
        """Much happens, and most goes well: what Hypothesis draws by itself seldom comes far."""
        chance = Random(seed)
        for _ in range(8):
            client, partition, most = chance.randrange(2), chance.choice(PARTITIONS), chance.choice(AMOUNTS)
            outcome = chance.choice(("done", "done", "done", "refused", "unknown", "late"))
            match chance.randrange(8):
                case 0:
                    for topic in chance.sample(TOPICS, 2):
                        self._come(topic, partition, [chance.randrange(3) for _ in range(3)], transaction=chance.random() < 0.5)
                case 1:
                    self.something_happens(chance.choice(HAPPENINGS), client, partition, outcome, chance.random() < 0.7)
                case 2:
                    self.run(asyncio.sleep(3.0))
                case 3:
                    self._go_round(self.clients[client], most, False, outcome, chance.choice((4, 6, 10)))
                case 4:
                    self.a_worker_works(client, chance.choices(ACTS, k=5), most, partition)
                case _:
                    self._go_round(self.clients[client], most, True, outcome, chance.choice((6, 10, 12, 12, 12)))

    @rule(what=st.sampled_from(HAPPENINGS), client=CLIENTS, partition=A_PARTITION, outcome=ENDINGS, likely=st.booleans())
    def something_happens(self, what: str, client: int, partition: int, outcome: str, likely: bool) -> None:
        one = self.clients[client]
        match what:
            case "time passes":  # partitions that failed are opened anew, perhaps not at the first try
                self.kafka.refusals = 0 if likely else 2
                self.run(asyncio.sleep(3.0 if likely else LONG))
            case "assigned":  # it may still be the other's, who has not heard of it: a worker that was paused
                self.does(one.assign, partition)
            case "revoked":
                self.run(one.revoke({partition} & one.assigned, outcome, skipped=likely))
            case "back at once":
                self._come_back(one, outcome, skipped=likely)
            case "restarted":
                self._go_round(one, (AT_ONCE, AT_ONCE), True, "late")
                self.clients[client] = self.run(self._replaced(one, 5.0 if likely else 0.0, outcome))
                self.does(self.clients[client].assign, partition)

    def _come_back(self, one: Client, outcome: str, *, skipped: bool) -> None:
        """Revoke everything and assign it again: a rebalance in which nothing moves."""
        before = set(one.assigned)
        self.does(one.seek)
        self.run(one.revoke(before, outcome, skipped=skipped))
        for partition in before:
            self.does(one.assign, partition)
        self.does(one.fetch, (AT_ONCE, AT_ONCE), self.step)  # where the seek was under way meanwhile

    async def _replaced(self, one: Client, seconds: float, outcome: str) -> Client:
        under_way = {chunk for chunk in one.taken if one.worker.deliveries.is_on_its_way(chunk)}
        draining = asyncio.ensure_future(one.worker.drain(seconds))
        await settled()
        assert not list(one.worker.deliverable()), "chunks are delivered on the way down"
        while one.agent:
            one.hand_over()
        for _ in under_way:
            await settled()
            for partition in PARTITIONS:
                one.finish(partition, outcome)
            await settled()
            assert not list(one.worker.deliverable()), "chunks are delivered on the way down"
        left = await draining
        one.commit()
        assert left <= len(under_way)
        assert left == 0 or outcome != "done" or seconds == 0
        return Client(self.kafka)

    # -- what holds

    @invariant()
    def each_record_is_handled_once_and_in_order(self) -> None:
        for (topic, partition), log in self.kafka.logs.items():
            handled = [record.offset for record, _ in self.kafka.handled[partition] if record.topic == topic]
            assert handled == [raw.offset for raw, _ in log.records[: len(handled)]]

    def the_inputs_are_merged_by_time(self) -> None:
        """What was there when a later record was fetched goes before it."""
        for partition, handled in self.kafka.handled.items():
            came = {(topic, raw.offset): step for topic in TOPICS for raw, step in self.kafka.logs[topic, partition].records}
            for number, (first, taken) in enumerate(handled):
                for second, _ in handled[number + 1 :]:
                    too_late = second.event.event_time < first.event.event_time and came[second.topic, second.offset] <= taken
                    assert not too_late, f"{second.topic} {second.offset} came after {first.topic} {first.offset}"

    @invariant()
    def what_is_held_is_bounded(self) -> None:
        most = BUFFERS.ahead * BUFFERS.records + AT_ONCE
        for one in self.clients:
            for partition, inbox in one.worker._open():
                assert all(source.waiting < most for source in inbox._inputs.values())
                assert one.worker.deliveries.outstanding(partition) <= 2

    @invariant()
    def nothing_failed_for_good(self) -> None:
        assert not any(one.worker.failed.done() for one in self.clients)

    def teardown(self) -> None:
        """One worker gets everything: all is handled and committed."""
        try:
            self.kafka.refusals = 0
            for one in self.clients:
                self.run(one.revoke(set(PARTITIONS), "done", skipped=True))
            last = self.clients[0]
            for partition in PARTITIONS:
                self.does(last.assign, partition)
            for _ in range(self._turns()):
                self._go_round(last, (AT_ONCE, AT_ONCE), True, "done")
            self._come("clock", 0, [1], transaction=False)
            self._go_round(last, (AT_ONCE, AT_ONCE), True, "unknown")
            self.run(asyncio.sleep(LONG))
            self._go_round(last, (AT_ONCE, AT_ONCE), True, "done")
            last.commit()
            self.each_record_is_handled_once_and_in_order()
            self.the_inputs_are_merged_by_time()
            for place, log in self._inputs():
                assert sum(record.topic == place[0] for record, _ in self.kafka.handled[place[1]]) == len(log.records)
                assert self.kafka.committed[place] == self.kafka.marks[place[1]][place[0]]
        finally:
            self.run(self._ended())
            self.loop.close()

    def _inputs(self) -> Iterator[tuple[Place, Log]]:
        yield from self.kafka.logs.items()

    def _turns(self) -> int:
        return 3 + sum(len(log.records) for _, log in self._inputs())

    async def _ended(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


TestTransport = Transporting.TestCase
TestTransport.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


# -- what seldom comes by chance


def test_ends_that_were_asked_before_the_last_fetch_do_not_count() -> None:
    """A listing and then a tick come; the tick is fetched first, and the question for the ends fails: the tick has to wait."""
    run = Transporting()
    run.does(run.clients[0].assign, 0)
    run.a_worker_goes_round(0, (4, 4), True, "done", 12)
    run._come("listings", 0, [0], transaction=False)
    run._come("clock", 0, [1], transaction=False)
    run.a_worker_goes_round(0, (0, 4), False, "done", 12)
    assert run.kafka.handled[0] == []
    run.teardown()


def test_a_chunk_that_was_on_its_way_over_a_rebalance_is_left_out() -> None:
    """Faust hands it over, though its partition was given up and has come back, and is read anew from the mark."""
    run = Transporting()
    run.does(run.clients[0].assign, 0)
    run._come("listings", 0, [0] * 3, transaction=False)
    run.a_worker_goes_round(0, (4, 4), True, "late", 6)
    run._come_back(run.clients[0], "done", skipped=False)
    assert len(run.clients[0].agent) == 1
    run.does(run.clients[0].hand_over)
    run.a_worker_goes_round(0, (4, 4), True, "done", 12)
    run.teardown()


def test_nothing_is_delivered_on_the_way_down() -> None:
    run = Transporting()
    run.does(run.clients[0].assign, 0)
    run._come("listings", 0, [0] * 12, transaction=False)
    for _ in range(3):
        run.a_worker_goes_round(0, (4, 4), True, "late", 12)
    run.something_happens("restarted", 0, 0, "done", likely=True)
    run.teardown()
