"""One Kafka broker in KRaft mode, started and stopped (or killed) by this process."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self
from uuid import uuid4

from scripts.broker.jars import BrokerError, jars

_PATIENCE = 60  # seconds to be ready in
_PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
log.cleaner.backoff.ms=500
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
{extra}
"""


class Broker:
    """A broker in a folder of its own. `start` after `kill` finds its data again."""

    def __init__(self, folder: Path, port: int = 0, extra: str = "", heap: str = "512m") -> None:
        self.folder = folder
        self._heap = heap
        self._port, self._controller = port or free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._properties = folder / "server.properties"
        folder.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(
            _PROPERTIES.format(port=self._port, controller=self._controller, data=folder / "data", extra=extra), encoding="utf-8"
        )

    @property
    def bootstrap(self) -> str:
        """Where clients find it."""
        return f"127.0.0.1:{self._port}"

    @property
    def log(self) -> Path:
        """What it printed."""
        return self.folder / "broker.log"

    def start(self) -> Self:
        """Start it and wait until it is ready. Raises BrokerError."""
        if not (self.folder / "data").exists():
            self._format()
        with self.log.open("ab") as log:
            said_before = log.tell()
            self._process = subprocess.Popen(self._java("kafka.Kafka", str(self._properties)), stdout=log, stderr=log, cwd=self.folder)
        self._wait(said_before)
        return self

    def _format(self) -> None:
        arguments = ("format", "-t", str(uuid4()), "-c", str(self._properties))
        done = subprocess.run(
            self._java("kafka.tools.StorageTool", *arguments), capture_output=True, text=True, cwd=self.folder, check=False
        )
        if done.returncode:
            raise BrokerError(f"the broker's storage cannot be formatted:\n{(done.stdout + done.stderr)[-2000:]}")

    def _java(self, main: str, *arguments: str) -> list[str]:
        return ["java", f"-Xmx{self._heap}", "-cp", f"{jars()}/*", main, *arguments]

    def _wait(self, said_before: int) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and self._process is not None and self._process.poll() is None:
            if b"Kafka Server started" in self.log.read_bytes()[said_before:]:
                return
            time.sleep(0.1)
        raise BrokerError(f"the broker did not start; {self.log} ends with:\n{self.log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """Stop it in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it as a crash would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it answer nobody, with all connections open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=_PATIENCE)
            self._process = None

    def remove(self) -> None:
        """Stop it and delete its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
