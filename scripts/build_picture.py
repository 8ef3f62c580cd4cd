"""Draw docs/dashboard.png: the main queries of the dashboard, over a real run of the workers. Grafana is not needed; Prometheus is.

python -m scripts.build_picture [FILE]

It starts a broker, workers and a Prometheus, plays the samples in about two and a half minutes, and kills a worker on the way.
"""

import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from pipeline.settings import Settings
from scripts.broker.broker import Broker
from scripts.broker.workers import Workers, environment
from scripts.build_dashboard import Panel, rows
from scripts.prometheus import Prometheus, asked

ROOT = Path(__file__).parent.parent
FILE, SAMPLES = ROOT / "docs" / "dashboard.png", ROOT / "samples"
TAKEDOWN = Path(sys.executable).parent / "takedown"
CHOSEN = (
    ("Flow", "Records read"),
    ("Flow", "Lag"),
    ("Flow", "From listing to takedown"),
    ("Decisions", "Takedowns so far"),
    ("Flow", "Records dropped"),
    ("Delivery", "Time of a chunk"),
)
_SPEED, _KILLED_AFTER, _AWAY, _REST = "50000x", 60.0, 20.0, 10.0  # seconds, but for the speed
_WINDOW, _STEP, _READY_WITHIN, _COLOURS = "15s", 1, 60.0, 64
_CAPTION = (
    "Drawn by scripts/build_picture.py from the dashboard's queries, not by Grafana: three workers and a real Prometheus while the samples "
    f"play, {_SPEED} as fast.\nAfter {_KILLED_AFTER:.0f} seconds brand-match is killed; {_AWAY:.0f} seconds later another one takes over."
)


# -- the run


def run(scratch: Path) -> tuple[list[tuple[Panel, Sequence[Sequence[Mapping[str, Any]]]]], float]:
    """Play the samples; return what each chosen panel shows, its queries in their order, and when the playing began.

    Raises PrometheusError, BrokerError, CalledProcessError, and RuntimeError where a worker ends by itself.
    """
    broker = Broker(scratch / "broker").start()
    try:
        settings = Settings(bootstrap=broker.bootstrap, state_dir=scratch / "state")
        rights, standings = (str(SAMPLES / f"{topic}.jsonl.gz") for topic in ("rights", "notifier-standings"))
        for verb in (("topics", "create"), ("rights", "load", rights), ("notifiers", "load", standings), ("policy", "publish")):
            subprocess.run((TAKEDOWN, *verb), env=environment(settings), check=True)
        with Workers(settings, scratch / "workers") as workers, Prometheus(scratch / "prometheus") as server:
            began = play(settings, workers, server)
            return [(panel, seen(server, panel, began)) for panel in chosen()], began
    finally:
        broker.stop()


def play(settings: Settings, workers: Workers, server: Prometheus) -> float:
    """Play the samples while Prometheus reads the workers, and kill one on the way; return when it began."""
    for stage in ("dedupe", "brand-match", "flagging"):
        workers.start(stage)
    read_all(workers, server)
    began = time.time()
    playing = subprocess.Popen(
        (TAKEDOWN, "replay", SAMPLES, "--to", settings.bootstrap, "--speed", _SPEED), env=environment(settings), stdout=subprocess.DEVNULL
    )
    time.sleep(_KILLED_AFTER)
    killed = next(worker for worker in workers.all if worker.name == "brand-match")
    killed.kill()
    time.sleep(_AWAY)
    workers.start("brand-match", state=killed.state)
    read_all(workers, server)
    if code := playing.wait():
        raise subprocess.CalledProcessError(code, playing.args)
    time.sleep(_REST)
    workers.check()
    return began


def read_all(workers: Workers, server: Prometheus) -> None:
    """Let Prometheus read all workers that run, as soon as they serve. Raises RuntimeError where one ends by itself."""
    until = time.monotonic() + _READY_WITHIN
    while not all(worker.url for worker in workers.running) and time.monotonic() < until:
        workers.check()
        time.sleep(0.2)
    server.read(*(worker.url for worker in workers.running if worker.url))


def chosen() -> list[Panel]:
    """Return the panels of CHOSEN. Raises KeyError where the dashboard has none of that name."""
    there = {(row, panel.title): panel for row, panels in rows() for panel in panels}
    return [there[each] for each in CHOSEN]


def seen(server: Prometheus, panel: Panel, began: float) -> Sequence[Sequence[Mapping[str, Any]]]:
    """Return the series of each query of a panel, from the beginning until now."""
    return [
        asked(server.url, "query_range", query=query.expr.replace("$__rate_interval", _WINDOW), start=began, end=time.time(), step=_STEP)
        for query in panel.queries
    ]


# -- the picture


def draw(shown: Sequence[tuple[Panel, Sequence[Sequence[Mapping[str, Any]]]]], began: float, path: Path) -> None:
    """Write the picture."""
    mpl.rcParams.update({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False})
    figure = Figure(figsize=(12, 8), dpi=120)
    figure.subplots_adjust(left=0.04, right=0.98, top=0.95, bottom=0.24, hspace=0.75, wspace=0.2)  # with room for the legends below
    for axes, (panel, results) in zip(figure.subplots(2, 3).flat, shown, strict=True):
        for query, series in zip(panel.queries, results, strict=True):
            for each in series:
                times, values = zip(*with_gaps(each["values"]), strict=True)
                axes.plot([when - began for when in times], values, linewidth=1.2, label=called(query.legend, each["metric"]))
        adorn(axes, panel)
    figure.supxlabel(_CAPTION, fontsize=8)
    figure.savefig(path)
    Image.open(path).quantize(_COLOURS).save(path, optimize=True)


def with_gaps(values: Sequence[tuple[float, str]]) -> Iterator[tuple[float, float]]:
    """Yield the points of a line, with a break where Prometheus knew none."""
    before = None
    for when, value in values:
        if before is not None and when - before > _STEP:
            yield before + _STEP, math.nan
        yield when, float(value)
        before = when


def adorn(axes: Axes, panel: Panel) -> None:
    """Give axes a title, a unit and a legend."""
    unit = {"short": "", "s": ", seconds"}.get(panel.unit, ", a second")
    axes.set_title(f"{panel.title}{unit}", fontsize=9, fontweight="bold", loc="left")
    axes.grid(alpha=0.25)
    axes.set_ylim(bottom=0)
    legend = axes.legend(fontsize=6, frameon=False, loc="upper left", bbox_to_anchor=(0, -0.08), ncols=2, handlelength=1, columnspacing=1)
    legend.set_in_layout(False)  # else one long name takes the room of three panels


def called(legend: str, labels: Mapping[str, str]) -> str:
    """Return what a line is called: the legend, with the labels of the series."""
    for name, value in labels.items():
        legend = legend.replace(f"{{{{{name}}}}}", value)
    return legend


def main() -> None:
    """Run, and draw."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    with tempfile.TemporaryDirectory(prefix="picture-") as scratch:
        shown, began = run(Path(scratch))
    draw(shown, began, path)
    print(f"{path}: {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
