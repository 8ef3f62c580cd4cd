"""Write deploy/grafana/dashboards/takedown.json: a row for each part of the catalogue of metrics, a panel for each metric.

python -m scripts.build_dashboard [FILE]
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import orjson

from pipeline import metrics
from pipeline.events.notice import FINAL
from pipeline.metrics import CATALOGUE, Metric, Row

FILE = Path(__file__).parent.parent / "deploy" / "grafana" / "dashboards" / "takedown.json"
DATASOURCE = {"type": "prometheus", "uid": "takedown-prometheus"}
_COLUMNS, _HEIGHT, _STAT_HEIGHT = 24, 8, 4
_PER_SECOND, _QUANTILES = "suffix: /s", (0.5, 0.95, 0.99)

Shape = Literal["timeseries", "stat", "table"]


@dataclass(frozen=True, slots=True)
class Query:
    """What Prometheus is asked, and what a line is called."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture. `bad_from`: the value from which a number is red."""

    title: str
    queries: tuple[Query, ...]
    description: str
    unit: str = "short"
    shape: Shape = "timeseries"
    width: int = 8
    bad_from: float | None = None


def _stat(title: str, expr: str, description: str, unit: str = "short", bad_from: float | None = None) -> Panel:
    return Panel(title, (Query(expr),), description, unit, "stat", 4, bad_from)


OVERVIEW = (
    _stat("Takedowns", "3600 * pipeline:takedown_takedowns:rate5m", "At the rate of the last five minutes.", "suffix: /h"),
    _stat("Records read", "sum(stage:takedown_records_read:rate5m)", "By all stages, over five minutes.", _PER_SECOND),
    _stat("Waiting", "sum(stage:takedown_lag_records:sum)", "Offsets that no stage has read yet."),
    _stat("Behind", "max(stage:takedown_lag_seconds:max)", "Age of the newest record handled, while others wait.", "s", 60),
    _stat("Unaccounted for", "pipeline:takedown_conservation_residual_records:sum", "Always 0, or records were lost.", bad_from=1),
    _stat(
        "Dead-letter share",
        "max(stage:takedown_records_dead_lettered:ratio_increase15m)",
        "Of what a stage has read in fifteen minutes; the worst stage.",
        "percentunit",
        0.01,
    ),
    _stat("From listing to takedown", "pipeline:takedown_end_to_end_seconds:p95_rate5m", "95 of 100 take no longer.", "s", 60),
    _stat("Partitions with the brake on", "sum(max by (partition) (takedown_brake_on))", "Questions instead of takedowns.", bad_from=1),
    _stat("Workers", 'sum(up{job="takedown"})', "That answer."),
    _stat("Owned partitions", "min(stage:takedown_partitions:count)", "Of the stage with the fewest."),
    _stat("Alerts that fire", 'count(ALERTS{alertstate="firing"}) or vector(0)', "See deploy/runbooks.", bad_from=1),
    _stat("Time to drain", "max(stage:takedown_drain_seconds:estimate)", "Nothing where the lag does not shrink.", "s"),
)

# -- a panel for each metric: by its kind, where nothing else is said


def _rest(metric: Metric) -> tuple[str, ...]:
    return tuple(label for label in metric.labels if label != "partition")


def _by(labels: Sequence[str]) -> str:
    return f" by ({', '.join(labels)}) " if labels else ""


def _legend(labels: Sequence[str]) -> str:
    return " ".join(f"{{{{{label}}}}}" for label in labels)


def _of_counter(metric: Metric) -> tuple[Query, ...]:
    return (Query(f"sum{_by(_rest(metric))}(rate({metric.name}[$__rate_interval]))", _legend(_rest(metric))),)


def _of_histogram(metric: Metric) -> tuple[Query, ...]:
    rate = f"sum by ({', '.join(('le', *metric.labels))}) (rate({metric.name}_bucket[$__rate_interval]))"
    return tuple(Query(f"histogram_quantile({q}, {rate})", f"{_legend(metric.labels)} p{q * 100:.0f}".strip()) for q in _QUANTILES)


