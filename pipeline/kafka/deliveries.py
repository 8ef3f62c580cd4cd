"""Deliveries: which chunks are on their way, and how far each partition may be committed.

Chunks of a partition are acknowledged in any order; what may be committed is the acknowledged prefix, in the order of delivery.
"""

from collections import deque
from collections.abc import Mapping

from pipeline.kafka.chunk import Chunk


class Deliveries:
    """Chunks by partition, in the order of their delivery, until they are acknowledged with all before them."""

    def __init__(self) -> None:
        self._pending: dict[int, deque[Chunk]] = {}
        self._done: set[Chunk] = set()
        self._committable: dict[int, Mapping[str, int]] = {}
        self._begun: set[int] = set()

    def begin(self, partition: int, positions: Mapping[str, int]) -> None:
        """Note where a partition is read from: all before is done, though who did it may not have come to commit it."""
        self._begun.add(partition)
        self._committable[partition] = dict(positions)

    def deliver(self, chunk: Chunk) -> None:
        """Note that a chunk goes to its stage."""
        self._begun.add(chunk.partition)
        self._pending.setdefault(chunk.partition, deque()).append(chunk)

    def outstanding(self, partition: int) -> int:
        """Return how many chunks of a partition were delivered and wait for themselves or one before them."""
        return len(self._pending.get(partition, ()))

    def is_on_its_way(self, chunk: Chunk) -> bool:
        """Tell whether a chunk was delivered and neither done nor forgotten."""
        return chunk in self._pending.get(chunk.partition, ()) and chunk not in self._done

    def acknowledge(self, chunk: Chunk) -> bool:
        """Note that a chunk is done; False where it is not on its way: its partition was forgotten since, or it was done before."""
        if not self.is_on_its_way(chunk):
            return False
        pending = self._pending[chunk.partition]
        self._done.add(chunk)
        while pending and pending[0] in self._done:
            first = pending.popleft()
            self._done.remove(first)
            self._committable[chunk.partition] = {**self._committable.get(chunk.partition, {}), **first.positions}
        return True

    def take_committable(self) -> dict[tuple[str, int], int]:
        """Return the positions (by topic and partition) that may be committed and were not returned before."""
        taken = {(topic, partition): offset for partition, positions in self._committable.items() for topic, offset in positions.items()}
        self._committable = {}
        return taken

    def give_back(self, positions: Mapping[tuple[str, int], int]) -> None:
        """Take back positions that could not be committed, unless newer ones have come, or their partition was forgotten, since."""
        for (topic, partition), offset in positions.items():
            if partition in self._begun:
                self._committable[partition] = {topic: offset, **self._committable.get(partition, {})}

    def withdraw(self, partition: int) -> None:
        """Take back what is on its way of a partition: it is read anew. What was acknowledged before it may still be committed."""
        for chunk in self._pending.pop(partition, ()):
            self._done.discard(chunk)

    def forget(self, partition: int) -> None:
        """Forget a partition: nothing of it may be committed any more."""
        self.withdraw(partition)
        self._begun.discard(partition)
        self._committable.pop(partition, None)
