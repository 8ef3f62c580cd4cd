"""What people decide (topic `rulings`)."""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.scalars import EventTime, Id, check_event_time
from pipeline.events.value import Value

Verdict = Literal["counterfeit", "infringing", "genuine", "uphold", "reverse", "inconclusive", "stayed"]
DeciderKind = Literal["reviewer", "brand", "court", "authority", "dispute_body"]
SUBJECTS = ("review_id", "takedown_id", "appeal_id", "closure_id", "referral_id")


class DecidedBy(Value, frozen=True):
    """Who decided."""

    kind: DeciderKind
    id: Id


class Ruling(Value, frozen=True):
    """An answer to exactly one question, takedown, appeal, closure or referral. `stayed`: proof of suit has come, a put-back waits."""

    ruling_id: Id
    seller_id: Id
    event_time: EventTime
    verdict: Verdict
    decided_by: DecidedBy
    review_id: Id | None = None
    takedown_id: Id | None = None
    appeal_id: Id | None = None
    closure_id: Id | None = None
    referral_id: Id | None = None
    note: Annotated[str, Meta(max_length=20_000)] | None = None

    def __post_init__(self) -> None:
        check_event_time(self.event_time)
        named = [name for name in SUBJECTS if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError(f"exactly one of {', '.join(SUBJECTS)} is needed, not {' and '.join(named) or 'none'} - at `$`")
