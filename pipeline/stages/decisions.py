"""The events that a decision on a listing becomes."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from pipeline.enforcement.ledger import Ledger, points
from pipeline.enforcement.measures import takedown_ids
from pipeline.events.decision import Reason
from pipeline.events.ids import derive
from pipeline.events.review import Assignee, Review
from pipeline.events.right import Right
from pipeline.events.sequence import SequencedNotice, SequencedRuling
from pipeline.events.takedown import Severity, Takedown
from pipeline.policy.model import Policy, Preset
from pipeline.policy.reasons import text
from pipeline.stages.cases import Case
from pipeline.stages.offer import Offer
from pipeline.stages.questions import Question
from pipeline.stages.reference import Snapshot
from pipeline.stages.shelf import KnownListing
from pipeline.stages.verdict import Verdict, outcome, reasons, right_ids, severity

UNANSWERED = "unanswered"


class Cost(Struct, frozen=True):
    """What a takedown costs its seller. An excused one was offered before the last step took effect, and costs nothing."""

    points: int
    excused: bool


# -- takedowns


def takedown(offer: Offer, verdicts: Sequence[Verdict], cost: Cost, snapshot: Snapshot) -> Takedown:
    """Return the takedown of an offer, for the rights whose verdict it is; the first one leads."""
    lead, policy = verdicts[0], snapshot.policy
    return Takedown(
        takedown_id=offer.derive("takedown"),
        listing_id=offer.listing_id,
        listing_version=offer.version,
        seller_id=offer.seller_id,
        brand_ids=_brand_ids(verdict.right for verdict in verdicts),
        right_ids=right_ids(verdicts),
        decided_at=offer.at,
        source="own_initiative",
        detection="automated",
        decision="automated",
        ground="illegal",
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        score=lead.score,
        severity=severity(lead.score, policy),
        points=cost.points,
        reasons=reasons(lead, policy, offer.language),
        appeal_until=offer.at + policy.times.appeal_window,
        excused=cost.excused,
        territories=_territories(verdicts),
    )


def noticed(
    notice: SequencedNotice,
    listing: KnownListing,
    verdicts: Sequence[Verdict],
    at: datetime,
    cost: Cost,
    snapshot: Snapshot,
) -> Takedown:
    """Return the takedown that a notice leads to at once."""
    lead, policy = verdicts[0], snapshot.policy
    return Takedown(
        takedown_id=derive("takedown", notice.seller_id, notice.notice_id, notice.listing_id),
        listing_id=notice.listing_id,
        listing_version=listing.version,
        seller_id=notice.seller_id,
        brand_ids=_brand_ids(verdict.right for verdict in verdicts),
        right_ids=right_ids(verdicts),
        decided_at=at,
        source="notice",
        detection="notice",
        decision="automated",
        ground="illegal",
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        score=lead.score,
        severity=graveness(notice.claim),
        points=cost.points,
        reasons=reasons(lead, policy, listing.language),
        appeal_until=at + policy.times.appeal_window,
        excused=cost.excused,
        territories=_territories(verdicts),
        notice_id=notice.notice_id,
    )


def graveness(found: str) -> Severity:
    """Return how grave what people have found, or what a notice claims, is."""
    return "serious" if found == "counterfeit" else "ordinary"


class Answer(Struct, frozen=True):
    """A takedown as the answer to what `ident` names, a question or a refusal: by people, or by their silence where the policy says so."""

    ident: str
    at: datetime
    severity: Severity
    by: SequencedRuling | None


def answered(
    seller_id: str, asked: Question, listing_id: str, listing: KnownListing, by: Answer, cost: Cost, snapshot: Snapshot
) -> Takedown:
    """Return the takedown by which a question is answered: for its reasons, and because people have looked, or have not in time."""
    policy = snapshot.policy
    noticed = asked.notice_id is not None
    return Takedown(
        takedown_id=derive("takedown", seller_id, by.ident, listing_id),
        listing_id=listing_id,
        listing_version=listing.version,
        seller_id=seller_id,
        brand_ids=asked.brand_ids,
        right_ids=asked.right_ids,
        decided_at=by.at,
        source="notice" if noticed else "ruling" if by.by else "own_initiative",
        detection="notice" if noticed else "automated",
        decision="human" if by.by else "automated",
        ground="illegal",
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        score=asked.score,
        severity=by.severity,
        points=cost.points,
        reasons=(*asked.reasons, _why(by.by, policy)),
        appeal_until=by.at + policy.times.appeal_window,
        excused=cost.excused,
        territories=asked.territories,
        notice_id=asked.notice_id,
    )


def _why(by: SequencedRuling | None, policy: Policy) -> Reason:
    if by is None:
        return Reason(UNANSWERED, 0.0, text(UNANSWERED, policy.language, policy.language, {}))
    return Reason("ruling", 0.0, text("ruling", policy.language, policy.language, {"verdict": by.verdict, "by": by.decided_by.kind}))


def asked_by(notice: SequencedNotice, rights: Sequence[Right]) -> Question:
    """Return the question that a notice puts, when people have answered it without one."""
    return Question(
        listing_id=notice.listing_id,
        right_ids=tuple(right.right_id for right in rights),
        brand_ids=_brand_ids(rights),
        reasons=(),
        score=0.0,
        notice_id=notice.notice_id,
    )


def renewed(seller_id: str, takedown_id: str, case: Case, listing: KnownListing, by: SequencedRuling, snapshot: Snapshot) -> Takedown:
    """Return the takedown of a listing that was put back, when people uphold the first one, whose points count again: it has none."""
    policy = snapshot.policy
    assert case.listing_id is not None, "a takedown is of a listing"
    return Takedown(
        takedown_id=derive("takedown", "renews", takedown_id),
        listing_id=case.listing_id,
        listing_version=listing.version,
        seller_id=seller_id,
        brand_ids=_brand_ids(snapshot.registry.known(case.right_ids)),
        right_ids=case.right_ids,
        decided_at=by.at,
        source="ruling",
        detection="notice" if case.source == "notice" else "automated",
        decision="human",
        ground="illegal",
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        score=0.0,
        severity=graveness(by.verdict),
        points=0,
        reasons=(_why(by, policy),),
        appeal_until=by.at,
        renews=takedown_id,
    )


def swept(seller_id: str, listing_id: str, listing: KnownListing, closure_id: str, at: datetime, snapshot: Snapshot) -> Takedown:
    """Return the takedown of a closed store's listing: on the marketplace's terms, with no score and no points."""
    policy = snapshot.policy
    reason = Reason("store_closed", 0.0, text("store_closed", policy.language, policy.language, {"closure": closure_id}))
    return Takedown(
        takedown_id=derive("takedown", closure_id, listing_id, str(listing.version), at.isoformat()),
        listing_id=listing_id,
        listing_version=listing.version,
        seller_id=seller_id,
        brand_ids=_brand_ids(snapshot.registry.known(listing.right_ids)),
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


# -- questions


def review(offer: Offer, verdicts: Sequence[Verdict], snapshot: Snapshot, *, braked: bool) -> Review:
    """Return the question about an offer; a braked one is a takedown that the brake held back."""
    lead, policy = verdicts[0], snapshot.policy
    assignee = _assignee(verdicts, policy, braked=braked)
    due_after = policy.reviews.joint_force.due_after if assignee.kind == "brand" else policy.reviews.due_after
    return Review(
        review_id=offer.derive("review"),
        seller_id=offer.seller_id,
        question="counterfeit",
        assignee=assignee,
        priority=policy.reviews.priority_of(offer.category),
        due_at=offer.at + due_after,
        opened_at=offer.at,
        right_ids=right_ids(verdicts),
        brand_ids=_brand_ids(verdict.right for verdict in verdicts),
        reasons=(*reasons(lead, policy, offer.language), *_held_back(braked, lead, policy, offer.language)),
        score=lead.score,
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        braked=braked,
        listing_id=offer.listing_id,
        listing_version=offer.version,
        territories=_territories(verdicts),
    )


def _assignee(verdicts: Sequence[Verdict], policy: Policy, *, braked: bool) -> Assignee:
    """Return who is asked: the brand, where nothing speaks of the goods and the holder has said who speaks for it; else the team."""
    lead = verdicts[0].right
    cannot_tell = not braked and not any(verdict.about_goods for verdict in verdicts)
    to_brand = policy.reviews.joint_force.enabled and cannot_tell and bool(lead.notifier_ids)
    return Assignee("brand", lead.brand_id) if to_brand else Assignee("team")


def noticed_review(notice: SequencedNotice, listing: KnownListing, verdicts: Sequence[Verdict], at: datetime, snapshot: Snapshot) -> Review:
    """Return the question that a notice leads to."""
    lead, policy = verdicts[0], snapshot.policy
    return Review(
        review_id=derive("review", notice.seller_id, notice.notice_id, notice.listing_id),
        seller_id=notice.seller_id,
        question="counterfeit" if notice.claim == "counterfeit" else "infringement",
        assignee=Assignee("team"),
        priority=policy.reviews.priority_of(listing.category),
        due_at=at + policy.reviews.due_after,
        opened_at=at,
        right_ids=right_ids(verdicts),
        brand_ids=_brand_ids(verdict.right for verdict in verdicts),
        reasons=reasons(lead, policy, listing.language),
        score=lead.score,
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        listing_id=notice.listing_id,
        listing_version=listing.version,
        territories=_territories(verdicts),
        notice_ids=(notice.notice_id,),
    )


def closure_review(ledger: Ledger, seller_id: str, cause: str, at: datetime, preset: Preset, snapshot: Snapshot) -> Review:
    """Return the question whether a store closes, to which the takedown `cause` led."""
    policy, counted = snapshot.policy, ledger.uncontested()
    total = points(counted, at, preset)
    why = text("closure_due", policy.language, policy.language, {"points": str(total)})
    return Review(
        review_id=derive("review", "closure", cause),
        seller_id=seller_id,
        question="closure",
        assignee=Assignee("team"),
        priority=policy.reviews.closure_priority,
        due_at=at + policy.reviews.due_after,
        opened_at=at,
        right_ids=(),
        brand_ids=(),
        reasons=(Reason("closure_due", 0.0, why),),
        score=0.0,
        policy_version=policy.version,
        registry_version=snapshot.registry.version,
        takedown_ids=takedown_ids(counted, at, preset),
        points=total,
    )


def question(review: Review, content: str | None, *, by_signals: bool = False, cause: str | None = None) -> Question:
    """Return what is remembered of a review. `content`: that of its listing."""
    return Question(
        listing_id=review.listing_id,
        right_ids=review.right_ids,
        brand_ids=review.brand_ids,
        reasons=review.reasons,
        score=review.score,
        territories=review.territories,
        content=content,
        brand_id=review.assignee.id if review.assignee.kind == "brand" else None,
        by_signals=by_signals,
        notice_id=review.notice_ids[0] if review.notice_ids else None,
        cause=cause,
    )


def _brand_ids(rights: Iterable[Right]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(right.brand_id for right in rights))


def _territories(verdicts: Iterable[Verdict]) -> tuple[str, ...] | None:
    """Return where the rights hold; None where one of them holds everywhere."""
    bounds = [verdict.right.territories for verdict in verdicts]
    return tuple(sorted({country for bound in bounds for country in bound or ()})) if all(bounds) else None


def _held_back(braked: bool, verdict: Verdict, policy: Policy, language: str | None) -> tuple[Reason, ...]:
    """Return why what scores a takedown is a question: its brand is a guess, or the brake holds it."""
    guessed = verdict.guessed and outcome(verdict.score, verdict.shares, policy.decision) == "takedown"
    codes = (*(("guess",) if guessed else ()), *(("brake",) if braked else ()))
    words = {"brand": verdict.right.brand}
    return tuple(Reason(code, 0.0, text(code, language or policy.language, policy.language, words)) for code in codes)
