"""Write docs/metrics.md: every metric of the catalogue, by the rows of the dashboard.

python -m scripts.build_metrics_doc [FILE]
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from pipeline.metrics import CATALOGUE, Metric, Row

DOCS = Path(__file__).parent.parent / "docs" / "metrics.md"
_UNITS = ("seconds", "bytes", "records", "entries")
_HEAD = """# Metrics

What every worker shows at `/metrics`, beside the `process_` and `python_` metrics of the Prometheus client. A count of a partition is kept
with its state: it is exact whatever was killed, and goes on at the worker that owns the partition next. Other counts begin with the
process. Rules and alerts are in `deploy/prometheus`, what to do about an alert in `deploy/runbooks`; they look at one pipeline: give each
its own Prometheus, or add a label that tells them apart. A timestamp is in Unix seconds.
"""


def build(path: Path) -> None:
    """Write the file."""
    path.write_text("".join(_text()), encoding="utf-8")


def _text() -> Iterator[str]:
    yield _HEAD
    for row in get_args(Row):
        yield f"\n## {row}\n\n| metric | kind | unit | labels | meaning |\n|---|---|---|---|---|\n"
        yield from (_line(metric) for metric in CATALOGUE if metric.row == row)


def _line(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "-"
    return f"| `{metric.name}` | {metric.kind} | {unit(metric)} | {labels} | {_meaning(metric)} |\n"


def unit(metric: Metric) -> str:
    """Return what a metric counts or measures, which its name says."""
    words = metric.name.split("_")
    return next((word for word in reversed(words) if word in _UNITS), "-")


def _meaning(metric: Metric) -> str:
    return f"{metric.help} Buckets: {', '.join(f'{bound:g}' for bound in metric.buckets)}." if metric.buckets else metric.help


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
