"""The one HTTP port of a process: /metrics, /healthz, /readyz, /status.

It is served from a thread of its own, so that it answers while the worker's loop stands still, and says so.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from socket import AF_INET6
from threading import Thread
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import orjson
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from pipeline.health import Checked, Health

PORTS = range(9464, 9484)  # what is tried where no port is named: several workers may run on one machine

Answer = tuple[str, Any]  # status line, what the body says
_HEADERS = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]


class PortError(Exception):
    """The port cannot be had."""


class _Silent(WSGIRequestHandler):
    """Logs no requests: Prometheus comes every few seconds."""

    timeout = 10  # seconds for a request: whoever says nothing does not hold a thread for ever

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the library
        """Say nothing."""


class Server(ThreadingWSGIServer):
    """Answers each request in a thread of its own."""

    daemon_threads = True
    allow_reuse_port = False  # else two workers would share one port, and each scrape would meet one of them


class ServerV6(Server):
    """The same at an address of IPv6."""

    address_family = AF_INET6


@contextmanager
def served(host: str, port: int | None, registry: CollectorRegistry, checked: Checked) -> Iterator[int]:
    """Serve until the end of the block; give the port: a free one where 0 was asked for, else the first free one of PORTS.

    Raises PortError.
    """
    server = _bound(host, PORTS if port is None else (port,), application(registry, checked))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="http", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _bound(host: str, ports: Sequence[int], answer: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]) -> WSGIServer:
    """Return a server at the first port that can be had."""
    for port in ports:
        try:
            return make_server(host, port, answer, ServerV6 if ":" in host else Server, handler_class=_Silent)
        except (OSError, UnicodeError) as error:
            if port == ports[-1]:
                raise PortError(f"cannot serve HTTP at {host}, port {port}: {error}; choose another port") from error
    raise PortError("there is no port to serve HTTP at")


def application(registry: CollectorRegistry, checked: Checked) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """Return the WSGI application."""
    metrics = make_wsgi_app(registry)
    answers: dict[str, Callable[[], Answer]] = {
        "/healthz": lambda: _healthy(checked.alive()),
        "/readyz": lambda: _healthy(checked.ready()),
        "/status": lambda: ("200 OK", checked.status()),
    }

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            status, body = "405 Method Not Allowed", {"error": "only GET is answered here"}
        elif path == "/metrics":
            return cast("Iterable[bytes]", metrics(environ, start_response))
        elif path in answers:
            status, body = answers[path]()
        else:
            status, body = "404 Not Found", {"error": "there is /metrics, /healthz, /readyz, /status"}
        data = orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)
        start_response(status, [*_HEADERS, ("Content-Length", str(len(data)))])
        return [data] if environ.get("REQUEST_METHOD") != "HEAD" else []

    return answer


def _healthy(health: Health) -> Answer:
    return ("200 OK" if health.well else "503 Service Unavailable"), {"well": health.well, "faults": dict(health.faults)}
