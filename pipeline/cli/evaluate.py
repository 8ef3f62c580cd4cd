"""`takedown evaluate`."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich import box
from rich.table import Table

from pipeline.cli.console import out, printable, progress
from pipeline.local.evaluate import Evaluation, Miss, evaluate

NAME = "evaluate"


def command(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Holds listings.jsonl, rights.jsonl and truth.jsonl.", show_default=False, readable=False),
    ],
    policy: Annotated[
        Path | None, typer.Option("--policy", "-p", help="A policy file.", show_default="the default policy", readable=False)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the scores as one JSON object.")] = False,
) -> None:
    """Score brand matches and decisions against the truth.

    Decisions are scored from the signals alone: brake and enforcement are off. A line of truth.jsonl is {"listing_id", "brand_ids"?,
    "counterfeit"?}; what is absent is unknown and is not scored. Recall counts a counterfeit that was taken down or asked about.
    """
    with progress("records") as bar:
        task = bar.add_task("evaluating", total=None, records=0)
        result = evaluate(folder, policy, lambda read, size, records: bar.update(task, completed=read, total=size, records=records))
    print(orjson.dumps(result.as_json(), option=orjson.OPT_INDENT_2).decode()) if json else _show(result)


def _show(result: Evaluation) -> None:
    table = Table("part", "measure", "value", box=box.SIMPLE_HEAD)
    for part, figures in result.as_json().items():
        for measure, value in figures.items():
            table.add_row(part, measure, f"{value:,}" if isinstance(value, int) else f"{value:.4f}")
    out.print(table)
    for miss in result.misses:
        _show_miss(miss)


def _show_miss(miss: Miss) -> None:
    out.print(f"{miss.what}: {printable(miss.listing_id)}", markup=False)
    out.print(f"    {printable(miss.title)}", markup=False)
    for name in miss.wrong:
        out.print(f"    found {printable(name)}", markup=False)
    for name in miss.missed:
        out.print(f"    missed {printable(name)}", markup=False)
