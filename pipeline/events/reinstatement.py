"""What is given back (topic `reinstatements`)."""

from typing import Literal

from pipeline.events.decision import Version
from pipeline.events.scalars import Id, Time
from pipeline.events.value import Value

Cause = Literal["ruling", "deadline", "retraction", "cascade", "retroactive"]


class Reinstatement(Value, frozen=True):
    """A takedown, closure or warning that no longer holds, and why. `cascade`: it rested on another that is given back."""

    reinstatement_id: Id
    seller_id: Id
    decided_at: Time
    cause: Cause
    policy_version: Version
    registry_version: Version
    takedown_id: Id | None = None
    closure_id: Id | None = None
    warning_id: Id | None = None
    listing_id: Id | None = None
    ruling_id: Id | None = None
    notice_id: Id | None = None
    appeal_id: Id | None = None
