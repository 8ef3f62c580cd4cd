"""A record that could not be handled, with its reason (topic `dead-letters`)."""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.scalars import Count, Digest, Time, Word
from pipeline.events.value import Value

ErrorCode = Literal[
    "not-json",
    "not-utf8",
    "invalid",
    "empty",
    "too-large",
    "too-deep",
    "wrong-key",
    "from-the-future",
    "stage-failed",
    "bad-policy",
    "unknown-subject",
    "already-closed",
    "wrong-verdict",
    "not-entitled",
    "illegal-move",
    "appeal-too-late",
    "already-known",
]
Long = Annotated[str, Meta(max_length=4000)]


class Fault(Value, frozen=True):
    """What is wrong with a record: a code, the JSON path where there is one, and a sentence."""

    code: ErrorCode
    message: Long
    path: Long | None = None


class DeadLetter(Value, frozen=True):
    """The record's place, its error, and its own bytes (base64) unless they are personal or too many.

    In files the topic is the file's topic, the offset its line number less one, and the partition the one that the replay gave it (0 for
    what does not decode); the headers name file and line. In the sequence an offset counts the records of its partition.
    """

    stage: Word
    topic: Word
    partition: Count
    offset: Count
    error: Fault
    input_hash: Digest
    key: Annotated[str, Meta(max_length=200)] | None = None
    headers: dict[Word, Long] | None = None
    timestamp: Time | None = None
    original: Annotated[str, Meta(max_length=400_000)] | None = None
