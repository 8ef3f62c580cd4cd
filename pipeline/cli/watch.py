"""`takedown watch`."""

import time
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Column, Table
from rich.text import Text

from pipeline import metrics
from pipeline.cli.console import out, printable
from pipeline.flow import STAGES
from pipeline.metrics import CATALOGUE, Metric
from pipeline.watching import Look, NoWorkerError, base, look, rate
from pipeline.web import PORTS

NAME = "watch"
_MOST_ROWS = 8  # of a list of reasons


def _address(text: str) -> str:
    try:
        return base(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def command(
    workers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[URL]...", help="Workers, as http://HOST:PORT. Default: those of this machine.", show_default=False),
    ] = None,
    every: Annotated[float, typer.Option("--every", min=0.2, max=3600, help="Seconds between two looks.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look twice, print what was seen, and end.")] = False,
) -> None:
    """Watch workers, or a local replay, live: rates, lag, decisions, notices, questions, appeals, and whether all adds up.

    Ctrl-C ends it. Without a terminal it prints once.
    """
    urls = [_address(text) for text in workers or ()] or _here()
    before = _seen(urls)
    if once or not out.is_terminal:
        time.sleep(every)
        out.print(shown(before, _seen(urls)))
        return
    with Live(shown(before, before), console=out, auto_refresh=False) as live:
        while True:
            time.sleep(every)
            after = look(urls, CATALOGUE)
            live.update(shown(before, after), refresh=True)
            before = after


def _here() -> list[str]:
    """Return the workers of this machine: what answers at the ports that workers choose by themselves. Raises NoWorkerError."""
    found = look([f"http://127.0.0.1:{port}" for port in PORTS], CATALOGUE)
    if not found.answered:
        raise NoWorkerError(
            f"no worker answers on this machine, at ports {PORTS[0]} to {PORTS[-1]}; name one: takedown watch http://HOST:PORT"
        )
    return list(found.answered)


def _seen(urls: Sequence[str]) -> Look:
    """Look at all workers. Raises NoWorkerError where none answers."""
    found = look(urls, CATALOGUE)
    if not found.answered:
        raise NoWorkerError("no worker answers: " + "; ".join(f"{url}: {why}" for url, why in found.silent.items()))
    return found


def shown(before: Look, after: Look) -> RenderableType:
    """Return the view: conservation, who does not answer, stages in the order of the flow, and decisions.

    A terminal of 24 lines holds it; what is cut off in a lower one is at the end.
    """
    if not after.answered:
        return Text("No worker answers: " + "; ".join(printable(f"{url}: {why}") for url, why in after.silent.items()), style="bold red")
    residual = after.total(metrics.RESIDUAL)
    accounted = Text("Conservation: 0, every record is accounted for.", style="green")
    lost = Text(
        f"Conservation: {residual:,.0f} records are unaccounted for. Look at the runbook TakedownConservationNotZero.", style="bold red"
    )
    silent = (Text(printable(f"{url} does not answer: {why}"), style="yellow") for url, why in after.silent.items())
    return Group(_workers(after), accounted if residual == 0 else lost, *silent, _stages(before, after), _decisions(before, after))


def _workers(seen: Look) -> Text:
    """Say what is watched: another pipeline may run on the same machine."""
    applications = sorted({name for (name,) in seen.of(metrics.BUILD, "application")})
    many = f"{len(seen.answered)} workers" if len(seen.answered) != 1 else "1 worker"
    mixed = "" if len(applications) < 2 else "; these are several pipelines, added up: name the workers of one"
    where = ", ".join(url.removeprefix("http://") for url in seen.answered)
    return Text(f"{many} of {', '.join(map(printable, applications)) or '?'} at {where}{mixed}", style="bold red" if mixed else "")


