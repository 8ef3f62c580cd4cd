"""A Prometheus of one's own: it reads some workers every second and follows the rules in deploy/prometheus."""

import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import orjson

from scripts.broker.broker import free_port

RULES = Path(__file__).parent.parent / "deploy" / "prometheus" / "rules"
_READY_WITHIN = 60.0  # seconds
_CONFIGURATION = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ["{rules}/*.yml"]
scrape_configs:
  - job_name: takedown
    file_sd_configs: [{{files: ["{targets}"], refresh_interval: 1s}}]
"""


class PrometheusError(Exception):
    """Prometheus is missing, does not start, or refuses a query."""


class Prometheus:
    """A server in a folder of its own; it ends with the `with` block. A `data` folder that is there already is its past."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.url = f"http://127.0.0.1:{free_port()}"
        self._targets = folder / "targets.json"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Prometheus":
        """Start, and wait until it answers. Raises PrometheusError."""
        program = shutil.which("prometheus")
        if program is None:
            raise PrometheusError("prometheus is missing (Debian, Ubuntu: apt install prometheus)")
        self.read()
        configuration = self.folder / "prometheus.yml"
        configuration.write_text(_CONFIGURATION.format(rules=RULES, targets=self._targets), encoding="utf-8")
        address = f"--web.listen-address={urlsplit(self.url).netloc}"
        with (self.folder / "log").open("wb") as log:
            command = (program, f"--config.file={configuration}", f"--storage.tsdb.path={self.data}", address)
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            self._wait(self._process)
        except PrometheusError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def read(self, *workers: str) -> None:
        """Read these workers from now on, given by their URLs."""
        targets = [{"targets": [urlsplit(url).netloc for url in workers]}]
        fresh = self._targets.with_suffix(".new")
        fresh.write_bytes(orjson.dumps(targets))
        fresh.replace(self._targets)

    def ask(self, query: str) -> Sequence[Mapping[str, Any]]:
        """Return the series that a query gives now. Raises PrometheusError."""
        return asked(self.url, "query", query=query)

    def value(self, query: str) -> float:
        """Return the one value of a query; -1 where there is none yet. Raises PrometheusError."""
        found = self.ask(query)
        return float(found[0]["value"][1]) if found else -1.0

    def values(self, query: str, label: str) -> dict[str, float]:
        """Return the values of a query by a label. Raises PrometheusError."""
        return {each["metric"].get(label, ""): float(each["value"][1]) for each in self.ask(query)}

    def alerts(self) -> set[str]:
        """Return the names of the alerts that are pending or firing. Raises PrometheusError."""
        return {each["metric"]["alertname"] for each in self.ask("ALERTS")}

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _READY_WITHIN
        while True:
            try:
                with urlopen(f"{self.url}/-/ready", timeout=2):
                    return
            except (URLError, OSError) as error:
                if process.poll() is not None or time.monotonic() > until:
                    log = (self.folder / "log").read_text(errors="replace")[-2000:]
                    raise PrometheusError(f"prometheus does not start: {error}\n{log}") from error
            time.sleep(0.2)


def asked(url: str, path: str, **parameters: object) -> Sequence[Mapping[str, Any]]:
    """Return the series that a Prometheus answers with. Raises PrometheusError."""
    try:
        with urlopen(f"{url}/api/v1/{path}?{urlencode(parameters)}", timeout=30) as answer:
            found: Sequence[Mapping[str, Any]] = orjson.loads(answer.read())["data"]["result"]
            return found
    except (URLError, OSError) as error:
        raise PrometheusError(f"{parameters.get('query')}: {error}") from error
