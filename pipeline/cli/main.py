"""The command `takedown`."""

import typer

from pipeline.cli import (
    clock,
    dead_letters,
    evaluate,
    explain,
    notifiers,
    policy,
    replay,
    reset,
    rights,
    schema,
    simulate,
    status,
    topics,
    version,
    watch,
    worker,
)
from pipeline.cli.exits import EXIT_CODES

app = typer.Typer(
    help="Keeps counterfeits off a marketplace's shelves, explains every decision, and lets anyone recompute its figures.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
app.callback()(version.asked)
for verb in (replay, explain, simulate, evaluate, worker, watch, status, reset, clock, schema, version):
    app.command(name=verb.NAME, epilog=EXIT_CODES)(verb.command)
for group in (policy, topics, rights, notifiers, dead_letters):
    app.add_typer(group.app, name=group.NAME)
