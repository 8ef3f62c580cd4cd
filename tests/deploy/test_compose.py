"""docker-compose.yml: valid, pinned, closed to the outside, and every command and health check of it runs as written."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import orjson
import pytest
import yaml
from jsonschema import Draft202012Validator

from pipeline import metrics
from pipeline.metrics import CATALOGUE
from pipeline.settings import Settings, variable
from pipeline.watching import look
from tests.deploy.compose import FILE, PROJECT, Process, image_settings, ours, services

ALL = sorted(services())
OURS = [name for name in ALL if ours(name)]
every_service = pytest.mark.parametrize("name", ALL)
every_one_of_ours = pytest.mark.parametrize("name", OURS)

Start = Callable[[str], Process]


def test_it_fits_the_schema_of_compose() -> None:
    """The schema comes with check-jsonschema, whose own command wants a newer click than Faust does."""
    spec = find_spec("check_jsonschema")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    schema = Path(spec.submodule_search_locations[0]) / "builtin_schemas" / "vendor" / "compose-spec.json"
    validator = Draft202012Validator(orjson.loads(schema.read_bytes()))
    faults = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(yaml.safe_load(FILE.read_text(encoding="utf-8")))]
    assert faults == []


@every_service
def test_every_image_is_built_here_or_pinned(name: str) -> None:
    service = services()[name]
    _, _, tag = service["image"].rpartition(":")
    assert "build" in service or (tag and tag != "latest" and "/" not in tag)


@every_service
def test_every_file_that_is_mounted_exists(name: str) -> None:
    service = services()[name]
    mounted = [volume.split(":")[0] for volume in service.get("volumes", ()) if volume.startswith(".")]
    assert [path for path in mounted if not (PROJECT / path).exists()] == []
    if "build" in service:
        assert (PROJECT / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


@every_service
def test_what_a_service_waits_for_can_come(name: str) -> None:
    for other, how in services()[name].get("depends_on", {}).items():
        waited_for = services()[other]
        if how["condition"] == "service_healthy":
            assert "test" in waited_for["healthcheck"]
        else:
            assert how["condition"] == "service_completed_successfully"
            assert waited_for["restart"] == "on-failure"


@every_service
def test_ports_are_open_to_this_machine_only(name: str) -> None:
    assert [port for port in services()[name].get("ports", ()) if not port.startswith("127.0.0.1:")] == []


@every_one_of_ours
def test_our_containers_can_do_little(name: str) -> None:
    service = services()[name]
    assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])


@every_one_of_ours
def test_every_setting_is_known(name: str) -> None:
    known = {variable(key) for key in Settings.model_fields}
    given = {each for each in services()[name]["environment"] | image_settings() if each.startswith("TAKEDOWN_")}
    assert given <= known


def test_a_worker_is_given_longer_than_it_takes_to_stop() -> None:
    for name in ("dedupe", "brand-match", "flagging"):
        assert float(services()[name]["stop_grace_period"].removesuffix("s")) > Settings.model_fields["drain_timeout"].default + 10


@pytest.fixture
def start(bootstrap: str, tmp_path: Path) -> Iterator[Start]:
    """Give a function that starts a container of a service on an application of this test; at the end none is left."""
    application, started = f"c{uuid4().hex[:10]}", list[Process]()

    def begun(name: str) -> Process:
        started.append(Process(services()[name], bootstrap, application, tmp_path / f"{name}-{len(started)}.log"))
        return started[-1]

    yield begun
    for each in started:
        each.kill()


@pytest.mark.timeout(240)
def test_it_comes_up_in_the_order_written_and_shows_takedowns_within_a_minute(start: Start) -> None:
    start("topics").done()
    for once in ("rights", "notifiers", "policy"):
        start(once).done()
    replicas = [
        name for name in ("dedupe", "brand-match", "flagging") for _ in range(services()[name].get("deploy", {}).get("replicas", 1))
    ]
    workers = [start(name) for name in replicas]
    for worker in workers:
        worker.healthy()
    began = time.monotonic()
    samples = start("samples")
    urls = [worker.url for worker in workers]
    while not look(urls, CATALOGUE).total(metrics.TAKEDOWNS):
        assert time.monotonic() - began < 60, "no takedown came"
        assert samples.process.poll() is None, samples.log.read_text()
        time.sleep(0.5)
    assert [worker.stop() for worker in workers] == [0] * len(workers)


def test_the_clock_ticks_until_it_is_stopped(start: Start) -> None:
    start("topics").done()
    clock = start("clock")
    time.sleep(5)
    assert clock.process.poll() is None, clock.log.read_text()
    assert clock.stop() in (0, 143)


def test_make_up_and_down_say_what_compose_is_to_do() -> None:
    """There may be no Docker here: the services themselves are run above."""
    told = {
        target: subprocess.run(("make", "--dry-run", target), capture_output=True, text=True, check=True).stdout
        for target in ("up", "down")
    }
    assert "docker compose up --build --detach" in told["up"]
    assert "docker compose --profile live down --volumes" in told["down"]


def test_docker_compose_takes_the_file() -> None:
    if shutil.which("docker") is None or subprocess.run(("docker", "compose", "version"), capture_output=True, check=False).returncode:
        pytest.skip("no docker compose here: the file is checked against the schema of compose")
    subprocess.run(("docker", "compose", "config", "--quiet"), cwd=PROJECT, check=True)
