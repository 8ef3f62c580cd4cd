"""What was fetched from Kafka as a record of the flow: decoded, or with what is wrong with it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Protocol

from pipeline.codec import decoder, fault, marks
from pipeline.events.dead_letter import Fault
from pipeline.flow import INPUTS, TOPICS
from pipeline.kafka.messages import CAME
from pipeline.partitions import partition_of
from pipeline.stages.record import Record

SIZE_LIMIT = 1024 * 1024  # bytes of a value that comes from outside
SEQUENCE_LIMIT = 2 * SIZE_LIMIT  # the stages add to what they pass on
HEADERS = 32  # that a dead letter keeps
HEADER_LIMIT = 1000  # characters of a header that it keeps
NAME_LIMIT = 100
KEY_LIMIT = 200
_MOST_DIGITS = 14  # of milliseconds: to the year 5138


class Fetched(Protocol):
    """What a Kafka client returns for a record."""

    offset: int
    partition: int
    key: bytes | None
    value: bytes | None
    timestamp: int | None
    headers: Iterable[tuple[str, bytes | None]]


def decoder_of(topic: str, name: str, partitions: int) -> Callable[[Fetched], Record]:
    """Return the decoder of a topic of the flow. `name` is what the topic is called on the broker, which has so many partitions."""
    kinds = TOPICS[topic].events
    decode = _sequence_decoder(kinds) if TOPICS[topic].role == "sequence" else decoder(kinds[0])
    limit = SIZE_LIMIT if TOPICS[topic].role in ("input", "reference") else SEQUENCE_LIMIT
    keyed = topic in INPUTS and TOPICS[topic].key is not None
    ours = TOPICS[topic].role == "sequence"

    def record_of(fetched: Fetched) -> Record:
        value = fetched.value
        if not value:
            return _faulty(topic, fetched, Fault("empty", "the record has no value"))
        if len(value) > limit:
            return _faulty(topic, fetched, Fault("too-large", f"the value has {len(value)} bytes, {limit} are allowed"))
        try:
            event = decode(value)
        except (ValueError, RecursionError) as error:
            return _faulty(topic, fetched, fault(error))
        if keyed and partition_of(event.seller_id, partitions) != fetched.partition:
            wrong = f"the seller_id {event.seller_id!r} belongs in partition {partition_of(event.seller_id, partitions)} of {name}"
            return _faulty(topic, fetched, Fault("wrong-key", wrong, "$.seller_id"))
        place = topic, fetched.partition, fetched.offset
        if ours:
            return Record(*place, value, event, None, _key(fetched), None, time_of(fetched), came=came(fetched))
        return Record(*place, value, event, None, _key(fetched), _headers(fetched), time_of(fetched))

    return record_of


def _sequence_decoder(kinds: tuple[type, ...]) -> Callable[[bytes], Any]:
    """Return a decoder that goes by the kind, which stands first."""
    decoders: dict[bytes, Callable[[bytes], Any]] = {mark: decoder(kind) for mark, kind in marks(kinds).items()}
    explain: Callable[[bytes], Any] = decoder(kinds[0])

    def decode(value: bytes) -> Any:
        for mark, read in decoders.items():
            if value.startswith(mark):
                return read(value)
        return explain(value)

    return decode


def _faulty(topic: str, fetched: Fetched, wrong: Fault) -> Record:
    """Return a record with what is wrong with it."""
    value = fetched.value or b""
    return Record(topic, fetched.partition, fetched.offset, value, None, wrong, _key(fetched), _headers(fetched), time_of(fetched))


def _key(fetched: Fetched) -> str | None:
    return fetched.key.decode(errors="replace")[:KEY_LIMIT] if fetched.key is not None else None


def _headers(fetched: Fetched) -> dict[str, str] | None:
    """Return the headers as text, cut to what a dead letter may hold: it must fit into a batch, however its record was made."""
    if not fetched.headers:
        return None
    kept = islice(fetched.headers, HEADERS)
    return {name[:NAME_LIMIT]: (value or b"").decode(errors="replace")[:HEADER_LIMIT] for name, value in kept}


def came(fetched: Fetched) -> datetime | None:
    """Return when what caused a record of the sequence came in: what its header says; None where there is none."""
    for name, value in fetched.headers:
        if name == CAME and value is not None and value.isdigit() and len(value) <= _MOST_DIGITS:
            return datetime.fromtimestamp(int(value) / 1000, UTC)
    return None


def time_of(fetched: Fetched) -> datetime | None:
    """Return the time that the broker gave a record."""
    if fetched.timestamp is None or fetched.timestamp < 0:
        return None
    return datetime.fromtimestamp(fetched.timestamp / 1000, UTC)