def _of_gauge(metric: Metric) -> tuple[Query, ...]:
    """A partition that moves may be seen at two workers for a moment: it counts once."""
    once = f"max{_by(metric.labels)}({metric.name})" if "partition" in metric.labels else metric.name
    return (Query(f"sum{_by(_rest(metric))}({once})", _legend(_rest(metric))),)


def _of_info(metric: Metric) -> tuple[Query, ...]:
    return (Query(f"count{_by(_rest(metric))}({metric.name})"),)


def _worst(metric: Metric) -> tuple[Query, ...]:
    return (Query(f"max by (stage) ({metric.name})", "{{stage}}"),)


def _by_topic(metric: Metric) -> tuple[Query, ...]:
    return (Query(f"max by (stage, topic) ({metric.name})", "{{stage}} {{topic}}"),)


def _since(metric: Metric) -> tuple[Query, ...]:
    return (Query(f"time() - min by (stage) (max by (stage, partition) ({metric.name}))", "{{stage}}"),)


_KINDS = {"counter": _of_counter, "histogram": _of_histogram, "gauge": _of_gauge, "info": _of_info}
_OTHERWISE: Mapping[str, tuple[Query, ...]] = {
    metrics.LAG_SECONDS.name: _worst(metrics.LAG_SECONDS),
    metrics.RECOVERY_SINCE.name: _worst(metrics.RECOVERY_SINCE),
    metrics.BRAKE.name: (Query(f"max by (partition) ({metrics.BRAKE.name})", "partition {{partition}}"),),
    metrics.PROGRESS.name: _since(metrics.PROGRESS),
    metrics.TICKED.name: _since(metrics.TICKED),
    metrics.DEADLINE.name: (
        Query(f"1000 * min by (stage) (max by (stage, partition) ({metrics.DEADLINE.name}))", "{{stage}}"),
        Query(f'1000 * min by (stage) ({metrics.CLOCK.name}{{stage="flagging"}})', "clock of {{stage}}"),
    ),
    metrics.NOTICE_SECONDS.name: (
        Query(
            f"sum(rate({metrics.NOTICE_SECONDS.name}[$__rate_interval]))"
            f' / (sum(rate({metrics.NOTICES.name}{{outcome=~"{"|".join(FINAL)}"}}[$__rate_interval])) > 0)',
            "now",
        ),
        Query("pipeline:takedown_notice_handling_seconds:mean1d", "last day"),
    ),
    metrics.CLOCK.name: (Query(f"1000 * min by (stage) ({metrics.CLOCK.name})", "{{stage}}"),),
    metrics.REFERENCE.name: _by_topic(metrics.REFERENCE),
    metrics.REFUSED.name: _by_topic(metrics.REFUSED),
    metrics.LOST.name: (Query(f"{_of_gauge(metrics.LOST)[0].expr} or vector(0)", "{{stage}} {{topic}}"),),
    metrics.RECOVERING.name: (Query(f"{_of_gauge(metrics.RECOVERING)[0].expr} or vector(0)", "{{stage}}"),),
}
_TITLES: Mapping[str, str] = {
    metrics.DEAD.name: "Records dead-lettered",
    metrics.RESIDUAL.name: "Unaccounted for",
    metrics.LAG.name: "Lag",
    metrics.LAG_SECONDS.name: "Behind",
    metrics.END_TO_END.name: "From listing to takedown",
    metrics.CHUNK_RECORDS.name: "Records of a chunk",
    metrics.CHUNK_SECONDS.name: "Time of a chunk",
    metrics.RECOVERING.name: "Recovery: entries left",
    metrics.REFUSED.name: "Reference records refused",
    metrics.PROGRESS.name: "Since the last chunk",
    metrics.TICKED.name: "Since the last tick",
    metrics.CLOCK.name: "Clock of the events",
    metrics.RECOVERY_SINCE.name: "Recovery: time taken",
    metrics.NOTICES_OPEN.name: "Notices without a final outcome",
    metrics.NOTICE_SECONDS.name: "From a notice to its final outcome, on the average",
    metrics.REVIEWS.name: "Questions put to people",
    metrics.REVIEWS_ENDED.name: "Questions ended",
    metrics.REVIEWS_OPEN.name: "Questions that wait for an answer",
    metrics.OVER_BUDGET.name: "Cleared unasked, the budget spent",
    metrics.APPEALS.name: "Appeals and complaints",
    metrics.APPEAL_OUTCOMES.name: "What came of appeals",
    metrics.DEADLINE.name: "Next deadline, and the clock",
}
_UNITS: Mapping[str, str] = {
    metrics.BYTES.name: "bytes",
    metrics.CLOCK.name: "dateTimeAsIso",
    metrics.DEADLINE.name: "dateTimeAsIso",
    metrics.NOTICE_SECONDS.name: "s",
}


