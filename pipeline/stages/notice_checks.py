"""Why a notice is refused before anybody looks at the listing: what it lacks, and what its right lacks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from pipeline.events.notice import NoticeKind
from pipeline.events.right import Right
from pipeline.events.sequence import SequencedNotice
from pipeline.events.standing import Tier
from pipeline.policy.model import Need
from pipeline.stages.reference import Snapshot
from pipeline.stages.registry import is_valid, meets
from pipeline.stages.shelf import KnownListing

_KINDS: Mapping[NoticeKind, str] = {
    "counterfeit": "trademark",
    "trademark": "trademark",
    "copyright": "copyright",
    "design": "design",
    "patent": "patent",
}
_HAS: Mapping[Need, Callable[[SequencedNotice], bool]] = {
    "right_id": lambda notice: notice.right_id is not None,
    "explanation": lambda notice: notice.explained > 0,
    "good_faith": lambda notice: notice.good_faith,
    "accurate": lambda notice: notice.accurate,
}


class Refusal(NamedTuple):
    """The code of a refusal, and the elements that are missing."""

    code: str
    missing: tuple[str, ...] = ()


def tier(notifier_id: str, snapshot: Snapshot, at: datetime) -> Tier:
    """Return how the notices of a notifier are taken at a time."""
    standing = snapshot.standings.get(notifier_id)
    if standing is None or (standing.until is not None and standing.until <= at):
        return "ordinary"
    return standing.tier


def refusal(notice: SequencedNotice, snapshot: Snapshot, at: datetime) -> Refusal | None:
    """Return why a notice is refused whatever the listing is; None where it is in order."""
    if tier(notice.notifier_id, snapshot, at) == "suspended":
        return Refusal("notifier-suspended")
    needs: tuple[Need, ...] = getattr(snapshot.policy.notices.needs, notice.notifier_kind)
    missing = tuple(need for need in needs if not _HAS[need](notice))
    if missing:
        return Refusal("incomplete", missing)
    return _refusal_of_right(notice, snapshot, at) if notice.right_id is not None else None


def _refusal_of_right(notice: SequencedNotice, snapshot: Snapshot, at: datetime) -> Refusal | None:
    right = snapshot.registry.rights.get(notice.right_id or "")
    if right is None:
        return Refusal("right-unknown")
    if right.status != "active":
        return Refusal("right-inactive")
    if not is_valid(right, at):
        return Refusal("right-expired")
    return Refusal("right-kind") if right.kind != _KINDS[notice.claim] else None


def rights_in_question(notice: SequencedNotice, listing: KnownListing, snapshot: Snapshot, at: datetime) -> tuple[Right, ...]:
    """Return the right that a notice names, or else those that the listing uses as brands, that hold now where it is offered."""
    places = listing.territories or snapshot.policy.territories
    found = snapshot.registry.known((notice.right_id,) if notice.right_id is not None else listing.right_ids)
    return tuple(right for right in found if right.status == "active" and is_valid(right, at) and meets(right, places))
