"""Worker processes of one application, started, stopped, killed and frozen as an operator or a crash would."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline.kafka.connection import reaching
from pipeline.kafka.status import Status, status
from pipeline.settings import Settings, variable

_STOPS_WITHIN = 60.0  # seconds
_SERVES = re.compile(r"serves .* at (http://[^\s\"]+)")
_SHOWN = 4000  # characters of a log


@dataclass
class WorkerProcess:
    """One `takedown worker`, with a log and a state folder of its own."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    state: Path
    frozen: bool = False
    ended_by_us: bool = False

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    @property
    def url(self) -> str | None:
        """Where it serves HTTP; None before it does."""
        found = _SERVES.findall(self.log.read_text(errors="replace"))
        return found[-1] if found else None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, where it still runs."""
        if self.running:
            self.process.send_signal(number)

    def kill(self) -> None:
        """Kill it as a crash would, and wait until it is gone."""
        self.ended_by_us = True
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Let it finish; return its exit code. Raises subprocess.TimeoutExpired."""
        self.ended_by_us = True
        self.signal(signal.SIGTERM)
        return self.process.wait(_STOPS_WITHIN)

    def end_of_log(self) -> str:
        """Return the last of what it printed."""
        return self.log.read_text(errors="replace")[-_SHOWN:]

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does."""
        self.signal(signal.SIGSTOP)
        self.frozen = True

    def thaw(self) -> None:
        """Let it go on as if nothing had happened."""
        self.signal(signal.SIGCONT)
        self.frozen = False


class Workers:
    """All worker processes of one application; none survives the `with` block."""

    def __init__(self, settings: Settings, folder: Path, module: str = "pipeline") -> None:
        """`module`: the program that is run."""
        self.settings, self.folder, self.module = settings, folder, module
        self.all: list[WorkerProcess] = []
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.all:
            each.kill()

    @property
    def running(self) -> list[WorkerProcess]:
        """Those that have not ended."""
        return [each for each in self.all if each.running]

    def check(self) -> None:
        """Raise RuntimeError with the end of its log where one has ended by itself."""
        for each in self.all:
            if not each.running and not each.ended_by_us:
                code = each.process.returncode
                raise RuntimeError(f"{each.log.stem} ended with {code} by itself; its log ends with:\n{each.end_of_log()}")

    def start(self, name: str, *options: str, state: Path | None = None) -> WorkerProcess:
        """Start a worker: a stage, or `fused`. `state`: the folder of an earlier one, to be used again."""
        number = len(self.all)
        state = state or self.folder / f"state-{number}"
        log = self.folder / f"{name}-{number}.log"
        which = ("--fused",) if name == "fused" else (name,)
        with log.open("ab") as target:
            process = subprocess.Popen(
                (sys.executable, "-m", self.module, "worker", *which, *options),
                env=environment(self.settings.model_copy(update={"state_dir": state, "http_port": self.settings.http_port or 0})),
                stdout=target,
                stderr=target,
                start_new_session=True,
            )
        worker = WorkerProcess(name, process, log, state)
        self.all.append(worker)
        return worker

    def stop(self) -> None:
        """Let all that run finish. Raises RuntimeError with the end of its log where one does not end with 0."""
        stopping = self.running
        for each in stopping:
            each.ended_by_us = True
            each.signal(signal.SIGTERM)
        for each in stopping:
            if code := each.process.wait(_STOPS_WITHIN):
                raise RuntimeError(f"{each.log.stem} ended with {code} when it was stopped; its log ends with:\n{each.end_of_log()}")

    def logs(self) -> str:
        """Return what all of them printed."""
        return "\n".join(f"--- {each.log.name}\n{each.log.read_text(errors='replace')}" for each in self.all)


def environment(settings: Settings) -> dict[str, str]:
    """Return this process's environment, with the settings as variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TAKEDOWN_")}
    given = settings.model_dump(exclude_none=True, exclude_defaults=True)
    return {**kept, **{variable(key): str(value) for key, value in given.items()}}


async def all_read(settings: Settings, patience: float, *, fused: bool = False) -> Status:
    """Wait until every stage has read its inputs to their end, and return where they stand. Raises TimeoutError."""
    until = time.monotonic() + patience
    while True:
        with reaching(settings):
            found = await status(settings, fused=fused)
        if found.standings and found.lag == 0:
            return found
        if time.monotonic() > until:
            raise TimeoutError(f"{found.lag} offsets are not read after {patience:.0f} s")
        await asyncio.sleep(0.3)
