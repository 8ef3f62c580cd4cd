"""However chunks are delivered, acknowledged, withdrawn and revoked: what is not done is not committed, and all that is done is."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from pipeline.kafka.chunk import Chunk
from pipeline.kafka.deliveries import Deliveries

PARTITIONS = st.integers(0, 2)
TOPIC = "t"


class Delivering(RuleBasedStateMachine):
    """Deliveries beside a model: for each partition the chunks delivered since it was last withdrawn, and whether each is done."""

    chunks = Bundle("chunks")

    def __init__(self) -> None:
        super().__init__()
        self.deliveries = Deliveries()
        self.model: dict[int, list[tuple[Chunk, bool]]] = {}
        self.read: dict[int, int] = {}
        self.committed: dict[int, int] = {}

    @rule(target=chunks, partition=PARTITIONS, length=st.integers(1, 5))
    def deliver(self, partition: int, length: int) -> Chunk:
        self.read[partition] = self.read.get(partition, 0) + length
        chunk = Chunk(partition, (), {TOPIC: self.read[partition]})
        self.deliveries.deliver(chunk)
        self.model.setdefault(partition, []).append((chunk, False))
        return chunk

    @rule(chunk=chunks)
    def acknowledge(self, chunk: Chunk) -> None:
        delivered = self.model.get(chunk.partition, [])
        expected = (chunk, False) in delivered
        assert self.deliveries.is_on_its_way(chunk) == expected
        assert self.deliveries.acknowledge(chunk) == expected
        self.model[chunk.partition] = [(each, done or each is chunk) for each, done in delivered]

    @rule(chunk=consumes(chunks))
    def never_acknowledge(self, chunk: Chunk) -> None:
        """A chunk that is lost on the way holds up its partition, until it is withdrawn."""

    @rule()
    def commit(self) -> None:
        for (topic, partition), offset in self.deliveries.take_committable().items():
            assert topic == TOPIC
            assert offset > self.committed.get(partition, 0)
            self.committed[partition] = offset

    @rule(revoked=st.one_of(st.none(), PARTITIONS))
    def fail_to_commit(self, revoked: int | None) -> None:
        """What could not be committed is there again, unless its partition was given up meanwhile."""
        taken = self.deliveries.take_committable()
        if revoked is not None:
            self.revoke(revoked)
        self.deliveries.give_back(taken)

    @rule(partition=PARTITIONS)
    def withdraw(self, partition: int) -> None:
        """The partition is read anew from behind the acknowledged prefix."""
        self.deliveries.withdraw(partition)
        self.read[partition] = self._prefix(partition)
        self.model[partition] = [
            (chunk, done) for chunk, done in self.model.get(partition, []) if chunk.positions[TOPIC] <= self.read[partition]
        ]

    @rule(partition=PARTITIONS)
    def revoke(self, partition: int) -> None:
        """Another worker goes on behind the acknowledged prefix; what was not committed in time is not."""
        self.deliveries.forget(partition)
        self.read[partition] = self._prefix(partition)
        self.model[partition] = [
            (chunk, True) for chunk, _ in self.model.get(partition, []) if chunk.positions[TOPIC] <= self.read[partition]
        ]
        self.committed[partition] = self.read[partition]

    def _prefix(self, partition: int) -> int:
        """Return the position behind the last chunk that is done with all before it."""
        position = 0
        for chunk, done in self.model.get(partition, []):
            if not done:
                break
            position = chunk.positions[TOPIC]
        return position

    @invariant()
    def never_past_what_is_not_done(self) -> None:
        for partition, offset in self.committed.items():
            assert offset <= self._prefix(partition)

    @invariant()
    def outstanding_counts_what_waits(self) -> None:
        for partition, delivered in self.model.items():
            waiting = sum(chunk.positions[TOPIC] > self._prefix(partition) for chunk, _ in delivered)
            assert self.deliveries.outstanding(partition) == waiting

    def teardown(self) -> None:
        """Everything that was acknowledged, with all before it, is committed at last."""
        self.commit()
        for partition in self.model:
            assert self.committed.get(partition, 0) == self._prefix(partition)


TestDeliveries = Delivering.TestCase
TestDeliveries.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
