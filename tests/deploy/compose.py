"""Runs the services of docker-compose.yml as processes of this machine: commands, settings and health checks as written.

What differs on this machine is put in the place of what is written: the broker's address, the samples' folder, port and state folder.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from scripts.broker.broker import free_port

PROJECT = Path(__file__).parents[2]
FILE = PROJECT / "docker-compose.yml"
_IMAGE_SETTING = re.compile(r"\b(TAKEDOWN_[A-Z_]+)=(\S+)")
_BROKER, _SAMPLES, _PORT, _PYTHON = "kafka:9092", "/samples", "9464", "/opt/takedown/bin/python"
_HEALTHY_WITHIN = 90.0  # seconds

Service = Mapping[str, Any]


def services() -> dict[str, Service]:
    """Return the services as the file has them."""
    found: dict[str, Service] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
    return found


def ours(name: str) -> bool:
    """Whether a service runs the program."""
    return "build" in services()[name]


def image_settings() -> dict[str, str]:
    """Return the settings that the image brings."""
    return dict(_IMAGE_SETTING.findall((PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")))


class Process:
    """One container of a service, as a process."""

    def __init__(self, service: Service, bootstrap: str, application: str, log: Path) -> None:
        self.log, self._service, self._port = log, service, free_port()
        self._here = {_BROKER: bootstrap, _SAMPLES: str(PROJECT / "samples"), _PYTHON: sys.executable}
        settings = image_settings() | dict(service.get("environment", {}))
        own = {
            "TAKEDOWN_HTTP_HOST": "127.0.0.1",
            "TAKEDOWN_HTTP_PORT": str(self._port),
            "TAKEDOWN_STATE_DIR": str(log.with_suffix(".state")),
            "TAKEDOWN_APPLICATION": application,
            "TAKEDOWN_TOPIC_PREFIX": f"{application}.",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TAKEDOWN_")}
        self._env = kept | {name: self._mapped(value) for name, value in settings.items()} | own
        with log.open("wb") as target:
            command = (sys.executable, "-m", "pipeline", *map(self._mapped, service["command"]))
            self.process = subprocess.Popen(command, env=self._env, stdout=target, stderr=target)

    @property
    def url(self) -> str:
        """Where it serves HTTP."""
        return f"http://127.0.0.1:{self._port}"

    def done(self, patience: float = 60.0) -> None:
        """Wait until it has done its work. Raises RuntimeError where it ends with another code than 0."""
        if code := self.process.wait(patience):
            raise RuntimeError(f"ended with {code}:\n{self.log.read_text(errors='replace')[-3000:]}")

    def healthy(self) -> None:
        """Wait until its health check says so. Raises TimeoutError, and RuntimeError where it ends."""
        until = time.monotonic() + _HEALTHY_WITHIN
        while subprocess.run(self._check(), capture_output=True, check=False, timeout=10).returncode:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"is not healthy:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.5)

    def stop(self) -> int:
        """Stop it as an engine does; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.wait()

    def _check(self) -> Sequence[str]:
        kind, *command = self._service["healthcheck"]["test"]
        assert kind == "CMD", "no shell is needed"
        return [self._mapped(part).replace(_PORT, str(self._port)) for part in command]

    def _mapped(self, text: str) -> str:
        for written, here in self._here.items():
            text = text.replace(written, here)
        return text
