"""What a stage made of a chunk, as Kafka messages.

Outputs that outsiders read carry the attributes of CloudEvents 1.0 as headers (binary content mode; source: the CloudEvents
specification and its Kafka protocol binding, version 1.0.2).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from pipeline.codec import encode
from pipeline.events.dead_letter import DeadLetter
from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.ids import derive
from pipeline.events.notice import NoticeOutcome
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.takedown import Takedown
from pipeline.flow import DEAD_LETTERS, TOPICS
from pipeline.stages.record import Output

CAME = "came"  # milliseconds since 1970
_SOURCE = "ce_source"
_WRITTEN_BY = re.compile(rb"/takedown-pipeline/[^/]+/([0-9]{1,6})")


def _of_outcome(outcome: NoticeOutcome) -> tuple[str, datetime]:
    """Return id and time of an outcome: a notice has several, which differ in what they say."""
    return derive("notice-outcome", encode(outcome).decode()), outcome.decided_at


_IDENTITY: dict[type, Callable[[Any], tuple[str, datetime]]] = {
    Takedown: attrgetter("takedown_id", "decided_at"),
    Review: attrgetter("review_id", "opened_at"),
    SellerWarning: attrgetter("warning_id", "decided_at"),
    StoreClosure: attrgetter("closure_id", "decided_at"),
    Reinstatement: attrgetter("reinstatement_id", "decided_at"),
    NoticeOutcome: _of_outcome,
}


class Message(NamedTuple):
    """One record to be written."""

    key: bytes | None
    value: bytes | None  # None: the key is deleted
    headers: Sequence[tuple[str, bytes]] = ()


def source_of(stages: str, partition: int) -> str:
    """Return what a partition of a stage (or of the fused ones) is called as the source of what it writes."""
    return f"/takedown-pipeline/{stages}/{partition}"


def written_by(headers: Iterable[tuple[str, bytes | None]]) -> int | None:
    """Return the number of the partition whose stage wrote a message, by its headers; None where they do not say."""
    source = next((value for name, value in headers if name == _SOURCE), None)
    found = _WRITTEN_BY.fullmatch(source or b"")
    return int(found[1]) if found else None


def message(output: Output, value: bytes, source: str) -> Message:
    """Return the message of an output. `source`: see source_of."""
    key = output.key.encode() if output.key is not None else None
    if TOPICS[output.topic].role != "output":
        return Message(key, value, came_header(output.cause.since))
    identity, at = _IDENTITY[type(output.event)](output.event)
    return Message(key, value, _attributes(identity, output.topic, source, at))


def dead_letter_message(letter: DeadLetter, source: str) -> Message:
    """Return the message of a dead letter. It has no time of its own but the one at which its record came."""
    identity = derive("dead-letter", letter.stage, letter.topic, str(letter.partition), str(letter.offset))
    key = letter.key.encode() if letter.key is not None else None
    return Message(key, encode(letter), _attributes(identity, DEAD_LETTERS, source, letter.timestamp))


def came_header(came: datetime | None) -> Sequence[tuple[str, bytes]]:
    """Return the header that says when what came from outside came in, by the broker's time: so its age can be told."""
    return () if came is None else ((CAME, b"%d" % round(came.timestamp() * 1000)),)


def _attributes(identity: str, topic: str, source: str, at: datetime | None) -> list[tuple[str, bytes]]:
    time = [] if at is None else [("ce_time", at.isoformat().replace("+00:00", "Z").encode())]
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_type", f"takedown-pipeline.{topic}.v1".encode()),
        (_SOURCE, source.encode()),
        *time,
        ("content-type", b"application/json"),
    ]
