"""The events that a step leads to."""

from datetime import datetime
from typing import cast

from pipeline.enforcement.ledger import Ledger, living_hits, points
from pipeline.enforcement.steps import WARNING
from pipeline.events.enforcement import ClosureDecision, SellerWarning, StoreClosure, WarningStep
from pipeline.events.ids import derive
from pipeline.policy.model import Policy, Preset, Step


def warning(ledger: Ledger, step: Step, seller_id: str, cause: str, at: datetime, policy: Policy, preset: Preset) -> SellerWarning:
    """Return the warning, restriction or suspension that the takedown `cause` led to."""
    counted = ledger if step.code == WARNING else ledger.uncontested()
    return SellerWarning(
        warning_id=derive(step.code, cause),
        seller_id=seller_id,
        step=cast("WarningStep", step.code),
        points=points(counted, at, preset),
        takedown_ids=takedown_ids(counted, at, preset),
        decided_at=at,
        policy_version=policy.version,
        preset=policy.enforcement.preset,
        epoch=ledger.epoch,
        until=at + step.lasts if step.lasts is not None else None,
    )


def closure(
    ledger: Ledger,
    seller_id: str,
    cause: str,
    at: datetime,
    swept: int,
    policy: Policy,
    preset: Preset,
    decision: ClosureDecision = "automated",
    review_id: str | None = None,
) -> StoreClosure:
    """Return the closure that the takedown `cause` led to, with the number of live listings that go with the store.

    `review_id`: the question that people answered with it.
    """
    counted = ledger.uncontested()
    return StoreClosure(
        closure_id=closure_id(cause),
        seller_id=seller_id,
        decided_at=at,
        points=points(counted, at, preset),
        takedown_ids=takedown_ids(counted, at, preset),
        decision=decision,
        policy_version=policy.version,
        preset=policy.enforcement.preset,
        epoch=ledger.epoch,
        swept=swept,
        review_id=review_id,
    )


def closure_id(cause: str) -> str:
    """Return the id of the closure that a takedown led to."""
    return derive("closure", cause)


def decided_by(ledger: Ledger, at: datetime, preset: Preset) -> ClosureDecision:
    """Return who has decided the takedowns that count to a closure: machine alone, people alone, or both."""
    human = {hit.human for hit in living_hits(ledger.uncontested(), at, preset) if hit.points}
    return "partly" if len(human) > 1 else "human" if human == {True} else "automated"


def takedown_ids(ledger: Ledger, at: datetime, preset: Preset) -> tuple[str, ...]:
    """Return the takedowns that count at a time."""
    return tuple(hit.takedown_id for hit in living_hits(ledger, at, preset))
