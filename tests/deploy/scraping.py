"""A real Prometheus with our configuration and rules, that scrapes processes of this machine every second."""

import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from scripts.broker.broker import free_port

PROJECT = Path(__file__).parents[2]
CONFIG = PROJECT / "deploy" / "prometheus" / "prometheus.yml"
_STARTS_WITHIN = 30.0  # seconds


class Prometheus:
    """Runs from the start to the end of a `with` block."""

    def __init__(self, folder: Path, targets: Sequence[str]) -> None:
        self._folder, self._targets = folder, targets
        self.url = f"http://127.0.0.1:{free_port()}"

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        config = self._folder / "prometheus.yml"
        config.write_text(yaml.safe_dump(self._config()), encoding="utf-8")
        options = (f"--config.file={config}", f"--storage.tsdb.path={self._folder / 'data'}", f"--web.listen-address={self.url[7:]}")
        self._log = (self._folder / "prometheus.log").open("wb")
        self._process = subprocess.Popen(("prometheus", *options), stdout=self._log, stderr=self._log)
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _config(self) -> dict[str, Any]:
        """Return our configuration, with these targets in the place of those that are found by name, and less patience."""
        config: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
        config["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = [str(CONFIG.parent / pattern) for pattern in config["rule_files"]]
        config["scrape_configs"] = [{"job_name": "takedown", "static_configs": [{"targets": list(self._targets)}]}]
        return config

    def _wait(self) -> None:
        until = time.monotonic() + _STARTS_WITHIN
        while True:
            try:
                urlopen(f"{self.url}/-/ready", timeout=2).close()
            except (URLError, OSError) as error:
                if time.monotonic() > until or self._process.poll() is not None:
                    log = (self._folder / "prometheus.log").read_text(errors="replace")
                    raise RuntimeError(f"Prometheus does not start:\n{log[-3000:]}") from error
                time.sleep(0.2)
            else:
                return

    def query(self, expression: str) -> list[Any]:
        """Return what an expression gives now: a list of {metric, value}. Raises HTTPError where it is no good."""
        with urlopen(f"{self.url}/api/v1/query?{urlencode({'query': expression})}", timeout=10) as answer:
            found: list[Any] = json.load(answer)["data"]["result"]
        return found

    def value(self, expression: str) -> float:
        """Return the one value of an expression; -1 where there is none yet."""
        found = self.query(expression)
        return float(found[0]["value"][1]) if found else -1.0

    def values(self, expression: str, label: str) -> dict[str, float]:
        """Return the values of an expression by a label."""
        return {each["metric"].get(label, ""): float(each["value"][1]) for each in self.query(expression)}

    def alerts(self) -> dict[str, str]:
        """Return the alerts that are pending or firing, each with which of the two it is."""
        with urlopen(f"{self.url}/api/v1/alerts", timeout=10) as answer:
            return {each["labels"]["alertname"]: each["state"] for each in json.load(answer)["data"]["alerts"]}
