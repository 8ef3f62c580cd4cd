"""`takedown topics`: the topics on the broker."""

from typing import Annotated

import typer
from rich import box
from rich.table import Table

from pipeline.cli.console import out
from pipeline.cli.exits import EXIT_CODES
from pipeline.cli.running import SettingsFile, run
from pipeline.kafka.topics import Planned, planned
from pipeline.kafka.topics import create as make
from pipeline.settings import Settings

NAME = "topics"
app = typer.Typer(help="Make the topics that the workers need.", epilog=EXIT_CODES, no_args_is_help=True)
_DAY = 24 * 60 * 60 * 1000  # milliseconds


@app.callback()
def _group() -> None:
    """Keep `create` a verb of its own while it is the only one."""


@app.command(epilog=EXIT_CODES)
def create(
    partitions: Annotated[int | None, typer.Option(min=1, max=1024, help="Of every topic but reference topics, which have one.")] = None,
    replication: Annotated[int | None, typer.Option(min=1, max=15, help="Replicas of every topic; in production 3.")] = None,
    fused: Annotated[bool, typer.Option("--fused", help="Also the changelogs of `takedown worker --fused`.")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """Make the topics and changelogs that are missing; those that are there stay as they are.

    Where one is there with another number of partitions, none is made. Numbers that are not given are those of the settings.
    """
    given = {"partitions": partitions, "replication": replication}
    settings = Settings.load(settings_file).model_copy(update={key: value for key, value in given.items() if value is not None})
    made = run(settings, make(settings, fused=fused))
    _show(planned(settings, fused=fused), {topic.name for topic in made})
    out.print(f"{len(made)} topics made at {settings.bootstrap}.", markup=False)


def _show(topics: tuple[Planned, ...], made: set[str]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("topic", no_wrap=True)
    table.add_column("partitions", justify="right")
    table.add_column("kept")
    table.add_column("")
    for topic in topics:
        table.add_row(topic.name, str(topic.partitions), _kept(topic), "made" if topic.name in made else "was there")
    out.print(table)


def _kept(topic: Planned) -> str:
    if topic.configs["cleanup.policy"] == "compact":
        return "the newest of each key"
    retention = int(topic.configs["retention.ms"])
    return "for ever" if retention < 0 else f"{retention // _DAY} days"
