"""The map: topics, and the stages between them. Everything else is a way to run this list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.events.appeal import Appeal
from pipeline.events.clock import Tick
from pipeline.events.dead_letter import DeadLetter
from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.listing import Listing
from pipeline.events.notice import Notice, NoticeOutcome
from pipeline.events.policy_record import PolicyRecord
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.right import Right
from pipeline.events.ruling import Ruling
from pipeline.events.sequence import (
    MatchedListing,
    SequencedAppeal,
    SequencedListing,
    SequencedNotice,
    SequencedRuling,
    SequencedTick,
    SlimListing,
)
from pipeline.events.standing import NotifierStanding
from pipeline.events.takedown import Takedown
from pipeline.stages import brand_match, dedupe, flagging
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import Reference
from pipeline.state.table import Table
from pipeline.state.view import View


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: the events in it by their kind, its key, and how long it is kept. Only `dead-letters` has several writers."""

    name: str
    role: Literal["input", "reference", "sequence", "output", "dead-letters"]
    events: tuple[type, ...]
    key: str | None
    retention_days: int | None  # None: for ever
    summary: str

    @property
    def rekeyed(self) -> bool:
        """Whether it is an output whose key is not that of the sequence: then one partition of it has the writers of all partitions."""
        return self.role == "output" and self.key != TOPICS[SEQUENCE].key


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: what it reads and writes, what it keeps, and the pure function that it is."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    tables: tuple[Table[Any], ...]
    process: Callable[[Sequence[Record], View, Reference], Outputs]


TOPICS = {
    topic.name: topic
    for topic in (
        Topic("listings", "input", (Listing,), "seller_id", 30, "what sellers offer, as the marketplace sends it"),
        Topic("notices", "input", (Notice,), "seller_id", 365, "complaints about listings"),
        Topic("rulings", "input", (Ruling,), "seller_id", 365, "what people decide"),
        Topic("appeals", "input", (Appeal,), "seller_id", 365, "what sellers and refused notifiers object to"),
        Topic("clock", "input", (Tick,), None, 30, "one tick a minute, to every partition"),
        Topic("rights", "reference", (Right,), "right_id", None, "the registry of rights"),
        Topic("policies", "reference", (PolicyRecord,), "version", None, "policy files as they were published"),
        Topic("notifier-standings", "reference", (NotifierStanding,), "notifier_id", None, "how the notices of a notifier are taken"),
        Topic(
            "events.unique",
            "sequence",
            (SequencedTick, SequencedListing, SequencedNotice, SequencedRuling, SequencedAppeal),
            "seller_id",
            None,
            "the recorded sequence",
        ),
        Topic(
            "events.matched",
            "sequence",
            (SequencedTick, MatchedListing, SlimListing, SequencedNotice, SequencedRuling, SequencedAppeal),
            "seller_id",
            7,
            "the same with matches",
        ),
        Topic("takedowns", "output", (Takedown,), "seller_id", None, "listings that go, with reasons"),
        Topic("reviews", "output", (Review,), "seller_id", 365, "questions to people"),
        Topic("seller-warnings", "output", (SellerWarning,), "seller_id", None, "steps short of closure"),
        Topic("store-closures", "output", (StoreClosure,), "seller_id", None, "stores that close"),
        Topic("reinstatements", "output", (Reinstatement,), "seller_id", None, "what is given back"),
        Topic("notice-outcomes", "output", (NoticeOutcome,), "notifier_id", None, "what became of each notice"),
        Topic("dead-letters", "dead-letters", (DeadLetter,), None, 90, "records that could not be handled, with reasons"),
    )
}

STAGES = (
    Stage("dedupe", ("listings", "notices", "rulings", "appeals", "clock"), ("events.unique",), dedupe.TABLES, dedupe.process),
    Stage("brand-match", ("events.unique",), ("events.matched",), brand_match.TABLES, brand_match.process),
    Stage(
        "flagging",
        ("events.matched",),
        ("takedowns", "reviews", "seller-warnings", "store-closures", "reinstatements", "notice-outcomes"),
        flagging.TABLES,
        flagging.process,
    ),
)

INPUTS = tuple(topic.name for topic in TOPICS.values() if topic.role == "input")
REFERENCES = tuple(topic.name for topic in TOPICS.values() if topic.role == "reference")
OUTPUTS = tuple(topic.name for topic in TOPICS.values() if topic.role in ("sequence", "output"))
SEQUENCE = "events.unique"
DEAD_LETTERS = "dead-letters"


def writer(topic: str) -> str | None:
    """Return the one stage that writes a topic; None where outsiders do, or any stage."""
    return next((stage.name for stage in STAGES if topic in stage.writes), None)


def readers(topic: str) -> tuple[str, ...]:
    """Return the stages that read a topic; every stage reads reference data."""
    if topic in REFERENCES:
        return tuple(stage.name for stage in STAGES)
    return tuple(stage.name for stage in STAGES if topic in stage.reads)
