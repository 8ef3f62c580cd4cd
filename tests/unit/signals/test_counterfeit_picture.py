from msgspec.structs import replace

from pipeline.signals.case import Sighting
from pipeline.signals.counterfeit_picture import detect
from pipeline.stages.verdict import weigh
from tests.unit.signals.cases import REFERENCE, case, explained


def test_a_picture_of_counterfeits() -> None:
    finding = detect(replace(case(), sighting=Sighting(1, False, 3)))
    assert finding is not None
    (evidence,) = finding.evidence
    assert (finding.strength, evidence.field, evidence.found, evidence.right_id) == (1.0, "images[1].phash", "3/64", "R1")
    assert all("3/64" in reason and "?" not in reason for reason in explained("counterfeit_picture", finding))


def test_by_pdq() -> None:
    finding = detect(replace(case(), sighting=Sighting(0, True, 31)))
    assert finding is not None
    assert (finding.evidence[0].field, finding.evidence[0].found) == ("images[0].pdq", "31/256")


def test_without_the_picture_or_the_brand_there_is_none() -> None:
    assert detect(case()) is None
    assert detect(replace(case(matches=(REFERENCE,)), sighting=Sighting(0, False, 0))) is None


def test_alone_it_is_a_question_and_never_a_takedown() -> None:
    verdict = weigh(replace(case(), sighting=Sighting(0, False, 0)))
    assert (verdict.outcome, verdict.lead) == ("review", "counterfeit_picture")
