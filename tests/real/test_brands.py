"""Which brand a real listing names, scored against what its seller declared; and the ways in which a real replica shop writes brands."""

from pathlib import Path

import pytest

from tests.real.conftest import evaluation


@pytest.mark.parametrize(
    ("name", "precision", "recall", "first_right"),
    [("brand-en", 0.93, 0.97, 0.97), ("brand-zh", 0.82, 0.94, 0.95), ("brand-vi", 0.94, 0.96, 0.95), ("evasion", 0.95, 0.85, 0.85)],
)
def test_brands_are_found_and_words_are_left_alone(real_sets: Path, name: str, precision: float, recall: float, first_right: float) -> None:
    scores = evaluation(real_sets / name).brand_match
    assert scores is not None
    assert scores["precision"] >= precision
    assert scores["recall"] >= recall
    assert scores["first_right"] >= first_right
