"""A local replay can be watched while it runs, by the metrics of the workers."""

import os
import pty
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline import metrics
from pipeline.local.replay import Plan, replay, silent
from pipeline.metrics import CATALOGUE
from pipeline.stages.record import Record
from pipeline.watching import Look, look
from pipeline.web import PortError
from tests.build import FAKE, at, listing, right, write_topics
from tests.cli.command import TAKEDOWN


class Watching:
    """Carries records to the stages, and looks at the replay before each chunk."""

    def __init__(self) -> None:
        self.ports: list[int] = []
        self.looks: list[Look] = []

    def deliver(self, records: Sequence[Record]) -> Sequence[Record]:
        self.looks.append(look([f"http://127.0.0.1:{self.ports[-1]}"], CATALOGUE))
        return records


@pytest.fixture
def topics(tmp_path: Path) -> Path:
    offers = [listing(FAKE, listing_id=f"L{number}", seller_id=f"S{number}", event_time=at(minutes=number)) for number in range(8)]
    return write_topics(tmp_path / "in", {"listings": offers, "rights": [right()]})


def test_it_shows_the_metrics_of_workers_while_it_runs(topics: Path, tmp_path: Path) -> None:
    watching = Watching()
    plan = Plan(topics, tmp_path / "out", chunk=3, partitions=2, metrics_port=0, transport=watching.deliver)
    summary = replay(plan, silent, watching.ports.append)
    assert all(each.answered for each in watching.looks)
    taken_down = [each.total(metrics.TAKEDOWNS) for each in watching.looks]
    assert taken_down == sorted(taken_down)
    assert 0 == taken_down[0] < taken_down[-1] <= summary.decisions.takedowns.total() == 8
    last = watching.looks[-1]
    assert {partition for (partition,) in last.of(metrics.READ, "partition")} == {"0", "1"}
    assert set(last.of(metrics.RESIDUAL, "stage", "partition").values()) == {0}
    assert last.total(metrics.ENTRIES, stage="flagging") > 0


def test_the_port_is_closed_at_the_end(topics: Path, tmp_path: Path) -> None:
    ports: list[int] = []
    replay(Plan(topics, tmp_path / "out", metrics_port=0), silent, ports.append)
    assert look([f"http://127.0.0.1:{ports[0]}"], CATALOGUE).silent


def test_watch_draws_on_a_terminal_until_it_is_stopped(topics: Path, tmp_path: Path) -> None:
    """It is run in a terminal of its own, beside a replay that waits for it."""
    ports: list[int] = []
    drawn: list[tuple[int, bytes]] = []

    def deliver(records: Sequence[Record]) -> Sequence[Record]:
        if not drawn:
            drawn.append(in_a_terminal(str(TAKEDOWN), "watch", f"http://127.0.0.1:{ports[0]}", "--every", "0.2"))
        return records

    replay(Plan(topics, tmp_path / "out", metrics_port=0, transport=deliver), silent, ports.append)
    code, screen = drawn[0]
    assert code == 130
    assert screen.count(b"Conservation: 0, every record is accounted for.") >= 2, "it was drawn again"


def in_a_terminal(*command: str) -> tuple[int, bytes]:
    """Run a command in a terminal for a while, and stop it by Ctrl-C; return its exit code and what it drew."""
    ours, its = pty.openpty()
    process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env={**os.environ, "TERM": "xterm", "COLUMNS": "120"})
    os.close(its)
    screen, until = b"", time.monotonic() + 20
    while screen.count(b"accounted for") < 3 and time.monotonic() < until:
        screen += os.read(ours, 65_536)
    process.send_signal(signal.SIGINT)
    code = process.wait(20)
    os.close(ours)
    return code, screen


def test_a_port_that_is_taken_stops_it_and_leaves_nothing(topics: Path, tmp_path: Path) -> None:
    def again(port: int) -> None:
        with pytest.raises(PortError, match=f"port {port}"):
            replay(Plan(topics, tmp_path / "other", metrics_port=port))

    replay(Plan(topics, tmp_path / "out", metrics_port=0), silent, again)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("other")] == []
