"""Shows readings and histograms of the catalogue to Prometheus, in its text format."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.process_collector import ProcessCollector

from pipeline.metrics import Metric, Reading

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
        families: dict[str, Family] = {}
        for source in self._sources:
            for metric, labels, value in source():
                if metric.name not in families:
                    families[metric.name] = _family(metric)
                _add(families[metric.name], metric, labels, value)
        yield from families.values()

    def describe(self) -> Iterable[Family]:
        """See prometheus_client: tell no names before there are readings."""
        return ()


def _family(metric: Metric) -> Family:
    if metric.kind == "counter":
        return CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
    if metric.kind == "info":
        return InfoMetricFamily(metric.name.removesuffix("_info"), metric.help, labels=())
    return GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)


def _add(family: Family, metric: Metric, labels: tuple[str, ...], value: float) -> None:
    if isinstance(family, InfoMetricFamily):
        family.add_metric((), dict(zip(metric.labels, labels, strict=True)))
    else:
        family.add_metric(labels, value)  # type: ignore[attr-defined]