def panel_of(metric: Metric) -> Panel:
    """Return the panel of a metric."""
    queries = _OTHERWISE.get(metric.name) or _KINDS[metric.kind](metric)
    shape: Shape = "table" if metric.kind == "info" else "timeseries"
    return Panel(_TITLES.get(metric.name) or _title(metric), queries, f"{metric.help} ({metric.name})", _unit(metric), shape)


def _title(metric: Metric) -> str:
    words = metric.name.removeprefix("takedown_").removesuffix("_total").removesuffix("_info").replace("_", " ")
    return words.capitalize()


def _unit(metric: Metric) -> str:
    otherwise = "s" if metric.name.endswith("_seconds") else "short"
    return _UNITS.get(metric.name) or (_PER_SECOND if metric.kind == "counter" else otherwise)


# -- what is beside the catalogue

_MORE: Mapping[Row, tuple[Panel, ...]] = {
    "Flow": (
        Panel(
            "Time to drain",
            (Query("stage:takedown_drain_seconds:estimate", "{{stage}}"),),
            "Until nothing waits, at the pace of ten minutes; nothing where the lag does not shrink.",
            "s",
        ),
        Panel(
            "Dead letters so far",
            (Query("sum by (stage, code) (max by (stage, partition, code) (takedown_records_dead_lettered_total))", "{{stage}} {{code}}"),),
            "Since the beginning, whatever was killed since.",
        ),
    ),
    "Decisions": (
        Panel(
            "Takedowns an hour, and their usual band",
            (
                Query("3600 * pipeline:takedown_takedowns:rate1h", "last hour"),
                Query("3600 * pipeline:takedown_takedowns:rate1h_upper", "usual, at most"),
                Query("3600 * pipeline:takedown_takedowns:rate1h_lower", "usual, at least"),
            ),
            "The band of the day before; outside it TakedownRateUnusual fires.",
            "suffix: /h",
        ),
        Panel(
            "Takedowns so far",
            (
                Query(
                    "sum by (source, reason) (max by (stage, partition, source, reason) (takedown_takedowns_total))",
                    "{{source}} {{reason}}",
                ),
            ),
            "Since the beginning, whatever was killed since.",
        ),
    ),
    "Notices": (
        Panel(
            "Notices so far",
            (
                Query(
                    "sum by (outcome, code) (max by (stage, partition, outcome, code) (takedown_notice_outcomes_total))",
                    "{{outcome}} {{code}}",
                ),
            ),
            "Since the beginning, whatever was killed since.",
        ),
        Panel(
            "Shares of refused notices",
            (Query("code:takedown_notices_refused:ratio_increase1h", "{{code}}"),),
            "By code, of all notices that ended within the last hour.",
            "percentunit",
        ),
    ),
    "Questions and appeals": (
        Panel(
            "Share of questions that nobody answered",
            (Query("pipeline:takedown_reviews_unanswered:ratio_increase1d", "last day"),),
            "Of the questions that ended. TakedownReviewsOverdue fires above a tenth.",
            "percentunit",
        ),
        Panel(
            "Share of takedowns that did not hold",
            (Query("pipeline:takedown_reversals:ratio_increase1d", "last day"),),
            "Given back by ruling or retraction, against the takedowns of the same day. TakedownReversalsUnusual fires above a tenth.",
            "percentunit",
        ),
    ),
    "Process": (
        Panel("Memory", (Query('process_resident_memory_bytes{job="takedown"}', "{{instance}}"),), "Resident, by worker.", "bytes"),
        Panel(
            "CPU",
            (Query('rate(process_cpu_seconds_total{job="takedown"}[$__rate_interval])', "{{instance}}"),),
            "Cores that a worker uses.",
        ),
        Panel("Open files", (Query('process_open_fds{job="takedown"}', "{{instance}}"),), "By worker."),
    ),
}


