"""How a person rules: on one subject, by name, with what is true of the ruling beside it."""

from typing import Literal

from pipeline.events.ruling import DecidedBy, DeciderKind, Ruling, Verdict
from pipeline.simulate.mixing import mix
from pipeline.simulate.people.scene import RULINGS, Scene
from pipeline.simulate.people.truth import PersonTruth, Who

Subject = Literal["review_id", "takedown_id", "appeal_id", "closure_id"]
_REVIEWERS, _COURTS = 25, 4


def rule(
    scene: Scene, seller_id: str, verdict: Verdict, by: DecidedBy, on: tuple[Subject, str], *, rightful: bool, flaw: str | None = None
) -> None:
    """Rule on a subject, named by its field and id, now."""
    field, ident = on
    ruling = Ruling(
        ruling_id=scene.number("RU"), seller_id=seller_id, event_time=scene.now, verdict=verdict, decided_by=by, **{field: ident}
    )
    scene.say(RULINGS, ruling, PersonTruth("ruling", ruling.ruling_id, seller_id, _who(by.kind), rightful, ident, flaw))


def decider(scene: Scene, kind: DeciderKind, ident: str) -> DecidedBy:
    """Return the person of a kind who decides on what an id names; brands have ids of their own."""
    number = mix(scene.seed, kind, ident)
    name = {"court": f"court-{number % _COURTS + 1}", "authority": "AUTH-1", "dispute_body": "dispute-body-1"}.get(kind)
    return DecidedBy(kind, name or f"reviewer-{number % _REVIEWERS + 1}")


def _who(kind: DeciderKind) -> Who:
    return kind
