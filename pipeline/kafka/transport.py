"""Faust's consumer, which hands an agent a chunk where Faust hands it a record (Faust's own extension point: App._new_transport).

It differs from Faust's in what is fetched when, in the merge of several inputs, and in acknowledgement: a chunk is acknowledged when its
transaction is committed, and what may be committed to the group is the acknowledged prefix. Positions come from the progress mark, never
from the group, whose offsets are for lag tools.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, cast

from aiokafka import TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import OffsetAndMetadata
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from pipeline.kafka.chunk import Chunk
from pipeline.kafka.reading import Consumer
from pipeline.kafka.retry import passes, patiently

log = logging.getLogger(__name__)

_POLL = 0.1  # seconds that a fetch waits for records
_FETCH_WAIT = 20  # milliseconds: an idle partition's fetch holds up the others of its broker for so long
_PARTITION_FETCH = 1024 * 1024  # bytes

Fetched = dict[TP, tuple[Sequence[Any], int]]


class ChunkConsumerThread(driver.AIOKafkaConsumerThread):
    """The thread in which the client runs: heartbeats go on while a chunk is handled."""

    async def on_start(self) -> None:
        """Connect, as soon as Kafka can be reached."""
        self._consumer = await patiently(self._connected, cast(Any, self.app).settings.connect_timeout)
        self.time_started = time.monotonic()

    async def _connected(self) -> Consumer:
        consumer = cast(Consumer, self._create_consumer(loop=self.thread_loop))
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        return consumer

    def _create_worker_consumer(self, transport: Any) -> Consumer:
        """Return a client that reads what is committed, and deals the same partition of all inputs to one worker."""
        conf, app = self.app.conf, cast(Any, self.app)
        return Consumer(
            **app.client,
            group_id=conf.id,
            partition_assignment_strategy=[RangePartitionAssignor],
            enable_auto_commit=False,
            auto_offset_reset="none",  # a position out of range is a gap, never a silent jump
            isolation_level="read_committed",
            max_partition_fetch_bytes=_PARTITION_FETCH,
            fetch_max_wait_ms=_FETCH_WAIT,
            request_timeout_ms=int(conf.broker_request_timeout * 1000),
            session_timeout_ms=int(conf.broker_session_timeout * 1000),
            heartbeat_interval_ms=int(conf.broker_heartbeat_interval * 1000),
            rebalance_timeout_ms=int(conf.broker_rebalance_timeout * 1000),
        )

    async def fetch(self, wanted: set[TP]) -> Fetched:
        """Return what was fetched of all partitions, each with the offset behind it; only the wanted ones go on being fetched.

        That offset moves without a record too: past what was aborted, and past the ends of transactions.
        """
        return cast(Fetched, await self.call_thread(self._fetch, wanted))

    async def _fetch(self, wanted: set[TP]) -> Fetched:
        consumer = self._ensure_consumer()
        if not self.consumer.flow_active:
            return {}
        for place in consumer.assignment():
            paused = place in consumer.paused()
            if paused and place in wanted:
                consumer.resume(place)
            elif not paused and place not in wanted:
                consumer.pause(place)
        try:
            records = await self._fetch_records(consumer, cast(Any, None), timeout=_POLL)
        except NoOffsetForPartitionError:  # the group has no offset yet: the mark tells where to begin, and the seek is under way
            return {}
        sought = {place for place in consumer.assignment() if place in wanted and _has_position(consumer, place)}
        return {TP(*place): (records.get(place, ()), await consumer.position(place)) for place in {*records, *sought}}

    async def ends(self, places: Iterable[TP]) -> Mapping[TP, int]:
        """Ask the broker where what is committed ends."""
        found = await self.call_thread(self._ensure_consumer().end_offsets, [TopicPartition(*place) for place in places])
        return {TP(*place): offset for place, offset in found.items()}

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit to the group. A failure loses nothing: the mark is what counts."""
        consumer = self._ensure_consumer()
        owned = {TopicPartition(*tp): OffsetAndMetadata(offset, "") for tp, offset in offsets.items() if tp in self.assignment()}
        try:
            if owned:  # else their partitions are another's
                await consumer.commit(owned)
        except (KafkaError, IllegalStateError) as error:
            log.info("the group's offsets were not committed: %s", error)
            return False
        return True


def _has_position(consumer: Consumer, place: TopicPartition) -> bool:
    """Tell whether a partition has a position; to ask for one that has none would wait for it."""
    assignment = consumer._subscription.subscription.assignment
    return assignment is not None and place in assignment.tps and assignment.state_value(place).has_valid_position


