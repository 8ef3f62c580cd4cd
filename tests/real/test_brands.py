"""Which brand a real listing names, scored against what its seller declared. The data are not ours to publish: see `sets`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.local.evaluate import evaluate

SHARED = Path(os.environ.get("TAKEDOWN_REAL_DATA", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evaluation sets, made from the developers' real data; without it the tests are skipped."""
    tool, data = SHARED / "tools/to_events.py", SHARED / "data"
    if not tool.exists() or not data.exists():
        pytest.skip(f"no real data in {SHARED}; name its folder in TAKEDOWN_REAL_DATA")
    folder = tmp_path_factory.mktemp("sets")
    subprocess.run([sys.executable, str(tool), str(data), str(folder)], check=True, capture_output=True, timeout=100)
    return folder


@pytest.mark.parametrize(
    ("name", "precision", "recall", "first_right"),
    [("brand-en", 0.93, 0.97, 0.97), ("brand-zh", 0.82, 0.94, 0.95), ("brand-vi", 0.94, 0.96, 0.95)],
)
def test_brands_are_found_and_words_are_left_alone(sets: Path, name: str, precision: float, recall: float, first_right: float) -> None:
    scores = evaluate(sets / name).brand_match
    assert scores is not None
    assert scores["precision"] >= precision
    assert scores["recall"] >= recall
    assert scores["first_right"] >= first_right
