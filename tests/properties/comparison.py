"""Compares what the naive model says with what flagging did, record by record, and tells the model the ids that it cannot know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.notice import NoticeOutcome
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.takedown import Takedown
from pipeline.stages.record import Outputs
from tests.properties.facts import Answer, Closure, Down, Given, Question, Said, Step
from tests.properties.histories import Player
from tests.properties.model import Model

Told: TypeAlias = tuple[str, ...]
ORDER: tuple[tuple[tuple[type, ...], tuple[type, ...]], ...] = (
    ((Down, Question), (Takedown, Review)),
    ((Step, Closure), (SellerWarning, StoreClosure)),
    ((Given, Answer), (Reinstatement, NoticeOutcome)),
)


@dataclass(frozen=True)
class Difference:
    """One record about which the two do not agree."""

    number: int
    event: Any
    only_stages: list[Told]
    only_model: list[Told]

    def __str__(self) -> str:
        stages = "\n".join(f"  only the stages say: {one}" for one in self.only_stages)
        model = "\n".join(f"  only the model says:  {one}" for one in self.only_model)
        return "\n".join(part for part in (f"record {self.number}: {self.event}", stages, model) if part)


def compare(player: Player) -> tuple[Model, Difference | None]:
    """Let the model follow a played history up to the first difference. Returns the model as it stands there."""
    model = Model(player.policy, player.rights, player.standings)
    for number, (event, outputs) in enumerate(player.steps):
        model.handle(event, detected(outputs))
        difference = follow(model, number, event, outputs)
        if difference:
            return model, difference
    return model, None


def detected(outputs: Outputs) -> list[Takedown | Review]:
    """Return what signals alone led to."""
    made = [output.event for output in outputs.events]
    return [
        one
        for one in made
        if (isinstance(one, Takedown) and one.source == "own_initiative")
        or (isinstance(one, Review) and one.question != "closure" and not one.notice_ids)
    ]


def follow(model: Model, number: int, event: Any, outputs: Outputs) -> Difference | None:
    """Compare what both say of one record; first what has an id of its own, so that the rest can name it."""
    made = [output.event for output in outputs.events]
    for ours, theirs in ORDER:
        mine = sorted((_ours(one), place) for place, one in enumerate(model.happened) if isinstance(one, ours))
        yours = sorted((_theirs(one), place) for place, one in enumerate(made) if isinstance(one, theirs))
        if [told for told, _ in mine] != [told for told, _ in yours]:
            return _difference(number, event, mine, yours)
        for (_, here), (_, there) in zip(mine, yours, strict=True):
            _bind(model.happened[here], made[there])
    if bool(model.dead) != bool(outputs.dead_letters):
        said = [letter.error.message for letter in outputs.dead_letters]
        return Difference(number, event, [("dead letter", *said)] * bool(said), [("dead letter", model.dead)] * bool(model.dead))
    return None


def _difference(number: int, event: Any, mine: Sequence[tuple[Told, int]], yours: Sequence[tuple[Told, int]]) -> Difference:
    model, stages = [told for told, _ in mine], [told for told, _ in yours]
    return Difference(number, event, _without(stages, model), _without(model, stages))


def _bind(ours: Any, theirs: Any) -> None:
    """Tell the model the id of what it has foretold."""
    match theirs:
        case Takedown():
            ours.ident = theirs.takedown_id
        case Review():
            ours.ident = theirs.review_id
        case SellerWarning():
            ours.ident = theirs.warning_id
        case StoreClosure():
            ours.ident = theirs.closure_id


def _without(some: Sequence[Told], others: Sequence[Told]) -> list[Told]:
    left = list(others)
    return [one for one in some if one not in left or left.remove(one)]  # type: ignore[func-returns-value]


def _told(kind: str, **fields: Any) -> Told:
    return (kind, *(f"{name}={value}" for name, value in fields.items()))


def _theirs(event: Any) -> Told:
    """Tell what an output says, in the words of both."""
    match event:
        case Takedown():
            return _told(
                "takedown",
                listing=event.listing_id,
                seller=event.seller_id,
                source=event.source,
                detection=event.detection,
                decision=event.decision,
                severity=event.severity,
                points=event.points,
                excused=event.excused,
                rights=sorted(event.right_ids) if event.source != "closure" else [],
                renews=event.renews,
            )
        case Review():
            return _told(
                "review",
                seller=event.seller_id,
                listing=event.listing_id,
                rights=sorted(event.right_ids),
                assignee=(event.assignee.kind, event.assignee.id),
                priority=event.priority,
                due=event.due_at,
                notices=sorted(event.notice_ids),
            )
        case SellerWarning():
            return _told(
                "step",
                seller=event.seller_id,
                code=event.step,
                points=event.points,
                behind=sorted(event.takedown_ids),
                until=event.until,
            )
        case StoreClosure():
            return _told("closure", seller=event.seller_id, points=event.points, behind=sorted(event.takedown_ids), decision=event.decision)
        case Reinstatement():
            return _told("given", what=event.takedown_id or event.closure_id or event.warning_id, cause=event.cause)
        case NoticeOutcome():
            return _told(
                "outcome",
                notice=event.notice_id,
                outcome=event.outcome,
                code=event.code,
                amendment=event.amendment,
                takedown=event.takedown_id,
                same_as=event.same_as,
                until=event.until,
            )
    raise AssertionError(f"nobody expects {event}")


def _ours(one: Any) -> Told:
    """Tell what the model says, in the words of both."""
    match one:
        case Down():
            return _told(
                "takedown",
                listing=one.listing_id,
                seller=one.seller_id,
                source=one.source,
                detection=one.detection,
                decision=one.decision,
                severity=one.severity,
                points=one.points,
                excused=one.excused,
                rights=sorted(one.rights),
                renews=one.renews.ident if one.renews else None,
            )
        case Question():
            return _told(
                "review",
                seller=one.seller_id,
                listing=one.listing_id,
                rights=sorted(one.rights),
                assignee=one.assignee,
                priority=one.priority,
                due=one.due,
                notices=[one.waiting[0].event.notice_id] if one.by_notices else [],
            )
        case Step():
            return _told(
                "step",
                seller=one.seller_id,
                code=one.code,
                points=one.points,
                behind=_names(one.downs),
                until=one.until,
            )
        case Closure():
            return _told(
                "closure",
                seller=one.seller_id,
                points=one.points,
                behind=_names(one.downs),
                decision=one.decision,
            )
        case Given():
            return _told("given", what=one.what.ident, cause=one.cause)
        case Answer():
            return _told(
                "outcome",
                notice=one.said.event.notice_id,
                outcome=one.outcome,
                code=one.code,
                amendment=one.amendment,
                takedown=one.takedown.ident if one.takedown else None,
                same_as=_name(one.same_as),
                until=one.until,
            )
    raise AssertionError(f"nobody expects {one}")


def _name(said: Said | None) -> str | None:
    return said.event.notice_id if said else None


def _names(downs: Sequence[Down]) -> list[str]:
    return sorted(down.ident for down in downs)
