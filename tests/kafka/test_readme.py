"""The README's commands on Kafka run, as they stand there, against a real broker."""

import os
import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from pipeline.kafka.status import status
from pipeline.settings import Settings
from scripts.broker.workers import all_read, environment
from scripts.demo_kafka import demo
from tests.kafka.starting import started

README = Path("README.md").read_text(encoding="utf-8")
BROKER = "localhost:9092"
COMMANDS = [line.removeprefix("$ ") for line in README.split("## On Kafka")[1].split("```")[1].splitlines()[1:]]


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Return a folder in which the commands find what they name, and an environment with topics of their own."""
    for name in ("samples", ".venv"):
        (tmp_path / name).symlink_to(Path(name).resolve())
    return tmp_path, {**environment(settings), "PATH": os.environ["PATH"]}


@pytest.mark.timeout(240)
async def test_the_commands_of_the_readme_run_in_their_order(settings: Settings, place: tuple[Path, dict[str, str]]) -> None:
    folder, variables = place
    background: list[subprocess.Popen[bytes]] = []
    try:
        for command in COMMANDS:
            words = shlex.split(command.replace(BROKER, settings.bootstrap))
            if words[0] == "export":
                name, _, value = words[1].partition("=")
                variables[name] = value
            elif words[-1] == "&":
                background.append(subprocess.Popen(words[:-1], cwd=folder, env=variables))
            elif words[0] == "kill":
                await all_read(settings, 120)
                background[0].send_signal(signal.SIGTERM)
                assert background[0].wait(60) == 0
            else:
                ended = subprocess.run(words, cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=120)
                assert ended.returncode == 0, (command, ended.stdout, ended.stderr)
        assert "equal, byte for byte" in ended.stdout
        assert "differs" not in ended.stdout
    finally:
        for process in background:
            process.kill()
    assert (await status(settings)).residuals() == {}


def test_every_kafka_verb_is_named() -> None:
    """Each is in the commands, or explained below them."""
    section = README.split("## On Kafka")[1].split("## What comes")[0]
    for verb in (
        "worker",
        "clock",
        "rights load",
        "notifiers load",
        "policy publish",
        "status",
        "dead-letters",
        "reset",
        "replay --from",
        "--to",
    ):
        assert re.search(rf"\b{verb}\b" if verb[0].isalpha() else verb, section.replace("**", "").replace("`", "")), verb


@pytest.mark.timeout(240)
def test_the_demo_on_kafka_has_the_outcome_of_the_local_replay(tmp_path: Path) -> None:
    """What `make demo-kafka` runs, with a broker of its own, since its topics have the usual names."""
    broker = started(tmp_path / "broker")
    try:
        assert demo(broker, 2, tmp_path / "out", tmp_path) == 0
    finally:
        broker.stop()
