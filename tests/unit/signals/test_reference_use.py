import pytest

from pipeline.events.match import Match
from pipeline.signals.reference_use import detect
from tests.build import match
from tests.unit.signals.cases import NIKE, REFERENCE, case, explained

DESCRIBED = match(field="description", score=0.8)
COMPARED = match(use="reference", sense="comparison")
REFERRED = match(field="description", score=0.8, use="reference")


@pytest.mark.parametrize(
    ("matches", "strength"),
    [
        ((REFERENCE, REFERENCE), 1.0),
        ((REFERRED,), 1.0),
        ((REFERENCE, NIKE), None),  # the title itself uses the brand
        ((NIKE, REFERRED), None),
        ((REFERRED, DESCRIBED), None),  # the title says nothing
        ((REFERENCE, DESCRIBED), 0.5556),
        ((REFERENCE, DESCRIBED, DESCRIBED, DESCRIBED), 0.2941),
        ((), None),
        ((COMPARED,), None),  # who compares lives off the name
        ((REFERENCE, COMPARED), None),
    ],
)
def test_every_mention_or_every_one_in_the_title_must_be_a_reference(matches: tuple[Match, ...], strength: float | None) -> None:
    finding = detect(case(matches=matches))
    assert (finding.strength if finding else None) == strength


def test_its_reason_has_all_its_words_and_its_evidence_the_references() -> None:
    finding = detect(case(matches=(REFERENCE, DESCRIBED)))
    assert finding is not None
    assert [place.field for place in finding.evidence] == ["title"]
    assert all("Nike" in reason and "?" not in reason for reason in explained("reference_use", finding))
