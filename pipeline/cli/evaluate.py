"""`takedown evaluate`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich import box
from rich.table import Table

from pipeline.cli.console import out, printable, progress
from pipeline.local.evaluate import Evaluation, Miss, evaluate
from pipeline.local.people_scores import PeopleScores

NAME = "evaluate"
PEOPLE = "people"


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
    "counterfeit"?, "seller_id"?, "kind"?}; what is absent is unknown and is not scored. Recall counts a counterfeit that was taken down or
    asked about. With truth-people.jsonl, which `takedown simulate` writes, all of the folder is run as well, and what that did to sellers
    and notices is scored: honest sellers hit, wrong takedowns reversed or put back, notices accepted and refused, how questions ended.
    """
    with progress("records") as bar:
        task = bar.add_task("evaluating", total=None, records=0)
        result = evaluate(folder, policy, lambda read, size, records: bar.update(task, completed=read, total=size, records=records))
    print(orjson.dumps(result.as_json(), option=orjson.OPT_INDENT_2).decode()) if json else _show(result)


def _show(result: Evaluation) -> None:
    table = Table("part", "measure", "value", box=box.SIMPLE_HEAD)
    for part, figures in result.as_json().items():
        if part != PEOPLE:
            _add_rows(table, part, figures)
    out.print(table)
    if result.people is not None:
        out.print("So far what the signals say of each listing, alone. Now what the whole flow did, with people, points and closures:\n")
        _show_people(result.people)
    for miss in result.misses:
        _show_miss(miss)


def _add_rows(table: Table, part: str, figures: Mapping[str, float]) -> None:
    for measure, value in figures.items():
        table.add_row(part, measure, shown(measure, value))


def _show_people(scores: PeopleScores) -> None:
    table = Table("people", "measure", "value", box=box.SIMPLE_HEAD)
    _add_rows(table, "sellers", scores.sellers)
    _add_rows(table, "questions ended", scores.questions)
    out.print(table)
    out.print(_grouped("regime", ("takedowns", "wrong", "put_back", "reversed", "share", "median_hours"), scores.regimes))
    out.print(_grouped("notices by", ("accepted", "refused", "already_down", "retracted", "amended", "share"), scores.notices))


def _grouped(title: str, measures: Sequence[str], groups: Mapping[str, Mapping[str, float]]) -> Table:
    table = Table(title, *(measure.replace("_", " ") for measure in measures), box=box.SIMPLE_HEAD)
    for name, figures in groups.items():
        table.add_row(name, *(shown(measure, figures[measure]) if measure in figures else "-" for measure in measures))
    return table


def shown(measure: str, value: float) -> str:
    """Return a figure as it stands in a table: whole numbers as such, hours with one place, shares with four."""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.1f}" if measure.endswith("hours") else f"{value:.4f}"


def _show_miss(miss: Miss) -> None:
    out.print(f"{miss.what}: {printable(miss.listing_id)}", markup=False)
    out.print(f"    {printable(miss.title)}", markup=False)
    for name in miss.wrong:
        out.print(f"    found {printable(name)}", markup=False)
    for name in miss.missed:
        out.print(f"    missed {printable(name)}", markup=False)
