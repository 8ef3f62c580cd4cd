"""The import contracts hold, and each is able to fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree("pipeline", tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy("pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    assert lint(Path()).returncode == 0


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("events/ids.py", "import pipeline.flow", "Imports go down only"),
        ("stages/flagging.py", "import time", "Stages and below are pure"),
        ("signals/case.py", "import random", "Stages and below are pure"),
        ("policy/model.py", "import logging", "Stages and below are pure"),
        ("simulate/simulate.py", "import pipeline.signals.case", "The simulator knows the events"),
    ],
)
def test_a_wrong_import_is_seen(copy: Path, module: str, line: str, contract: str) -> None:
    path = copy / "pipeline" / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    seen = lint(copy)
    assert seen.returncode != 0
    assert f"{contract}" in seen.stdout
    assert "BROKEN" in seen.stdout
