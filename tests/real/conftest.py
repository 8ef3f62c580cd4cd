"""Real listings are not in this repository: most of their sources state no licence. Tests on them skip where they are absent."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from pipeline.local.evaluate import Evaluation, evaluate

SHARED = Path(os.environ.get("TAKEDOWN_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of the real data."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"no real data: {SHARED / 'data'} is absent; name its parent with TAKEDOWN_SHARED")
    return SHARED / "data"


@pytest.fixture(scope="session")
def real_sets(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the evaluation sets of real listings."""
    folder = tmp_path_factory.mktemp("sets")
    subprocess.run([sys.executable, str(SHARED / "tools/to_events.py"), str(real_data), str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder


@cache
def evaluation(folder: Path) -> Evaluation:
    """Return the evaluation of a set: several tests look at one."""
    return evaluate(folder)
