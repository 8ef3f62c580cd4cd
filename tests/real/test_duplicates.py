"""Near-duplicates on real listings, whose groups people have marked."""

from pathlib import Path

from tests.real.conftest import evaluation


def test_copies_are_sure_the_like_is_found_and_the_index_misses_little(real_sets: Path) -> None:
    scores = evaluation(real_sets / "duplicates-images").duplicates
    assert scores is not None
    figures = scores.as_json()
    assert figures["copy"]["precision"] >= 0.95
    assert figures["copy"]["recall"] >= 0.24
    assert figures["similar"]["f1"] >= 0.63
    assert figures["index"]["recall"] >= 0.98
