"""A listing goes (topic `takedowns`)."""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.decision import Reason, Score, Version
from pipeline.events.scalars import Count, Countries, Id, Time
from pipeline.events.value import Value

Source = Literal["own_initiative", "notice", "ruling", "closure", "retroactive"]
Severity = Literal["serious", "ordinary"]
Ids = Annotated[tuple[Id, ...], Meta(max_length=1000)]
Reasons = Annotated[tuple[Reason, ...], Meta(min_length=1, max_length=100)]


class Takedown(Value, frozen=True):
    """The decision to take a listing down: who decided, on what grounds, by which policy and registry, and until when to appeal.

    `points` went to the seller's ledger; they are 0 for a listing swept with its store and for an excused one.
    """

    takedown_id: Id
    listing_id: Id
    listing_version: Count
    seller_id: Id
    brand_ids: Ids
    right_ids: Ids
    decided_at: Time
    source: Source
    detection: Literal["automated", "notice", "human"]
    decision: Literal["automated", "partly", "human"]
    ground: Literal["illegal", "terms"]
    policy_version: Version
    registry_version: Version
    score: Score
    severity: Severity
    points: Count
    reasons: Reasons
    appeal_until: Time
    excused: bool = False
    territories: Countries | None = None
    notice_id: Id | None = None
    closure_id: Id | None = None
    renews: Id | None = None  # the takedown that was put back, and is upheld after all
