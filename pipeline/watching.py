"""What workers say of themselves over HTTP, added up: totals, and rates between two looks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from time import monotonic
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from prometheus_client.parser import text_string_to_metric_families

from pipeline.metrics import BUILD, Metric

_PATIENCE = 2.0  # seconds for an answer
_MOST = 16 * 1024 * 1024  # bytes of an answer
_AT_ONCE = 16  # workers that are asked side by side

_DIRECTLY = build_opener(ProxyHandler({}))  # workers are in our own network

Labels = tuple[str, ...]


class NoWorkerError(Exception):
    """No worker answers."""


@dataclass(frozen=True, slots=True)
class Look:
    """What all workers said at one time: values by metric and labels, joined over the workers; who answered, and who did not and why."""

    at: float
    values: Mapping[str, Mapping[Labels, float]] = field(default_factory=dict)
    answered: Sequence[str] = ()
    silent: Mapping[str, str] = field(default_factory=dict)

    def of(self, metric: Metric, *by: str, **where: str) -> dict[Labels, float]:
        """Return the values of a metric for each value of some of its labels, where others are as asked."""
        wanted = [metric.labels.index(name) for name in by]
        asked = {metric.labels.index(name): value for name, value in where.items()}
        found: dict[Labels, float] = defaultdict(float)
        for labels, value in self.values.get(metric.name, {}).items():
            if all(labels[place] == each for place, each in asked.items()):
                found[tuple(labels[place] for place in wanted)] += value
        return dict(found)

    def total(self, metric: Metric, **where: str) -> float:
        """Return the sum of a metric."""
        return self.of(metric, **where).get((), 0.0)


def rate(before: Look, after: Look, metric: Metric, **where: str) -> float:
    """Return how much a counter rose a second, of the series that were there before: what comes with a worker has not risen."""
    seconds, earlier, later = after.at - before.at, before.of(metric, *metric.labels, **where), after.of(metric, *metric.labels, **where)
    rises = (max(value - earlier[labels], 0.0) for labels, value in later.items() if labels in earlier)
    return sum(rises) / seconds if seconds > 0 else 0.0


def look(urls: Sequence[str], catalogue: Iterable[Metric]) -> Look:
    """Ask all workers side by side. A worker that does not answer is named with the reason."""
    known = {metric.name: metric for metric in catalogue}
    values: dict[str, dict[Labels, float]] = defaultdict(dict)
    silent: dict[str, str] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for url, answer in zip(urls, pool.map(_asked, urls), strict=True):
            if isinstance(answer, Exception):
                silent[url] = str(answer) or type(answer).__name__
            elif not _add(values, answer, known):
                silent[url] = "what answers there is no worker"
    return Look(monotonic(), values, tuple(url for url in urls if url not in silent), silent)


def _asked(url: str) -> str | Exception:
    try:
        with _DIRECTLY.open(f"{url}/metrics", timeout=_PATIENCE) as answer:
            return str(answer.read(_MOST).decode(errors="replace"))
    except (URLError, OSError, HTTPException) as error:
        return error


def _add(values: dict[str, dict[Labels, float]], answer: str, known: Mapping[str, Metric]) -> bool:
    """Join what a worker has answered to what others have; tell whether it was a worker's answer."""
    try:
        families = list(text_string_to_metric_families(answer))
    except ValueError:
        return False
    if not any(family.name == BUILD.name for family in families):
        return False
    for family in families:
        for sample in family.samples:
            metric = known.get(sample.name) or known.get(sample.name.rsplit("_", 1)[0])
            if metric is not None and (sample.name == metric.name or sample.name.endswith(("_sum", "_count"))):
                _join(values[sample.name], metric, tuple(sample.labels.get(name, "") for name in metric.labels), sample.value)
    return True


def _join(known: dict[Labels, float], metric: Metric, labels: Labels, value: float) -> None:
    """Add a value of one worker to those of others. Who was cut off may still tell of a partition that another owns by now: the newer count
    is the larger one.
    """
    if labels not in known:
        known[labels] = value
    else:
        known[labels] = max(known[labels], value) if "partition" in metric.labels else known[labels] + value


def base(text: str) -> str:
    """Return a worker's address as a URL without a path: `host:port` is taken for http. Raises ValueError."""
    url = urlsplit(text if "://" in text else f"http://{text}")
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError(f"{text!r} is no address of a worker: http://HOST:PORT")
    return f"{url.scheme}://{url.netloc}"
