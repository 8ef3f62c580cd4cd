"""A complaint about a listing (topic `notices`), and what becomes of it (topic `notice-outcomes`)."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.decision import Version
from pipeline.events.scalars import Count, EventTime, Id, Label, Language, Text, Time, Url, Word, check_event_time
from pipeline.events.value import Value

NoticeKind = Literal["counterfeit", "trademark", "copyright", "design", "patent", "retraction"]
NotifierKind = Literal["rights_holder", "agent", "trusted_flagger", "authority", "consumer", "other"]
Outcome = Literal["received", "forwarded", "accepted", "refused", "already_down", "retracted", "reversed"]

FINAL: tuple[Outcome, ...] = ("accepted", "refused", "already_down", "retracted")
CODES: Mapping[str, frozenset[str]] = {  # the codes that an outcome may have: docs/people.md says when
    "received": frozenset({"received"}),
    "forwarded": frozenset({"appealed"}),
    "accepted": frozenset({"accepted", "taken-back"}),
    "refused": frozenset({
        "notifier-suspended", "incomplete", "right-unknown", "right-inactive", "right-expired", "right-kind", "listing-unknown",
        "territory", "no-right", "insufficient", "found-genuine", "inconclusive", "unanswered", "notice-unknown", "already-ended",
    }),
    "already_down": frozenset({"already-down"}),
    "retracted": frozenset({"retracted"}),
    "reversed": frozenset({"reversed", "complaint-upheld"}),
}  # fmt: skip


class Contact(Value, frozen=True):
    """Who may be asked: personal data, which stays in the topic."""

    name: Label | None = None
    email: Annotated[str, Meta(max_length=320)] | None = None


class Notice(Value, frozen=True):
    """What a notifier says of a listing. Anyone may notify; what is missing is found out when it is checked, not when it is read."""

    notice_id: Id
    notifier_id: Id
    seller_id: Id
    listing_id: Id
    event_time: EventTime
    kind: NoticeKind
    right_id: Id | None = None
    explanation: Text | None = None
    good_faith: bool | None = None
    accurate: bool | None = None
    notifier_kind: NotifierKind | None = None
    contact: Contact | None = None
    url: Url | None = None
    language: Language | None = None
    evidence: Annotated[tuple[Url, ...], Meta(max_length=100)] = ()
    retracts: Id | None = None

    def __post_init__(self) -> None:
        check_event_time(self.event_time)


class NoticeOutcome(Value, frozen=True):
    """What became of a notice: `received` is its receipt; `accepted`, `refused`, `already_down` or `retracted` its one final outcome.

    `forwarded` says that the seller objects, and until when proof of a suit keeps the listing down. After the final outcome only an
    `amendment` comes: `retracted` or `reversed`.
    """

    notice_id: Id
    notifier_id: Id
    seller_id: Id
    listing_id: Id
    outcome: Outcome
    code: Word
    hint: Annotated[str, Meta(max_length=1000)]
    automated: bool
    decided_at: Time
    handled_in: Annotated[Count, Meta(description="Seconds from the notice to this outcome.")]
    policy_version: Version
    amendment: bool = False
    takedown_id: Id | None = None
    until: Time | None = None
    same_as: Annotated[Id, Meta(description="The notice in which the same was said before.")] | None = None
