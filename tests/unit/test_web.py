"""The one HTTP port: what it answers, and that it answers from a thread of its own."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import orjson
import pytest

from pipeline import metrics
from pipeline.exposition import Exposition
from pipeline.health import Health
from pipeline.metrics import Reading
from pipeline.web import PortError, served


@dataclass
class Patient:
    """Is as well as the test wants."""

    faults: dict[str, str] = field(default_factory=dict)

    def alive(self) -> Health:
        return Health()

    def ready(self) -> Health:
        return Health(self.faults)

    def status(self) -> Mapping[str, Any]:
        return {"partitions": {"0": {"lag": 3}}}


@pytest.fixture
def patient() -> Patient:
    return Patient()


@pytest.fixture
def port(patient: Patient) -> Iterator[int]:
    exposition = Exposition(lambda: [Reading(metrics.READ, ("dedupe", "0", "listings"), 7)])
    with served("127.0.0.1", 0, exposition.registry, patient) as number:
        yield number


def asked(port: int, path: str, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request(method, path)
    answer = connection.getresponse()
    return answer, answer.read()


def test_metrics_come_in_the_text_format(port: int) -> None:
    answer, body = asked(port, "/metrics")
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/plain")
    assert b'takedown_records_read_total{partition="0",stage="dedupe",topic="listings"} 7.0' in body


def test_who_is_not_ready_says_why(port: int, patient: Patient) -> None:
    assert asked(port, "/readyz")[0].status == 200
    patient.faults["partition 3"] = "is not recovered yet"
    answer, body = asked(port, "/readyz")
    assert (answer.status, orjson.loads(body)) == (503, {"well": False, "faults": {"partition 3": "is not recovered yet"}})
    assert asked(port, "/healthz")[0].status == 200, "it is alive all the same"


def test_status_is_json(port: int) -> None:
    answer, body = asked(port, "/status")
    assert (answer.status, answer.headers.get_content_type()) == (200, "application/json")
    assert orjson.loads(body) == {"partitions": {"0": {"lag": 3}}}


@pytest.mark.parametrize(("path", "method", "status"), [("/", "GET", 404), ("/metrics/../etc", "GET", 404), ("/status", "POST", 405)])
def test_nothing_else_is_there(port: int, path: str, method: str, status: int) -> None:
    assert asked(port, path, method)[0].status == status


def test_a_head_request_has_no_body(port: int) -> None:
    answer, body = asked(port, "/healthz", "HEAD")
    assert (answer.status, body) == (200, b"")


def test_one_who_says_nothing_does_not_hold_up_others(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)):
        assert asked(port, "/healthz")[0].status == 200


def test_a_port_that_is_taken_is_told_or_passed_over(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Exposition().registry
    with served("127.0.0.1", 0, registry, patient) as taken:
        with pytest.raises(PortError, match=f"port {taken}: .*choose another port"), served("127.0.0.1", taken, registry, patient):
            pass
        monkeypatch.setattr("pipeline.web.PORTS", (taken, 0))
        with served("127.0.0.1", None, registry, patient) as other:
            assert other != taken


def test_an_address_of_ipv6_is_served(patient: Patient) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with served("::1", 0, Exposition().registry, patient) as number:
        connection = HTTPConnection("::1", number, timeout=5)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200


def test_it_is_closed_at_the_end(patient: Patient) -> None:
    with served("127.0.0.1", 0, Exposition().registry, patient) as number:
        pass
    with pytest.raises(ConnectionRefusedError):
        asked(number, "/healthz")
