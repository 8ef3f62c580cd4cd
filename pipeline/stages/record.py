"""What goes into a stage and what comes out of it. Each record in has exactly one disposition."""

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from xxhash import xxh3_128_hexdigest

from pipeline.events.dead_letter import DeadLetter, Fault

ORIGINAL_LIMIT = 256 * 1024  # bytes; a larger input is read back by its position
MADE_TICKS = "made-ticks"  # a fact: ticks that dedupe passed on and nobody sent
PERSONAL = frozenset({"notices", "rulings", "appeals"})  # topics in which people write, and whose words stay where they are
_REPEATS = "Invalid enum value"  # how the one message of the decoder begins that repeats what it has read


class Record(Struct, frozen=True):
    """One record as a stage is given it: its place, its bytes, and either the event in it or what is wrong with it."""

    topic: str
    partition: int
    offset: int
    raw: bytes
    event: Any = None
    fault: Fault | None = None
    key: str | None = None
    headers: Mapping[str, str] | None = None
    timestamp: datetime | None = None
    digest: str | None = None  # of the bytes, where they are too many to be held
    clock_ended: bool = False  # the clock had no later tick when this record was taken
    came: datetime | None = None  # when what caused it came in from outside, by the broker's time; None: it came from there itself

    @property
    def since(self) -> datetime | None:
        """When it, or what caused it, came in from outside."""
        return self.came or self.timestamp


class Output(NamedTuple):
    """An event for a topic, and the record that caused it."""

    topic: str
    key: str | None
    event: Any
    cause: Record


@dataclass(slots=True)
class Tally:
    """What became of the records of one stage. `facts` counts what is worth knowing beside that, `decided` decisions by kind."""

    taken: int = 0
    passed: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    dead: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)

    @property
    def residual(self) -> int:
        """Records in that have no disposition: always 0, or something was lost."""
        return self.taken - self.passed - self.kept - self.dropped.total() - self.dead.total()

    @property
    def fates(self) -> dict[str, int]:
        """The dispositions as one mapping: `passed`, `kept`, `dropped:<reason>`, `dead:<code>`; those that did not happen are left out."""
        found = {"passed": self.passed, "kept": self.kept}
        found |= {f"dropped:{reason}": number for reason, number in self.dropped.items()}
        found |= {f"dead:{code}": number for code, number in self.dead.items()}
        return {fate: number for fate, number in found.items() if number}

    def add(self, other: "Tally") -> None:
        """Add another tally to this one."""
        self.taken += other.taken
        self.passed += other.passed
        self.kept += other.kept
        self.dropped.update(other.dropped)
        self.dead.update(other.dead)
        self.facts.update(other.facts)
        self.decided.update(other.decided)


@dataclass(slots=True)
class Outputs:
    """What a stage made of a chunk: events in the order of their causes, dead letters, and the disposition of each record.

    `failures` are the errors that single records made the stage raise: for a log, since a dead letter holds no traceback.
    """

    events: list[Output] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    failures: list[Exception] = field(default_factory=list)

    def emit(self, topic: str, key: str | None, event: Any, cause: Record) -> None:
        """Add an event for a topic."""
        self.events.append(Output(topic, key, event, cause))

    def bury(self, stage: str, record: Record, fault: Fault) -> None:
        """Dead-letter a record for a fault."""
        self.dead_letters.append(dead_letter(stage, record, fault))
        self.tally.dead[fault.code] += 1

    def extend(self, other: "Outputs") -> None:
        """Append what came of the records that follow."""
        self.events += other.events
        self.dead_letters += other.dead_letters
        self.tally.add(other.tally)
        self.failures += other.failures


def dead_letter(stage: str, record: Record, fault: Fault) -> DeadLetter:
    """Return the dead letter of a record: the same input gives the same letter."""
    open_to_copy = record.topic not in PERSONAL and record.digest is None and len(record.raw) <= ORIGINAL_LIMIT
    return DeadLetter(
        stage=stage,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        error=_without_words(fault) if record.topic in PERSONAL else fault,
        input_hash=record.digest or xxh3_128_hexdigest(record.raw),
        key=record.key,
        headers=dict(record.headers) if record.headers else None,
        timestamp=record.timestamp,
        original=b64encode(record.raw).decode() if open_to_copy else None,
    )


def _without_words(fault: Fault) -> Fault:
    """Return a fault that repeats nothing: somebody may have written a name where a kind belongs."""
    return replace(fault, message=_REPEATS) if fault.message.startswith(_REPEATS) else fault