def _stages(before: Look, after: Look) -> Table:
    table = Table(
        "stage", *(_right(name) for name in ("parts", "in/s", "out/s", "lag", "behind", "dropped", "dead", "chunk")), show_edge=False
    )
    for stage in STAGES:
        name = stage.name
        read, written = (rate(before, after, metric, stage=name) for metric in (metrics.READ, metrics.WRITTEN))
        behind = max(after.of(metrics.LAG_SECONDS, "partition", stage=name).values(), default=0.0)
        table.add_row(
            name,
            f"{len(after.of(metrics.RESIDUAL, 'partition', stage=name))}",
            f"{read:,.0f}",
            f"{written:,.0f}",
            f"{after.total(metrics.LAG, stage=name):,.0f}",
            f"{behind:,.0f} s",
            f"{after.total(metrics.DROPPED, stage=name):,.0f}",
            f"{after.total(metrics.DEAD, stage=name):,.0f}",
            _chunk(after, name),
        )
    return table


def _chunk(seen: Look, stage: str) -> str:
    """Return how long a chunk takes on the average; a fused worker has one time for all stages."""
    took = [seen.values.get(f"{metrics.CHUNK_SECONDS.name}{part}", {}).get((stage,), 0.0) for part in ("_sum", "_count")]
    return f"{1000 * took[0] / took[1]:,.0f} ms" if took[1] else "-"


def _decisions(before: Look, after: Look) -> Table:
    """Return what was decided, what people said and were asked, and what waits for an answer."""
    table = Table("what was decided", *(_right(name) for name in ("total", "/s", "open")), "by reason", show_edge=False)

    def add(title: str, metric: Metric, listed: Text, waiting: Metric | None = None, **where: str) -> None:
        open_now = f"{after.total(waiting):,.0f}" if waiting is not None else ""
        table.add_row(title, f"{after.total(metric, **where):,.0f}", f"{rate(before, after, metric, **where):,.1f}", open_now, listed)

    for title, metric, label in (
        ("takedowns", metrics.TAKEDOWNS, "reason"),
        ("warnings", metrics.WARNINGS, "step"),
        ("store closures", metrics.CLOSURES, "decision"),
        ("reinstatements", metrics.REINSTATED, "cause"),
        ("dead letters", metrics.DEAD, "code"),
    ):
        add(title, metric, _listed(after, metric, label))
    add("notices", metrics.NOTICES, _told(after), metrics.NOTICES_OPEN, outcome="received")
    add("notices refused", metrics.NOTICES, _listed(after, metrics.NOTICES, "code", outcome="refused"), outcome="refused")
    add("notices amended", metrics.AMENDED, _listed(after, metrics.AMENDED, "code"))
    add("questions asked", metrics.REVIEWS, _listed(after, metrics.REVIEWS, "cause"), metrics.REVIEWS_OPEN)
    add("questions ended", metrics.REVIEWS_ENDED, _listed(after, metrics.REVIEWS_ENDED, "how"))
    add("cleared unasked", metrics.OVER_BUDGET, Text())
    add("appeals", metrics.APPEALS, _listed(after, metrics.APPEALS, "by"))
    add("appeals decided", metrics.APPEAL_OUTCOMES, _listed(after, metrics.APPEAL_OUTCOMES, "outcome"))
    return table


def _told(seen: Look) -> Text:
    """List the outcomes of notices but for the receipts, which are the total."""
    return _joined({labels: number for labels, number in seen.of(metrics.NOTICES, "outcome").items() if labels != ("received",)})


def _listed(seen: Look, metric: Metric, label: str, **where: str) -> Text:
    return _joined(seen.of(metric, label, **where))


def _joined(counts: Mapping[tuple[str, ...], float]) -> Text:
    """Return counts with their labels, the largest first, as they are: whoever answers for a worker may not draw on the terminal."""
    found = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{printable(name)} {number:,.0f}" for (name,), number in found]
    return Text(", ".join(parts[:_MOST_ROWS] + ["..."] * (len(parts) > _MOST_ROWS)))


def _right(name: str) -> Column:
    return Column(name, justify="right")
