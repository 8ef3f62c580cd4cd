import pytest

from pipeline.signals.brand_disguised import detect
from tests.build import match
from tests.unit.signals.cases import NIKE, case, explained

LEET = match("N1KE", method="leetspeak")


@pytest.mark.parametrize("method", ["confusable", "spaced", "leetspeak", "masked"])
def test_a_disguise_is_found(method: str) -> None:
    finding = detect(case("N1KE Air", matches=(match("N.1KE", method=method),)))
    assert finding is not None
    assert (finding.strength, finding.evidence[0].found, finding.evidence[0].right_id) == (1.0, "N.1KE", "R1")
    assert all("N.1KE" in reason and "?" not in reason for reason in explained("brand_disguised", finding))


@pytest.mark.parametrize("method", ["exact", "folded", "transliterated", "nickname", "fuzzy"])
def test_other_ways_of_writing_are_none(method: str) -> None:
    assert detect(case(matches=(match(method=method),))) is None


def test_a_reference_in_disguise_is_none() -> None:
    assert detect(case(matches=(match("N1KE", method="leetspeak", use="reference"),))) is None


@pytest.mark.parametrize(
    ("method", "found", "strength"),
    [
        ("leetspeak", "N1KE", 1.0),
        ("leetspeak", "ch@nel", 1.0),
        ("leetspeak", "Z4ra", 1.0),
        ("leetspeak", "A50s", 0.5),
        ("leetspeak", "90yard", 0.5),
        ("leetspeak", "3stel", 0.5),
        ("leetspeak", "ELV1", 0.5),
        ("spaced", "N i k e", 1.0),
        ("spaced", "A v-entus", 1.0),
        ("spaced", "Arm.ani", 1.0),
        ("spaced", "Ni\u200bke", 1.0),
        ("spaced", "耐 克", 1.0),
        ("spaced", "Night Owl", 0.5),
        ("spaced", "Gel-Kayano", 0.5),
        ("spaced", "American\u00a0Tourister", 0.5),
        ("spaced", "The Northface", 0.5),
        ("confusable", "90yard", 1.0),
    ],
)
def test_what_may_be_innocent_says_less(method: str, found: str, strength: float) -> None:
    finding = detect(case(matches=(match(found, method=method),)))
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
