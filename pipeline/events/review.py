"""A question to people (topic `reviews`)."""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.decision import Score, Version
from pipeline.events.scalars import Count, Countries, Id, Time
from pipeline.events.takedown import Ids, Reasons
from pipeline.events.value import Value


class Assignee(Value, frozen=True):
    """Who answers: the marketplace's team, or the brand that the id names."""

    kind: Literal["team", "brand"]
    id: Id | None = None


class Review(Value, frozen=True):
    """What the signals alone do not decide: about a listing, or whether a store closes. Priority 1 is the most urgent.

    `points` and `takedown_ids` are those that would close the store; `notice_ids` the notices that wait for the answer.
    """

    review_id: Id
    seller_id: Id
    question: Literal["counterfeit", "infringement", "closure"]
    assignee: Assignee
    priority: Annotated[int, Meta(ge=1, le=9)]
    due_at: Time
    opened_at: Time
    right_ids: Ids
    brand_ids: Ids
    reasons: Reasons
    score: Score
    policy_version: Version
    registry_version: Version
    braked: bool = False
    listing_id: Id | None = None
    listing_version: Count | None = None
    territories: Countries | None = None
    notice_ids: Ids = ()
    takedown_ids: Annotated[tuple[Id, ...], Meta(max_length=100_000)] = ()
    points: Count | None = None
