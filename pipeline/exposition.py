"""Shows readings and histograms of the catalogue to Prometheus, in its text format."""

import platform
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from os import environ

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.process_collector import ProcessCollector

from pipeline import metrics
from pipeline.metrics import Metric, Reading

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each histogram, which nobody asks for

REVISION_VARIABLE = "BUILD_REVISION"  # set where an image is built

Source = Callable[[], Iterable[Reading]]


class Exposition:
    """A registry whose readings are asked for when Prometheus asks; nothing is touched a record.

    What a source no longer yields is no longer shown: a worker that gave up a partition does not go on telling of it.
    """

    def __init__(self, *sources: Source) -> None:
        self.registry = CollectorRegistry()
        self._sources = list(sources)
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def add(self, source: Source) -> None:
        """Ask a source too from now on."""
        self._sources.append(source)

    def histogram(self, metric: Metric) -> Histogram:
        """Return a histogram of the catalogue, to be observed once a chunk."""
        return Histogram(metric.name, metric.help, metric.labels, buckets=metric.buckets, registry=self.registry)

    def collect(self) -> Iterator[Family]:
        """See prometheus_client: yield every family that has a reading."""
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for source in self._sources:
            for metric, labels, value in source():
                if metric.name not in families:
                    families[metric.name] = _family(metric)
                families[metric.name].add_metric(labels, value)
        yield from families.values()

    def describe(self) -> Iterable[Family]:
        """See prometheus_client: tell no names before there are readings."""
        return ()


def _family(metric: Metric) -> CounterMetricFamily | GaugeMetricFamily:
    """Return the family of a metric. An info is a gauge of 1 to Prometheus, with a series for each set of labels."""
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    return kind(metric.name, metric.help, labels=metric.labels)


def build(application: str, worker: str) -> Reading:
    """Return what runs."""
    revision = environ.get(REVISION_VARIABLE) or "unknown"
    return Reading(metrics.BUILD, (application, worker, version("takedown-pipeline"), revision, platform.python_version()), 1)
