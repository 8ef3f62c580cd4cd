"""An objection: of a seller to a measure, or of a notifier to a refusal (topic `appeals`)."""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.scalars import EventTime, Id, Text, Url, check_event_time
from pipeline.events.value import Value

Grounds = Literal["genuine", "authorised", "second_hand", "reference", "mistaken_identity", "other"]
Regime = Literal["dsa", "cn", "dmca"]
SUBJECTS = ("takedown_id", "closure_id", "warning_id", "notice_id")


class Appeal(Value, frozen=True):
    """Against exactly one takedown, closure or warning, or the refusal of a notice, of which its notifier complains.

    Statement and evidence are personal data, which stays in the topic.
    """

    appeal_id: Id
    seller_id: Id
    event_time: EventTime
    grounds: Grounds
    statement: Text
    takedown_id: Id | None = None
    closure_id: Id | None = None
    warning_id: Id | None = None
    notice_id: Id | None = None
    notifier_id: Id | None = None
    evidence: Annotated[tuple[Url, ...], Meta(max_length=100)] = ()
    jurisdiction: Regime | None = None

    def __post_init__(self) -> None:
        check_event_time(self.event_time)
        named = [name for name in SUBJECTS if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError(f"exactly one of {', '.join(SUBJECTS)} is needed, not {' and '.join(named) or 'none'} - at `$`")
        if self.notice_id is not None and self.notifier_id is None:
            raise ValueError("a complaint about a refused notice names its notifier - at `$.notifier_id`")
