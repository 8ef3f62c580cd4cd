"""The image: what is in it, what it promises to whoever runs it, and a worker that runs from it on a real broker."""

import asyncio
import http.client
import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.kafka.references import LiveReference
from pipeline.settings import Settings
from scripts.broker.workers import environment
from tests.deploy.image import STATE, ImageWorker, added_bytes, built_image, config, missing, root_of, run, version

pytestmark = pytest.mark.timeout(900)  # the first run makes a base and builds the image

_MOST_ADDED = 110_000_000  # bytes
_PATIENCE = 90.0  # seconds, on a machine that does other things too
_PACKAGES = "opt/takedown/lib/python3.*/site-packages"


@pytest.fixture(scope="session")
def image() -> str:
    """Return the image of this tree; skip where this machine cannot build one."""
    found = built_image()
    if found is None:
        pytest.skip(f"NO TEST OF THE IMAGE RUNS: {missing()}")
    return found


# -- what is in it


def test_labels_say_what_it_is(image: str) -> None:
    labels = {key.removeprefix("org.opencontainers.image."): value for key, value in config(image)["Labels"].items()}
    revision = image.rpartition(":")[2]
    assert labels.items() >= {"title": "takedown-pipeline", "licenses": "Apache-2.0", "version": version(), "revision": revision}.items()
    assert labels["description"]
    assert "source" in labels
    assert f"BUILD_REVISION={revision}" in config(image)["Env"]


def test_it_runs_as_an_ordinary_user_without_a_shell(image: str) -> None:
    found = config(image)
    assert found["User"] == "10001:10001"
    assert found["Entrypoint"] == ["takedown"]
    assert found["Healthcheck"]["Test"][0] == "CMD"  # CMD-SHELL would need a shell
    assert found["StopSignal"] == "SIGTERM"
    assert set(found["ExposedPorts"]) == {"9464/tcp"}
    assert set(found["Volumes"]) == {STATE}


def test_variables_are_settings_or_for_python(image: str) -> None:
    names = {pair.partition("=")[0] for pair in config(image)["Env"]}
    assert {name for name in names if not name.startswith(("TAKEDOWN_", "PYTHON"))} == {"PATH", "BUILD_REVISION"}


def test_it_holds_the_program_compiled_and_nothing_that_builds_or_tests_it(image: str) -> None:
    root = root_of(image)
    (packages,) = root.glob(_PACKAGES)
    for each in ("pip", "uv", "hatchling", "pytest", "mypy", "tests"):
        assert not (packages / each).exists(), each
    assert {entry.name for entry in (root / "opt").iterdir()} == {"takedown"}
    assert not list((root / "root").glob("[!.]*"))
    assert not (root / "build").exists()
    sources = list((packages / "pipeline").rglob("*.py"))
    assert len(sources) > 50
    assert [source for source in sources if not list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc"))] == []


def test_it_is_small(image: str) -> None:
    assert 10_000_000 < added_bytes(image) < _MOST_ADDED


# -- what it does


def test_its_command_runs(image: str) -> None:
    ended = run(image, "takedown", "version")
    assert ended.stdout.strip() == version(), ended.stderr


def test_settings_of_the_image_are_ones_that_the_program_knows(image: str) -> None:
    ended = run(image, "takedown", "topics", "create", env={"TAKEDOWN_BOOTSTRAP": "127.0.0.1:1", "TAKEDOWN_CONNECT_TIMEOUT": "0"})
    assert ended.returncode == 7, ended.stderr  # 8 would be settings that are no good
    assert "127.0.0.1:1" in ended.stderr


def test_nothing_but_the_volume_can_be_written_and_no_shell_started(image: str) -> None:
    program = """
import json, os, subprocess, sys
def writable(folder):
    try:
        with open(os.path.join(folder, "x"), "w"): return True
    except OSError: return False
def starts(shell):
    try: return subprocess.run([shell, "-c", "exit 0"]).returncode == 0
    except OSError: return False
folders = [folder for folder, below, _ in os.walk("/") if not folder.startswith("/proc") and writable(folder)]
json.dump({"ids": [os.getuid(), os.getgid(), *os.getgroups()], "pid": os.getpid(), "writable": folders,
           "shells": [shell for shell in ("/bin/sh", "/bin/bash", "/bin/dash") if starts(shell)]}, sys.stdout)
"""
    ended = run(image, "/opt/takedown/bin/python", "-c", program)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found == {"ids": [10001, 10001], "pid": 1, "writable": [STATE], "shells": []}


async def test_a_worker_runs_is_healthy_and_stops_in_good_order(
    image: str, topics: Settings, reference: LiveReference, tmp_path: Path
) -> None:
    port = _free_port()
    env = _settings(topics) | {"TAKEDOWN_HTTP_PORT": str(port)}
    health = [config(image)["Healthcheck"]["Test"][1:], {"TAKEDOWN_HTTP_PORT": str(port)}]
    assert await _checked(image, *health) != 0
    with ImageWorker(image, ["worker", "--fused"], env, tmp_path / "worker.log") as worker:
        seconds = await _until(lambda: _status(port, "/readyz") == 200, worker)
        print(f"ready after {seconds:.1f} s")
        assert _status(port, "/healthz") == 200
        assert await _checked(image, *health) == 0
        assert "is owned" in worker.log.read_text(encoding="utf-8")
        assert any(worker.state.iterdir())
        assert await asyncio.to_thread(worker.stop) == os.EX_OK, worker.end_of_log()
    lines = worker.log.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines[:-1] if not isinstance(json.loads(line), dict)] == []  # the last says for people how it ended
    assert await _checked(image, *health) != 0


async def test_a_worker_that_is_killed_starts_again_with_its_volume(
    image: str, topics: Settings, reference: LiveReference, tmp_path: Path
) -> None:
    port = _free_port()
    env = _settings(topics) | {"TAKEDOWN_HTTP_PORT": str(port), "TAKEDOWN_SESSION_TIMEOUT": "6"}
    with ImageWorker(image, ["worker", "dedupe"], env, tmp_path / "worker.log") as worker:
        await _until(lambda: _status(port, "/readyz") == 200, worker)
        worker.kill()
        assert _status(port, "/readyz") is None
        worker.start()
        await _until(lambda: _status(port, "/readyz") == 200, worker)
        assert await asyncio.to_thread(worker.stop) == os.EX_OK, worker.end_of_log()


def _settings(settings: Settings) -> dict[str, str]:
    """Return the settings as variables, but for the folder of the state, which is the image's."""
    found = {name: value for name, value in environment(settings).items() if name.startswith("TAKEDOWN_")}
    del found["TAKEDOWN_STATE_DIR"]
    return found


async def _checked(image: str, command: list[str], env: dict[str, str]) -> int:
    """Return the exit code of the image's health check."""
    return (await asyncio.to_thread(run, image, *command, env=env)).returncode


async def _until(reached: Callable[[], bool], worker: ImageWorker) -> float:
    """Wait; return the seconds that it took. Raises AssertionError where the worker ends, or takes too long."""
    start = time.monotonic()
    while not await asyncio.to_thread(reached):
        assert worker.code is None, f"ended with {worker.code}:\n{worker.end_of_log()}"
        assert time.monotonic() - start < _PATIENCE, worker.end_of_log()
        await asyncio.sleep(0.05)
    return time.monotonic() - start


def _status(port: int, path: str) -> int | None:
    """Return the HTTP status of a path; None where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
