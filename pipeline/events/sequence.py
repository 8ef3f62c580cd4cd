"""The recorded sequence (topics `events.unique` and `events.matched`): one order of all that came from outside.

Each record names its kind first. `at` is the time at which every later stage handles the record: its event_time, or the
sequence's own time where the event came later than the policy's lateness.
"""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.appeal import Grounds, Regime
from pipeline.events.listing import Change, Listing
from pipeline.events.match import Match
from pipeline.events.notice import NoticeKind, NotifierKind
from pipeline.events.ruling import DecidedBy
from pipeline.events.ruling import Verdict as RulingVerdict
from pipeline.events.scalars import Count, Countries, Digest, Hex16, Id, Label, Language, Time
from pipeline.events.value import Value


class Offsets(Value, frozen=True):
    """How much of each reference topic holds from a tick on: the number of its records read so far."""

    rights: Count = 0
    policies: Count = 0
    standings: Count = 0


class SequencedTick(Value, frozen=True):
    """A tick, stamped by dedupe with the reference data that holds from here. It passes through all stages."""

    kind: Literal["tick"]
    at: Time
    partition: Count
    reference: Offsets


class SequencedListing(Value, frozen=True):
    """A listing that dedupe passed on."""

    kind: Literal["listing"]
    at: Time
    content_hash: Digest
    fingerprint: Digest
    listing: Listing
    late: bool = False


class MatchedListing(Value, frozen=True):
    """A listing that touches at least one right."""

    kind: Literal["listing"]
    at: Time
    fingerprint: Digest
    matches: Annotated[tuple[Match, ...], Meta(min_length=1, max_length=1000)]
    listing: Listing


class SlimListing(Value, frozen=True):
    """A listing that touches no right, or a removal: what a later question about it needs, and no more."""

    kind: Literal["slim"]
    at: Time
    listing_id: Id
    seller_id: Id
    version: Count
    change: Change
    fingerprint: Digest
    phashes: Annotated[tuple[Hex16, ...], Meta(max_length=50)] = ()
    brand: Label | None = None
    category: Label | None = None
    marketplace: Label | None = None
    language: Language | None = None
    territories: Countries = ()


class SequencedNotice(Value, frozen=True):
    """A notice, by what it claims. Contact, explanation and evidence stay in the topic that brought it; here is how much there is of them.

    `complaint` is the same where the same notifier says the same once more, under whatever id.
    """

    kind: Literal["notice"]
    at: Time
    notice_id: Id
    notifier_id: Id
    seller_id: Id
    listing_id: Id
    claim: NoticeKind
    complaint: Digest
    explained: Count = 0
    evidence: Count = 0
    right_id: Id | None = None
    good_faith: bool = False
    accurate: bool = False
    notifier_kind: NotifierKind = "other"
    language: Language | None = None
    retracts: Id | None = None
    late: bool = False


class SequencedRuling(Value, frozen=True):
    """A ruling, without its note."""

    kind: Literal["ruling"]
    at: Time
    ruling_id: Id
    seller_id: Id
    verdict: RulingVerdict
    decided_by: DecidedBy
    review_id: Id | None = None
    takedown_id: Id | None = None
    appeal_id: Id | None = None
    closure_id: Id | None = None
    referral_id: Id | None = None
    late: bool = False


class SequencedAppeal(Value, frozen=True):
    """An appeal, by what it is about. Its statement and evidence stay in the topic that brought it; here is how much there is of them."""

    kind: Literal["appeal"]
    at: Time
    appeal_id: Id
    seller_id: Id
    grounds: Grounds
    stated: Count
    evidence: Count = 0
    takedown_id: Id | None = None
    closure_id: Id | None = None
    warning_id: Id | None = None
    notice_id: Id | None = None
    notifier_id: Id | None = None
    jurisdiction: Regime | None = None
    late: bool = False
