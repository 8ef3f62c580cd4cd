"""Every command of the README runs, and prints what the README says."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

README = Path("README.md").read_text(encoding="utf-8")
ON_KAFKA = README.split("## On Kafka")[1].split("```")[1]  # run by tests/kafka/test_readme.py
BLOCKS = re.findall(r"```console\n(.*?)```", README.replace(ON_KAFKA, ""), re.DOTALL)
COMMANDS = [line.removeprefix("$ ") for block in BLOCKS for line in block.splitlines()]


SHOWN_ONLY = ("make test", "make up", "make down")  # the first is what runs here; of the others, tests/deploy runs what they start


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project in which nothing has been made but the virtual environment."""
    assert Path(".venv/.ready").is_file(), "run `make test` once: the copy would set this environment up for itself"
    home = tmp_path_factory.mktemp("checkout") / "project"
    shutil.copytree(".", home, ignore=shutil.ignore_patterns(".venv", ".git", ".*_cache", ".hypothesis", "__pycache__", "demo-out"))
    (home / ".venv").symlink_to(Path(".venv").resolve())
    os.utime(home / "pyproject.toml", (0, 0))
    os.utime(home / "uv.lock", (0, 0))
    return home


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs(checkout: Path, command: str) -> None:
    arguments = shlex.split(command)
    if command in SHOWN_ONLY:
        arguments.insert(1, "--dry-run")
    ended = subprocess.run(arguments, cwd=checkout, capture_output=True, text=True, check=False, timeout=110)
    assert ended.returncode == 0, ended.stderr


def test_the_demo_prints_what_the_readme_says(checkout: Path) -> None:
    printed = subprocess.run(["make", "demo"], cwd=checkout, capture_output=True, text=True, check=True, timeout=110).stdout
    shown = re.search(r"<!-- demo -->\n```\n(.*?)```\n<!-- /demo -->", README, re.DOTALL)
    assert shown is not None
    lines = [line.rstrip() for line in printed.splitlines()]
    missing = [line for line in shown[1].splitlines() if line not in lines]
    assert missing == [], "run `make figures`"
    for word in ("TAKEDOWN", "WARNING", "STORE CLOSURE", "[["):
        assert word in printed


def test_both_commands_are_named_first() -> None:
    assert COMMANDS[:2] == ["make demo", "make test"]


def test_every_verb_is_named() -> None:
    assert {"replay", "simulate", "evaluate", "policy", "schema", "version"} <= {shlex.split(command)[1] for command in COMMANDS[2:]}
    assert "**explain** OUT ID" in README
