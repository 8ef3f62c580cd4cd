import pytest

from pipeline.signals.case import Past
from pipeline.signals.seller_record import detect
from tests.unit.signals.cases import REFERENCE, case, explained


@pytest.mark.parametrize(("takedowns", "strength"), [(0, None), (1, 0.25), (3, 0.75), (4, 1.0), (30, 1.0)])
def test_the_strength_grows_with_the_points(takedowns: int, strength: float | None) -> None:
    finding = detect(case(past=Past(12 * takedowns, takedowns)))
    assert (finding.strength if finding else None) == strength


def test_a_mere_reference_is_not_held_against_anyone() -> None:
    assert detect(case(matches=(REFERENCE,), past=Past(12, 1))) is None


def test_takedowns_whose_points_are_outlived_say_nothing() -> None:
    assert detect(case(past=Past(0, 3))) is None


@pytest.mark.parametrize(("takedowns", "strength"), [(0, None), (1, 0.5), (3, 0.75)])
def test_where_no_points_are_kept_takedowns_count(takedowns: int, strength: float | None) -> None:
    finding = detect(case(past=Past(0, takedowns), policy={"enforcement": {"preset": "none"}}))
    assert (finding.strength if finding else None) == strength


def test_its_reason_has_all_its_words() -> None:
    assert all("12" in reason and "?" not in reason for reason in explained("seller_record", detect(case(past=Past(12, 1)))))
