"""Real listings are not in this repository: most of their sources state no licence. Tests on them skip where they are absent."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("TAKEDOWN_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="session")
def real_sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the evaluation sets of real listings."""
    tool, data = SHARED / "tools" / "to_events.py", SHARED / "data"
    if not (tool.is_file() and data.is_dir()):
        pytest.skip(f"no real listings: {data} is absent; name its parent with TAKEDOWN_SHARED")
    folder = tmp_path_factory.mktemp("sets")
    subprocess.run([sys.executable, str(tool), str(data), str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder
