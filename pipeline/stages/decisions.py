"""The events that a decision on a listing becomes."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from pipeline.events.decision import Reason
from pipeline.events.ids import derive
from pipeline.events.review import Assignee, Review
from pipeline.events.sequence import SequencedRuling
from pipeline.events.takedown import Severity, Takedown
from pipeline.policy.model import Policy
from pipeline.policy.reasons import text
from pipeline.stages.offer import Offer
from pipeline.stages.questions import Question
from pipeline.stages.reference import Snapshot
from pipeline.stages.shelf import KnownListing
from pipeline.stages.verdict import Verdict, reasons, severity


class Cost(Struct, frozen=True):
    """What a takedown costs its seller. An excused one was offered before the last step took effect, and costs nothing."""

    points: int
    excused: bool


def takedown(offer: Offer, verdicts: Sequence[Verdict], language: str | None, cost: Cost, snapshot: Snapshot) -> Takedown:
    """Return the takedown of an offer, for the rights whose verdict it is; the first one leads."""
    lead, policy = verdicts[0], snapshot.policy
    return Takedown(
        takedown_id=offer.derive("takedown"),
        listing_id=offer.listing_id,
        listing_version=offer.version,
        seller_id=offer.seller_id,
        brand_ids=_brand_ids(verdicts),
        right_ids=_right_ids(verdicts),
        decided_at=offer.at,
        source="own_initiative",
        detection="automated",
        decision="automated",
        ground="illegal",
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        score=lead.score,
        severity=severity(lead, policy),
        points=cost.points,
        reasons=reasons(lead, policy, language),
        appeal_until=offer.at + policy.times.appeal_window,
        excused=cost.excused,
        territories=_territories(verdicts),
    )


def ruled(
    seller_id: str, asked: Question, listing: KnownListing, by: SequencedRuling, severity: Severity, cost: Cost, snapshot: Snapshot
) -> Takedown:
    """Return the takedown by which people answer a question: for its reasons, and because they have looked."""
    policy = snapshot.policy
    why = Reason("ruling", 0.0, text("ruling", policy.language, policy.language, {"verdict": by.verdict, "by": by.decided_by.kind}))
    return Takedown(
        takedown_id=derive("takedown", by.ruling_id, asked.listing_id),
        listing_id=asked.listing_id,
        listing_version=listing.version,
        seller_id=seller_id,
        brand_ids=asked.brand_ids,
        right_ids=asked.right_ids,
        decided_at=by.at,
        source="ruling",
        detection="automated",
        decision="human",
        ground="illegal",
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        score=asked.score,
        severity=severity,
        points=cost.points,
        reasons=(*asked.reasons, why),
        appeal_until=by.at + policy.times.appeal_window,
        excused=cost.excused,
        territories=asked.territories,
    )


def swept(seller_id: str, listing_id: str, listing: KnownListing, closure_id: str, at: datetime, snapshot: Snapshot) -> Takedown:
    """Return the takedown of a closed store's listing: on the marketplace's terms, with no score and no points."""
    policy, rights = snapshot.policy, snapshot.registry.rights
    reason = Reason("store_closed", 0.0, text("store_closed", policy.language, policy.language, {"closure": closure_id}))
    return Takedown(
        takedown_id=derive("takedown", closure_id, listing_id, str(listing.version), at.isoformat()),
        listing_id=listing_id,
        listing_version=listing.version,
        seller_id=seller_id,
        brand_ids=tuple(dict.fromkeys(rights[right_id].brand_id for right_id in listing.right_ids if right_id in rights)),
        right_ids=listing.right_ids,
        decided_at=at,
        source="closure",
        detection="automated",
        decision="automated",
        ground="terms",
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        score=0.0,
        severity="ordinary",
        points=0,
        reasons=(reason,),
        appeal_until=at + policy.times.appeal_window,
        closure_id=closure_id,
    )


def review(offer: Offer, verdicts: Sequence[Verdict], snapshot: Snapshot, *, braked: bool) -> Review:
    """Return the question to the team about an offer; a braked one is a takedown that the brake held back."""
    lead, policy, listing = verdicts[0], snapshot.policy, offer.matched.listing if offer.matched else None
    language = listing.language if listing else None
    return Review(
        review_id=offer.derive("review"),
        seller_id=offer.seller_id,
        question="counterfeit",
        assignee=Assignee("team"),
        priority=_priority(listing.category if listing else None, policy),
        due_at=offer.at + policy.reviews.due_after,
        opened_at=offer.at,
        right_ids=_right_ids(verdicts),
        brand_ids=_brand_ids(verdicts),
        reasons=(*reasons(lead, policy, language), *_brake_reason(braked, lead, policy, language)),
        score=lead.score,
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        braked=braked,
        listing_id=offer.listing_id,
        listing_version=offer.version,
        territories=_territories(verdicts),
    )


def _right_ids(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    return tuple(verdict.right.right_id for verdict in verdicts)


def _brand_ids(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(verdict.right.brand_id for verdict in verdicts))


def _territories(verdicts: Iterable[Verdict]) -> tuple[str, ...] | None:
    """Return where the rights hold; None where one of them holds everywhere."""
    bounds = [verdict.right.territories for verdict in verdicts]
    return tuple(sorted({country for bound in bounds for country in bound or ()})) if all(bounds) else None


def _priority(category: str | None, policy: Policy) -> int:
    """Return the urgency of the class of harm that the category belongs to; 1 is the most urgent."""
    words = (category or "").casefold()
    fitting = [harm.priority for harm in policy.reviews.harm if any(word.casefold() in words for word in harm.words)]
    return min(fitting, default=policy.reviews.priority)


def _brake_reason(braked: bool, verdict: Verdict, policy: Policy, language: str | None) -> tuple[Reason, ...]:
    if not braked:
        return ()
    return (Reason("brake", 0.0, text("brake", language or policy.language, policy.language, {"brand": verdict.right.brand})),)
