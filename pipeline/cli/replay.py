"""`takedown replay`: files to files, files to Kafka, or what Kafka holds to files."""

import re
from pathlib import Path
from typing import Annotated

import orjson
import typer

from pipeline.cli.console import complain, err, out, progress
from pipeline.cli.exits import Exit
from pipeline.cli.running import SettingsFile, run
from pipeline.cli.tables import show_comparison, show_decisions, show_memory, show_stages, show_verdict
from pipeline.kafka.compare import compare
from pipeline.kafka.play import play
from pipeline.kafka.recompute import recompute
from pipeline.local.inputs import files_of
from pipeline.local.references import POLICIES, RIGHTS, STANDINGS
from pipeline.local.replay import Plan, replay
from pipeline.local.run import CHUNK
from pipeline.local.summary import Summary
from pipeline.settings import Settings, servers

NAME = "replay"
_SPEED = re.compile(r"(\d+(?:\.\d+)?)x")


def _speed(text: str) -> str:
    if text != "max" and (not (found := _SPEED.fullmatch(text)) or float(found[1]) == 0):
        raise typer.BadParameter("is max, or a multiple of real time such as 10x or 0.5x")
    return text


def _brokers(text: str | None) -> str | None:
    try:
        return text and servers(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def command(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A folder with one file a topic.", show_default=False, readable=False)
    ] = None,
    out_folder: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="For the output topics: a new or empty folder.", show_default=False, readable=False),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", "-p", help="A policy file: the newest policy.", show_default="default", readable=False)
    ] = None,
    chunk: Annotated[int, typer.Option(min=1, max=100_000, help="Records a chunk. It changes the speed, never the result.")] = CHUNK,
    partitions: Annotated[int, typer.Option(min=1, max=1024, help="As many as the Kafka topics have whose run this is to equal.")] = 1,
    recorded: Annotated[bool, typer.Option("--recorded", help="DIR is what a replay wrote: start from its events.unique.")] = False,
    to: Annotated[str | None, typer.Option("--to", metavar="BOOTSTRAP", help="Play DIR into Kafka.", callback=_brokers)] = None,
    speed: Annotated[str, typer.Option("--speed", help="With --to: 10x real time, or max.", callback=_speed)] = "max",
    source: Annotated[
        str | None, typer.Option("--from", metavar="BOOTSTRAP", help="Recompute from what Kafka holds.", callback=_brokers)
    ] = None,
    comparing: Annotated[bool, typer.Option("--compare", help="With --from: tell whether the output topics hold the same.")] = False,
    fused: Annotated[bool, typer.Option("--fused", help="With --compare: a fused worker ran, which writes no events.matched.")] = False,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace what an earlier replay wrote to OUT.")] = False,
    metrics_port: Annotated[
        int | None,
        typer.Option("--metrics-port", min=0, max=65_535, help="Serve the metrics of the workers here while it runs; 0: any free port."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """Run input topics through dedupe, brand-match and flagging, in this process; play them into Kafka; or recompute what Kafka holds.

    takedown replay DIR --out OUT reads <topic>.jsonl, .jsonl.gz or .jsonl.zst from DIR, merged by event time, and writes the recorded
    sequence and every output topic to OUT, which appears when it is complete. The same input gives the same bytes. Lines that cannot be
    used become dead letters. Topics: listings, and as you have them notices, rulings, appeals, clock, rights, policies and
    notifier-standings; truth.jsonl is ignored.

    takedown replay DIR --to BOOTSTRAP writes what came from outside, and ticks, to Kafka in the order of event time; run no other clock
    meanwhile. Rights, policies and standings are published with their own verbs.

    takedown replay --from BOOTSTRAP --out OUT runs the stages behind dedupe over the sequence and the reference topics that Kafka holds,
    and with --compare tells, when all workers have caught up, whether the output topics hold the same bytes.
    """
    if to is not None:
        if out_folder is not None or source is not None:
            raise typer.BadParameter("--to writes to Kafka; leave --out and --from away")
        _play(_needed(folder, "DIR"), _settings(settings_file, to), speed)
    elif source is not None:
        if folder is not None:
            raise typer.BadParameter("--from reads Kafka; leave DIR away")
        _recompute(_settings(settings_file, source), _needed(out_folder, "--out"), force=force, json=json, comparing=comparing, fused=fused)
    else:
        _check_usage(recorded, policy, partitions)
        plan = Plan(_needed(folder, "DIR"), _needed(out_folder, "--out"), policy, chunk, partitions, recorded, force, metrics_port)
        _replay(plan, json)


def _needed(path: Path | None, name: str) -> Path:
    if path is None:
        raise typer.BadParameter("is missing", param_hint=name)
    return path


def _settings(file: Path | None, bootstrap: str) -> Settings:
    """Return the settings with the brokers that were named, which win over the environment here."""
    return Settings.load(file).model_copy(update={"bootstrap": bootstrap})


def _check_usage(recorded: bool, policy: Path | None, partitions: int) -> None:
    if recorded and policy is not None:
        raise typer.BadParameter("the recorded sequence names the policies that hold; leave --policy away", param_hint="--policy")
    if recorded and partitions != 1:
        raise typer.BadParameter("the recorded sequence has its partitions; leave --partitions away", param_hint="--partitions")


def _replay(plan: Plan, json: bool) -> None:
    with progress("records") as bar:
        task = bar.add_task("replaying", total=None, records=0)
        told = lambda read, size, records: bar.update(task, completed=read, total=size, records=records)  # noqa: E731
        summary = replay(plan, told, lambda port: err.print(f"it can be watched: takedown watch http://127.0.0.1:{port}"))
    print(orjson.dumps(summary.as_json(), option=orjson.OPT_INDENT_2).decode()) if json else _show(summary, plan.out)
    _check_conservation(summary)


def _play(folder: Path, settings: Settings, speed: str) -> None:
    files = files_of(folder)
    with progress("records") as bar:
        task = bar.add_task("playing", total=None, records=0)
        pace = None if speed == "max" else float(speed.removesuffix("x"))
        played = run(settings, play(settings, files, pace, lambda read, size, n: bar.update(task, completed=read, total=size, records=n)))
    counts = ", ".join(f"{topic} {count:,}" for topic, count in sorted(played.records.items()))
    out.print(f"{played.records.total():,} records played to {settings.bootstrap}: {counts}", markup=False)
    if played.too_long:
        err.print(f"{played.too_long:,} lines are too long for Kafka and were left out", markup=False)
    for topic in sorted(_PUBLISHED.keys() & files.keys()):
        err.print(f"{files[topic].path} was not played; publish it: takedown {_PUBLISHED[topic]}", markup=False)


_PUBLISHED = {RIGHTS: "rights load FILE", POLICIES: "policy publish FILE", STANDINGS: "notifiers load FILE"}


def _recompute(settings: Settings, out_folder: Path, *, force: bool, json: bool, comparing: bool, fused: bool) -> None:
    with progress("records") as bar:
        task = bar.add_task("recomputing", total=None, records=0)
        told = lambda read, size, n: bar.update(task, completed=read, total=size, records=n)  # noqa: E731
        done = run(settings, recompute(settings, out_folder, told, force=force))
    compared = run(settings, compare(settings, out_folder, done.lines, fused=fused)) if comparing else []
    if json:
        print(orjson.dumps({**done.summary.as_json(), "compared": compared}, option=orjson.OPT_INDENT_2).decode())
    else:
        _show(done.summary, out_folder)
        show_comparison(compared)
    _check_conservation(done.summary)
    different = [each for each in compared if each.difference is not None]
    if different:
        what = f"{len(different)} of {len(compared)} partitions differ from what was recomputed"
        raise typer.Exit(complain(f"{what}; where workers are behind (takedown status), let them catch up first", Exit.DIFFERENT))


def _check_conservation(summary: Summary) -> None:
    if summary.conservation:
        raise typer.Exit(complain(f"{summary.conservation} records are unaccounted for", Exit.CONSERVATION))


def _show(summary: Summary, out_folder: Path) -> None:
    show_stages(summary)
    show_decisions(summary)
    show_memory(summary)
    show_verdict(summary, out_folder)
