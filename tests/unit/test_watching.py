"""What workers say is added up, rates are never below 0, and addresses are checked."""

from threading import Thread
from wsgiref.simple_server import make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from pipeline import metrics
from pipeline.metrics import CATALOGUE
from pipeline.watching import Look, base, look, rate

TAKEDOWNS = metrics.TAKEDOWNS.name


def seen(at: float, **takedowns: float) -> Look:
    return Look(
        at,
        {
            TAKEDOWNS: {
                ("flagging", partition, "own_initiative", reason): 1.0 * number
                for partition, reason, number in ((name[1], name[3:], number) for name, number in takedowns.items())
            }
        },
    )


def test_values_are_added_up_by_label() -> None:
    found = seen(0.0, p0_disguise=3, p1_disguise=4, p1_replica=2)
    assert found.total(metrics.TAKEDOWNS) == 9
    assert found.of(metrics.TAKEDOWNS, "reason") == {("disguise",): 7, ("replica",): 2}
    assert found.of(metrics.TAKEDOWNS, "partition", "reason", partition="1") == {("1", "disguise"): 4, ("1", "replica"): 2}
    assert found.total(metrics.READ) == 0


def test_a_rate_is_a_second_and_never_below_0() -> None:
    before, after, restarted = seen(10.0, p0_disguise=3), seen(14.0, p0_disguise=11), seen(20.0, p1_disguise=1)
    assert rate(before, after, metrics.TAKEDOWNS) == 2.0
    assert rate(after, restarted, metrics.TAKEDOWNS) == 0.0
    joined = seen(16.0, p0_disguise=13, p1_disguise=50_000)
    assert rate(after, joined, metrics.TAKEDOWNS) == 1.0, "what another worker brings has not risen"
    assert rate(before, before, metrics.TAKEDOWNS) == 0.0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("worker:9464", "http://worker:9464"),
        ("http://worker:9464/metrics", "http://worker:9464"),
        ("https://[::1]:9464/", "https://[::1]:9464"),
    ],
)
def test_an_address_is_made_whole(given: str, expected: str) -> None:
    assert base(given) == expected


@pytest.mark.parametrize("given", ["file:///etc/passwd", "ftp://x", "http://", ":9464", ""])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"no address of a worker"):
        base(given)


@pytest.mark.parametrize("body", ["<html>hello</html>", "go_goroutines 1\n", ""])
def test_what_is_no_worker_is_not_taken_for_one(body: str) -> None:
    def answer(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [body.encode()]

    with make_server("127.0.0.1", 0, answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        found = look([f"http://127.0.0.1:{server.server_port}"], CATALOGUE)
    assert (found.answered, list(found.silent.values())) == ((), ["what answers there is no worker"])
