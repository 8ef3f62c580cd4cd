"""One chunk, one transaction: the producer that belongs to one stage and partition.

Whoever starts it with the same id fences the owner before: the broker refuses all that a paused worker still writes, and aborts what it
left open.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import IllegalOperation, InvalidProducerEpoch, InvalidTxnState, ProducerFenced

from pipeline.kafka.batches import BATCH, REQUEST, Place, send
from pipeline.kafka.messages import Message

_TIMEOUT = 300.0  # seconds that a transaction may take: a large store closes in one
_PATIENCE = 5.0  # seconds that a producer is given to stop
_FENCED = (ProducerFenced, InvalidProducerEpoch, InvalidTxnState)


class FencedError(Exception):
    """Another worker owns the partition now."""


class TransactionalWriter:
    """Writes the messages of one chunk after the other, each chunk as a whole or not at all."""

    def __init__(self, client: Mapping[str, Any], transactional_id: str, *, timeout: float = _TIMEOUT, transactions: bool = True) -> None:
        self._transactions = transactions
        self._producer = AIOKafkaProducer(
            **client,
            transactional_id=transactional_id if transactions else None,
            enable_idempotence=True,
            max_batch_size=BATCH,
            max_request_size=REQUEST,
            transaction_timeout_ms=int(timeout * 1000),
        )

    async def start(self) -> None:
        """Fence the owner before. Raises KafkaError where the broker cannot be reached."""
        await self._producer.start()
        if self._transactions:
            await self._producer.begin_transaction()  # waits for the producer id, which is what fences
            await self._producer.commit_transaction()

    async def write(self, messages: Mapping[Place, Iterable[Message]]) -> dict[Place, int]:
        """Write all messages in one transaction; return the offset behind the last one for each place.

        Raises FencedError, or KafkaError: then it is unknown whether the transaction was committed, and only a new writer can tell.
        """
        try:
            if not self._transactions:
                return await self._send(messages)
            await self._producer.begin_transaction()
            ends = await self._send_within(messages)
            await self._producer.commit_transaction()
            return ends
        except _FENCED as error:
            raise FencedError(str(error) or type(error).__name__) from error

    async def _send_within(self, messages: Mapping[Place, Iterable[Message]]) -> dict[Place, int]:
        """Send, and raise what has ended the transaction, where that came between two batches: aiokafka only says that there is none."""
        try:
            return await self._send(messages)
        except IllegalOperation:
            await asyncio.wait_for(self._producer._txn_manager.wait_for_transaction_end(), _PATIENCE)
            raise

    async def _send(self, messages: Mapping[Place, Iterable[Message]]) -> dict[Place, int]:
        sent = await send(self._producer, messages)
        return {place: (await future).offset + count for place, count, future in sent}

    async def close(self) -> None:
        """Let go of the connection. What is not committed is not written."""
        stopping = asyncio.ensure_future(self._producer.stop())
        done, _ = await asyncio.wait((stopping,), timeout=_PATIENCE)
        if not done:  # it would wait for a broker that is away to answer what it has under way
            stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)  # closing a broken connection: there is nothing left to lose
