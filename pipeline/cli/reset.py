"""`takedown reset`."""

from collections.abc import Callable
from typing import Annotated

import typer
from rich import box
from rich.progress import Progress
from rich.table import Table

from pipeline.cli.asking import YES_HELP, confirm
from pipeline.cli.console import out, progress
from pipeline.cli.running import SettingsFile, run
from pipeline.flow import STAGES
from pipeline.kafka.reset import END, START, Done, InUseError, Move, Target, apply, members, moves, target
from pipeline.kafka.topics import FUSED, topic_name
from pipeline.settings import Settings

NAME = "reset"
_NAMES = [stage.name for stage in STAGES]


def command(
    to: Annotated[str, typer.Option("--to", metavar="start|end|OFFSET", help="Where reading goes on.", show_default=False)],
    stage: Annotated[str | None, typer.Option("--stage", metavar="|".join(_NAMES), help="The stage.", show_default=False)] = None,
    fused: Annotated[bool, typer.Option("--fused", help="The fused worker: all of its stages, of which the first one reads.")] = False,
    topic: Annotated[str | None, typer.Option("--topic", help="Only this input.", show_default="all that the stage reads")] = None,
    partition: Annotated[int | None, typer.Option("--partition", min=0, help="Only this partition.", show_default="all")] = None,
    forget_state: Annotated[bool, typer.Option("--forget-state", help="Forget all that the stage knows; counters go on.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also while workers run: they lose the partition for a moment.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help=YES_HELP)] = False,
    settings_file: SettingsFile = None,
) -> None:
    """Choose where a stage goes on reading: the one way back where its mark does not fit its topic. Stop its workers first.

    Nothing that was written is taken back. What is read again is decided again and, where the stage no longer knows it, written again:
    ids are derived, so readers outside tell repeats by them. With its state kept, dedupe drops all that it knows, and moving it back is
    harmless. The stages behind it drop nothing: what they are given twice counts twice. So move them back only with --forget-state, and
    where dedupe is to forget, reset all that is behind it too, with --forget-state and --to end, before it writes again.

    What is passed over counts as lost, what is read again is taken off that, so that `takedown status` stays truthful. An OFFSET is a
    place in one partition of one topic. To reset a stage behind dedupe interrupts the stage that writes its input for a moment.
    """
    name, place = _name(stage, fused=fused), _place(to)
    settings = Settings.load(settings_file)
    chosen = target(settings, name)
    if not force:
        _refuse_running(settings, chosen)
    planned = run(settings, moves(settings, chosen, place, topic=topic, partition=partition))
    _show(settings, planned)
    forgetting = " and forget all that it knows" if forget_state else ""
    confirm(f"Let {chosen.name} go on there{forgetting}?", yes=yes)
    with progress("offsets") as bar:
        done = run(settings, apply(settings, chosen, planned, forget=forget_state, told=_follower(bar)))
    for each in done:
        out.print(_said(chosen, each), markup=False)


def _follower(bar: Progress) -> Callable[[int], None]:
    task = bar.add_task("counting", total=None, records=0)

    def told(more: int) -> None:
        bar.update(task, records=bar.tasks[task].fields["records"] + more)

    return told


def _name(stage: str | None, *, fused: bool) -> str:
    """Return what is reset. Raises typer.BadParameter."""
    if fused and stage not in (None, _NAMES[0]):
        raise typer.BadParameter(f"fused stages read nothing back: only {_NAMES[0]} has a place to go to", param_hint="--stage")
    if not fused and stage not in _NAMES:
        raise typer.BadParameter(f"should be {', '.join(_NAMES)}, or leave it out and say --fused", param_hint="--stage")
    return FUSED if fused or stage is None else stage


def _place(to: str) -> str | int:
    if to in (START, END):
        return to
    if to.isdecimal() and to.isascii():
        return int(to)
    raise typer.BadParameter(f"should be {START}, {END} or an offset", param_hint="--to")


def _refuse_running(settings: Settings, chosen: Target) -> None:
    """Raise InUseError where workers run."""
    if count := run(settings, members(settings, chosen.group)):
        late = f"one that was killed counts for {settings.session_timeout:.0f} s more"
        raise InUseError(f"{count} workers of {chosen.name} run; stop them first ({late}), or say --force: they go on at the new place")


def _show(settings: Settings, planned: list[Move]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("topic", "partition", "from", "to", ""):
        table.add_column(column, justify="right" if column in ("partition", "from", "to") else "left", no_wrap=column == "topic")
    for move in planned:
        old = "-" if move.old is None else f"{move.old:,}"
        table.add_row(topic_name(settings, move.topic), str(move.partition), old, f"{move.new:,}", move.note)
    out.print(table)


def _said(chosen: Target, done: Done) -> str:
    """Return what was done to a partition, in words."""
    found = [f"{topic} {_passed(number)}" for topic, number in done.passed_over.items() if number]
    forgotten = [f"{done.forgotten:,} keys forgotten"] if done.forgotten else []
    return f"{chosen.name}-{done.partition} is reset: {', '.join([*found, *forgotten]) or 'no record is skipped or read again'}."


def _passed(number: int) -> str:
    return f"{number:,} records lost" if number > 0 else f"{-number:,} records read again"
