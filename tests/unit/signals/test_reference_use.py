from pipeline.signals.reference_use import detect
from tests.unit.signals.cases import NIKE, REFERENCE, case, explained


def test_every_mention_must_be_a_reference() -> None:
    finding = detect(case(matches=(REFERENCE, REFERENCE)))
    assert finding is not None
    assert len(finding.evidence) == 2
    assert all("Nike" in reason and "?" not in reason for reason in explained("reference_use", finding))
    assert detect(case(matches=(REFERENCE, NIKE))) is None
    assert detect(case(matches=())) is None
