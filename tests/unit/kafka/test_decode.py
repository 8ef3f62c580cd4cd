from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from pipeline.codec import encode
from pipeline.kafka.decode import SEQUENCE_LIMIT, SIZE_LIMIT, decoder_of, time_of
from pipeline.stages.record import ORIGINAL_LIMIT, dead_letter
from tests.build import listing, sequenced, sequenced_tick

BATCH_LIMIT = 2 * 1024 * 1024  # bytes that the topics take


@dataclass
class Fetched:
    """A record as a client returns it."""

    value: bytes | None
    key: bytes | None = b"S1"
    headers: Iterable[tuple[str, bytes | None]] = ()
    offset: int = 7
    partition: int = 0
    timestamp: int | None = None


def test_the_dead_letter_of_any_record_fits_into_a_batch() -> None:
    """However many headers there are, and of what: a zero byte takes six in JSON."""
    headers = tuple((f"{number}" + "\x00" * 500, b"\x00" * 5000) for number in range(1000))
    record = decoder_of("listings", "listings", 1)(Fetched(b"{" * ORIGINAL_LIMIT, b"\x00" * 5000, headers))
    assert record.fault is not None
    assert len(encode(dead_letter("dedupe", record, record.fault))) < BATCH_LIMIT


@pytest.mark.parametrize(("value", "code"), [(None, "empty"), (b"", "empty"), (b"{", "not-json"), (b"x" * (SIZE_LIMIT + 1), "too-large")])
def test_what_cannot_be_read_says_why(value: bytes | None, code: str) -> None:
    record = decoder_of("listings", "listings", 1)(Fetched(value))
    assert record.fault is not None
    assert (record.fault.code, record.offset, record.key) == (code, 7, "S1")


def test_a_key_in_a_partition_that_it_does_not_hash_to_is_wrong() -> None:
    records = [decoder_of("listings", "t.listings", 8)(Fetched(encode(listing()), partition=number)) for number in range(8)]
    good = [record.partition for record in records if record.fault is None]
    assert len(good) == 1
    assert {record.fault.code for record in records if record.fault is not None} == {"wrong-key"}


def test_the_sequence_may_be_longer_than_what_comes_in() -> None:
    """The stages add to what they pass on."""
    long = sequenced(listing(attributes={f"k{number}": "x" * 2000 for number in range(200)}, description="é" * 10_000))
    value = encode(long)
    padded = value[:-1] + b',"more":"' + b"y" * (SIZE_LIMIT - len(value)) + b'"}'
    assert SIZE_LIMIT < len(padded) < SEQUENCE_LIMIT
    record = decoder_of("events.unique", "events.unique", 1)(Fetched(padded))
    assert record.fault is None
    assert record.event == long


def test_a_record_of_the_sequence_came_when_its_cause_came() -> None:
    tick = encode(sequenced_tick())
    headers: list[list[tuple[str, bytes | None]]] = [
        [("came", b"1456819200000")],
        [],
        [("came", b"soon")],
        [("came", None)],
        [("came", b"9" * 400)],
    ]
    fetched = [Fetched(tick, headers=each, timestamp=1_500_000_000_000) for each in headers]
    decode = decoder_of("events.unique", "events.unique", 1)
    first, *others = [decode(each) for each in fetched]
    assert (first.since, first.timestamp) == (datetime(2016, 3, 1, 8, tzinfo=UTC), time_of(fetched[0]))
    assert {record.since for record in others} == {time_of(fetched[1])}, "no header, or one that is none: as the broker says"
