import pytest

from pipeline.signals.brand_disguised import detect
from tests.build import match
from tests.unit.signals.cases import NIKE, case, explained

LEET = match("N1KE", method="leetspeak")


@pytest.mark.parametrize("method", ["confusable", "spaced", "leetspeak", "masked"])
def test_a_disguise_is_found(method: str) -> None:
    finding = detect(case("N1KE Air", matches=(match("N1KE", method=method),)))
    assert finding is not None
    assert (finding.strength, finding.evidence[0].found, finding.evidence[0].right_id) == (1.0, "N1KE", "R1")
    assert all("N1KE" in reason and "?" not in reason for reason in explained("brand_disguised", finding))


@pytest.mark.parametrize("method", ["exact", "folded", "transliterated", "nickname", "fuzzy"])
def test_other_ways_of_writing_are_none(method: str) -> None:
    assert detect(case(matches=(match(method=method),))) is None


def test_a_reference_in_disguise_is_none() -> None:
    assert detect(case(matches=(match("N1KE", method="leetspeak", use="reference"),))) is None


def test_the_plain_name_beside_it_takes_half_away() -> None:
    finding = detect(case("N1KE Nike", matches=(LEET, NIKE)))
    assert finding is not None
    assert finding.strength == 0.5
