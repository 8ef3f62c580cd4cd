"""`takedown status`."""

from typing import Annotated

import orjson
import typer
from rich.table import Table

from pipeline.cli.console import complain, out
from pipeline.cli.exits import Exit
from pipeline.cli.running import SettingsFile, run
from pipeline.kafka.status import Status, status
from pipeline.settings import Settings

NAME = "status"


def command(
    fused: Annotated[bool, typer.Option("--fused", help="Of the fused worker, which has marks of its own.")] = False,
    settings_file: SettingsFile = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show where every stage stands on Kafka: its marks, how far it is behind, what it counted, and whether it all adds up.

    Ends with 3 where records are unaccounted for.
    """
    settings = Settings.load(settings_file)
    found = run(settings, status(settings, fused=fused))
    residuals = found.residuals()
    if json:
        print(orjson.dumps({"standings": found.standings, "lag": found.lag, "residuals": residuals}, option=orjson.OPT_INDENT_2).decode())
    else:
        _show(found)
    if residuals:
        raise typer.Exit(complain(f"records are unaccounted for: {residuals}", Exit.CONSERVATION))


def _show(found: Status) -> None:
    table = Table("stage", "partition", "position", "behind", "read", "written", "dead-lettered", "residual", box=None)
    for each in found.standings:
        progress = each.progress
        positions = ", ".join(f"{topic} {mark.position:,}" for topic, mark in progress.inputs.items())
        dead = sum(count for fate, count in progress.fates.items() if fate.startswith("dead:"))
        counts = [sum(each.lag.values()), sum(progress.read.values()), sum(progress.written.values()), dead, progress.residual]
        table.add_row(each.stage, str(each.partition), positions or "-", *(f"{count:,}" for count in counts))
    out.print(table)
    out.print(f"{found.lag:,} offsets behind; {'everything adds up' if not found.residuals() else 'records are unaccounted for'}")
