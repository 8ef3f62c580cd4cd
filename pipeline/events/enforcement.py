"""What a seller's takedowns lead to (topics `seller-warnings` and `store-closures`)."""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.decision import Version
from pipeline.events.scalars import Count, Id, Time
from pipeline.events.value import Value

WarningStep = Literal["warning", "restriction", "suspension"]
ClosureDecision = Literal["automated", "partly", "human"]
TakedownIds = Annotated[tuple[Id, ...], Meta(min_length=1, max_length=100_000)]


class SellerWarning(Value, frozen=True):
    """A step short of closure, with the takedowns behind it."""

    warning_id: Id
    seller_id: Id
    step: WarningStep
    points: Count
    takedown_ids: TakedownIds
    decided_at: Time
    policy_version: Version
    preset: Version
    epoch: Count
    until: Time | None = None


class StoreClosure(Value, frozen=True):
    """The end of a store, once per epoch, with all the takedowns behind it."""

    closure_id: Id
    seller_id: Id
    decided_at: Time
    points: Count
    takedown_ids: TakedownIds
    decision: ClosureDecision
    policy_version: Version
    preset: Version
    epoch: Count
    swept: Count
    review_id: Id | None = None  # the question that people answered
