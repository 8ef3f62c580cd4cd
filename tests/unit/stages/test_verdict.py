import pytest

from pipeline.stages.verdict import reasons, severity, weigh
from tests.build import default_policy, match
from tests.unit.signals.cases import REFERENCE, case

LEET = match("N1KE", method="leetspeak")
STRICT = {"authorised_sellers": ("S2",)}


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (case(), "clear"),
        (case("Nike 1:1"), "takedown"),
        (case("N1KE Air", matches=(LEET,)), "review"),
        (case("N1KE Air", matches=(LEET,), rights=STRICT), "review"),
        (case("N1KE Air 莆田", matches=(LEET,), rights=STRICT), "takedown"),
        (case(rights=STRICT), "clear"),
        (case("case for Nike 1:1", matches=(REFERENCE,)), "clear"),
        (case("Nike 1:1", rights={"authorised_sellers": ("S1",)}), "clear"),
        (case("Nikke 1:1", matches=(match("Nikke", method="fuzzy"),)), "review"),  # whose brand it is is a guess
        (case("Nikke Nike 1:1", matches=(match("Nikke", method="fuzzy"), match("Nike", start=6))), "takedown"),
        (case("Nikke for Nike 1:1", matches=(match("Nikke", method="partial"), REFERENCE)), "review"),
        (case("like Nikke 1:1", matches=(match("Nikke", 5, method="fuzzy", use="reference", sense="comparison"),)), "review"),
        (case("like Nike 1:1", matches=(match("Nike", 5, use="reference", sense="comparison"),)), "takedown"),
    ],
)
def test_what_signals_add_up_to(seen: object, outcome: str) -> None:
    assert weigh(seen).outcome == outcome  # type: ignore[arg-type]


def test_a_score_is_the_sum_of_its_reasons() -> None:
    verdict = weigh(case("N1KE 1:1 replica 莆田", matches=(LEET,), rights=STRICT))
    given = reasons(verdict, default_policy(), "en")
    assert sum(reason.weight for reason in given) == pytest.approx(verdict.score)
    assert given[0].code == "prior"
    assert verdict.lead == "replica_vocabulary"


def test_the_lead_is_about_the_goods() -> None:
    assert weigh(case(rights=STRICT)).lead == ""


def test_a_takedown_is_serious_from_the_policys_score_on() -> None:
    policy = default_policy(decision={"serious": 2.45})
    assert severity(weigh(case("Nike 1:1")).score, policy) == "serious"
    assert severity(weigh(case("Nike 1:1")).score, default_policy(decision={"serious": 2.55})) == "ordinary"


def test_what_is_kept_of_a_guess_takes_nothing_down_either() -> None:
    thresholds = default_policy().decision
    guess = weigh(case("Nikke 1:1", matches=(match("Nikke", method="fuzzy"),)))
    assert (guess.guessed, guess.weighed.guessed, guess.weighed.carries_takedown(thresholds)) == (True, True, False)
    sure = weigh(case("Nike 1:1"))
    assert (sure.weighed.guessed, sure.weighed.carries_takedown(thresholds)) == (False, True)
