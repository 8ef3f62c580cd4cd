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


@pytest.mark.parametrize(
    ("found", "strength"),
    [("N1KE", 1.0), ("ch@nel", 1.0), ("Z4ra", 1.0), ("A50s", 0.5), ("90yard", 0.5), ("3stel", 0.5), ("ELV1", 0.5), ("0akl3y", 0.5)],
)
def test_leetspeak_that_may_be_a_model_or_an_amount_says_less(found: str, strength: float) -> None:
    finding = detect(case(matches=(match(found, method="leetspeak"),)))
    assert finding is not None
    assert finding.strength == strength


def test_one_sure_disguise_is_enough() -> None:
    finding = detect(case(matches=(match("A50s", method="leetspeak"), LEET)))
    assert finding is not None
    assert finding.strength == 1.0


def test_the_plain_name_beside_it_takes_half_away() -> None:
    finding = detect(case("N1KE Nike", matches=(LEET, NIKE)))
    assert finding is not None
    assert finding.strength == 0.5