def rows() -> Iterator[tuple[str, tuple[Panel, ...]]]:
    """Yield the rows: the overview, then the parts of the catalogue in its order."""
    yield "Overview", OVERVIEW
    for row in get_args(Row):
        yield row, (*(panel_of(metric) for metric in CATALOGUE if metric.row == row), *_MORE.get(row, ()))


# -- as Grafana reads it


def dashboard() -> dict[str, Any]:
    """Return the dashboard."""
    return {
        "uid": "takedown",
        "title": "Takedown pipeline",
        "description": "Made by scripts/build_dashboard.py from the catalogue of metrics: change it there.",
        "tags": ["takedown"],
        "schemaVersion": 39,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "5s",
        "time": {"from": "now-15m", "to": "now"},
        "timezone": "utc",
        "templating": {"list": []},
        "annotations": {"list": []},
        "panels": list(_placed()),
    }


def _placed() -> Iterator[dict[str, Any]]:
    """Yield the panels, each at its place: from left to right, and in a line of their own where a row begins."""
    number, top = 0, 0
    for title, panels in rows():
        number += 1
        yield {"id": number, "type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": _grid(0, top, _COLUMNS, 1)}
        left, top, height = 0, top + 1, _HEIGHT
        for panel in panels:
            if left + panel.width > _COLUMNS:
                left, top = 0, top + height
            height = _STAT_HEIGHT if panel.shape == "stat" else _HEIGHT
            number += 1
            yield {"id": number, "gridPos": _grid(left, top, panel.width, height), **_drawn(panel)}
            left += panel.width
        top += height


def _grid(x: int, y: int, w: int, h: int) -> dict[str, int]:
    return {"x": x, "y": y, "w": w, "h": h}


def _drawn(panel: Panel) -> dict[str, Any]:
    return {
        "type": panel.shape,
        "title": panel.title,
        "description": panel.description,
        "datasource": DATASOURCE,
        "targets": [_target(panel, chr(ord("A") + place), query) for place, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": {"unit": panel.unit, **_thresholds(panel.bad_from)}, "overrides": []},
        "options": _options(panel.shape),
    }


def _target(panel: Panel, letter: str, query: Query) -> dict[str, Any]:
    table = panel.shape == "table"
    return {
        "refId": letter,
        "datasource": DATASOURCE,
        "expr": query.expr,
        "legendFormat": query.legend or "__auto",
        "instant": table,
        "range": not table,
        "format": "table" if table else "time_series",
    }


def _thresholds(bad_from: float | None) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if bad_from is not None:
        steps.append({"color": "red", "value": bad_from})
    return {"thresholds": {"mode": "absolute", "steps": steps}}


def _options(shape: Shape) -> dict[str, Any]:
    if shape == "timeseries":
        return {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}, "tooltip": {"mode": "multi", "sort": "desc"}}
    if shape == "stat":
        return {"colorMode": "value", "graphMode": "area", "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}}
    return {"showHeader": True}


def build(path: Path) -> None:
    """Write the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(dashboard(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