class ChunkConsumer(driver.Consumer):
    """Fetches for the worker of the app, and delivers its chunks to the agent."""

    _thread: ChunkConsumerThread
    consumer_stopped_errors: ClassVar[Any] = driver.Consumer.consumer_stopped_errors

    def _new_consumer_thread(self) -> ChunkConsumerThread:
        return ChunkConsumerThread(self, loop=self.loop, beacon=self.beacon)

    @property
    def _worker(self) -> Any:
        return cast(Any, self.app).worker

    # -- partitions come and go

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Finish the chunks under way and commit, before Faust hears of it."""
        await self._worker.revoke({tp.partition for tp in revoked})
        await self.commit()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Let Faust arrange its streams, then begin to own the partitions."""
        await super().on_partitions_assigned(assigned, generation_id)
        self._worker.assign({tp.partition for tp in assigned})

    async def perform_seek(self) -> None:
        """Seek nothing: each owner tells where its partition goes on."""

    # -- fetching and delivering

    async def _drain_messages(self, fetcher: Any) -> None:
        """Fetch and deliver until stopped, side by side."""
        tasks = [asyncio.create_task(each) for each in (self._fetch_on(), self._deliver_on())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                self._worker.fail(task.exception() or RuntimeError("the consumer stopped"))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch_on(self) -> None:
        worker = self._worker
        while True:
            await self._begin_opened()
            wanted = {self._place(topic, partition) for topic, partition in worker.wanted()}
            if not wanted or not self.flow_active:
                await self._until_changed()
                continue
            try:
                fetched = await self._thread.fetch(wanted)
                worker.put({self._known(tp): found for tp, found in fetched.items()})  # at once: it is not fetched again
                if worker.needs_ends:
                    worker.know_ends({self._known(tp): end for tp, end in (await self._thread.ends(wanted)).items()})
            except self.consumer_stopped_errors:
                return
            except OffsetOutOfRangeError as error:
                for place in error.args[0]:
                    worker.out_of_range(place.partition, error)
            except Exception as error:
                if not passes(error):
                    raise
                log.warning("fetching goes on in a second: %s: %s", type(error).__name__, error)
                await asyncio.sleep(1)

    async def _begin_opened(self) -> None:
        """Go to the mark of partitions that were opened; nothing is fetched in between, so nothing is skipped."""
        for partition, positions in self._worker.opened().items():
            places = {self._place(topic, partition): offset for topic, offset in positions.items()}
            if set(places) <= self.assignment():
                await self.seek_wait(places)
                self._worker.begin(partition, positions)

    async def _until_changed(self) -> None:
        changed = self._worker.fetch_more
        changed.clear()
        try:
            await asyncio.wait_for(changed.wait(), _POLL)
        except TimeoutError:
            return

    async def _deliver_on(self) -> None:
        worker = self._worker
        while True:
            await worker.deliver_more.wait()
            worker.deliver_more.clear()
            for chunk in worker.deliverable():
                await self.callback(cast(Any, self._message(chunk)))

    def _message(self, chunk: Chunk) -> ConsumerMessage:
        """Return a chunk as the message that Faust carries to the agent."""
        topic = self._worker.plan.names[self._worker.plan.inputs[0]]
        tp = TP(topic, chunk.partition)
        last = chunk.records[-1].offset
        return ConsumerMessage(
            topic, chunk.partition, last, 0.0, 0, [], None, cast(Any, chunk), None, 0, 0, tp, generation_id=self.app.consumer_generation_id
        )

    def _place(self, topic: str, partition: int) -> TP:
        return TP(self._worker.plan.names[topic], partition)

    def _known(self, tp: TP) -> tuple[str, int]:
        return self._worker.known[tp.topic], tp.partition

    # -- committing

    def ack(self, message: Any) -> bool:
        """Note that the agent has taken a chunk: for Faust that is all. The worker acknowledges when the transaction is committed."""
        self._unacked_messages.discard(message)
        return True

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Commit the acknowledged prefix to the group."""
        positions = self._worker.deliveries.take_committable() if self._worker is not None else {}
        if not positions:
            return False
        committed = bool(await self._commit({self._place(topic, partition): offset for (topic, partition), offset in positions.items()}))
        if not committed:
            self._worker.deliveries.give_back(positions)
        return committed

    async def verify_all_partitions_active(self) -> None:
        """Say nothing: Faust goes by acknowledgements of its own, which are not used here."""


class ChunkTransport(driver.Transport):
    """Faust's transport with the chunk consumer."""

    Consumer: ClassVar[Any] = ChunkConsumer
