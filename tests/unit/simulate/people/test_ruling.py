"""A ruling names its subject and who decided."""

import pytest

from pipeline.events.ruling import DecidedBy, DeciderKind, Ruling
from pipeline.simulate.people.ruling import Subject, decider, rule
from tests.unit.simulate.people.cast import START, scene


@pytest.mark.parametrize("field", ["review_id", "takedown_id", "appeal_id", "closure_id"])
def test_it_is_about_exactly_its_subject(field: Subject) -> None:
    one = scene()
    rule(one, "S1", "uphold", DecidedBy("court", "court-1"), (field, "X1"), rightful=False, flaw="late")
    (said,) = one.collect()
    assert isinstance(said.event, Ruling)
    assert (getattr(said.event, field), said.event.event_time, said.event.verdict) == ("X1", START, "uphold")
    assert said.truth is not None
    assert (said.truth.id, said.truth.by, said.truth.rightful, said.truth.subject, said.truth.flaw) == (
        "RU0000001",
        "court",
        False,
        "X1",
        "late",
    )


@pytest.mark.parametrize("kind", ["reviewer", "court", "authority", "dispute_body"])
def test_who_decides_belongs_to_the_subject(kind: DeciderKind) -> None:
    assert decider(scene(), kind, "X1") == decider(scene(), kind, "X1")
    assert decider(scene(), kind, "X1").kind == kind


def test_many_reviewers_decide() -> None:
    assert len({decider(scene(), "reviewer", str(number)).id for number in range(200)}) > 10
