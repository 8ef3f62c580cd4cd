"""The standing of a notifier (reference topic `notifier-standings`)."""

from typing import Literal

from pipeline.events.scalars import Id, Time
from pipeline.events.value import Value

Tier = Literal["fast_track", "ordinary", "warned", "suspended"]


class NotifierStanding(Value, frozen=True):
    """How a notifier's notices are taken; one record replaces the earlier one of its notifier. Who has none is ordinary."""

    notifier_id: Id
    tier: Tier
    until: Time | None = None  # then it is ordinary again
