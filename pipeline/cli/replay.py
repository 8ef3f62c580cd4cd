"""`takedown replay`."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from pipeline.cli.console import complain, progress
from pipeline.cli.exits import Exit
from pipeline.cli.tables import show_decisions, show_memory, show_stages, show_verdict
from pipeline.local.replay import CHUNK, Plan, replay
from pipeline.local.summary import Summary

NAME = "replay"


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with one file a topic.", show_default=False)],
    out_folder: Annotated[Path, typer.Option("--out", "-o", help="Where to write the output topics.", show_default=False)],
    policy: Annotated[Path | None, typer.Option("--policy", "-p", help="A policy file: the newest policy.", show_default="default")] = None,
    chunk: Annotated[int, typer.Option(min=1, max=100_000, help="Records a chunk. It changes the speed, never the result.")] = CHUNK,
    partitions: Annotated[int, typer.Option(min=1, max=1024, help="As many as the Kafka topics have whose run this is to equal.")] = 1,
    recorded: Annotated[bool, typer.Option("--recorded", help="DIR is what a replay wrote: start from its events.unique.")] = False,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace what an earlier replay wrote to OUT.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """Run input topics through dedupe, brand-match and flagging, in this process.

    Reads <topic>.jsonl, .jsonl.gz or .jsonl.zst from DIR, merged by event time, and writes the recorded sequence and every output topic
    to OUT, which appears when it is complete. The same input gives the same bytes. Lines that cannot be used become dead letters.

    Topics: listings, and as you have them rights, policies and clock; truth.jsonl is ignored.
    """
    _check_usage(recorded, policy, partitions)
    plan = Plan(folder, out_folder, policy, chunk, partitions, recorded, force)
    with progress("records") as bar:
        task = bar.add_task("replaying", total=None, records=0)
        summary = replay(plan, lambda read, size, records: bar.update(task, completed=read, total=size, records=records))
    print(orjson.dumps(summary.as_json(), option=orjson.OPT_INDENT_2).decode()) if json else _show(summary, out_folder)
    if summary.conservation:
        raise typer.Exit(complain(f"{summary.conservation} records are unaccounted for", Exit.CONSERVATION))


def _check_usage(recorded: bool, policy: Path | None, partitions: int) -> None:
    if recorded and policy is not None:
        raise typer.BadParameter("the recorded sequence names the policies that hold; leave --policy away", param_hint="--policy")
    if recorded and partitions != 1:
        raise typer.BadParameter("the recorded sequence has its partitions; leave --partitions away", param_hint="--partitions")


def _show(summary: Summary, out_folder: Path) -> None:
    show_stages(summary)
    show_decisions(summary)
    show_memory(summary)
    show_verdict(summary, out_folder)
