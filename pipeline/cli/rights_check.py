"""`takedown rights check`."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich import box
from rich.progress import Progress
from rich.table import Table

from pipeline.care.check import EXAMPLES, Report, Told, check
from pipeline.care.fault import Fault, Kind
from pipeline.care.kinds import KINDS
from pipeline.care.mend import mend
from pipeline.care.written import check_file
from pipeline.cli.console import complain, out, printable, progress
from pipeline.cli.exits import Exit
from pipeline.cli.loading import readable_twice

NAME = "check"
_MENDED: Mapping[str | None, str] = {"leave-out": "left out", "drop": "dropped", "shadow": "put in shadow"}


def command(
    file: Annotated[Path, typer.Argument(help="Rights: .jsonl, .jsonl.gz or .jsonl.zst.", show_default=False, readable=False)],
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="Examples of each kind of fault.")] = EXAMPLES,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors do.")] = False,
    fixed: Annotated[
        Path | None,
        typer.Option("--fixed", metavar="OUT", help="Write the rights to this file, mended.", show_default=False, readable=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --fixed overwrite a file.")] = False,
    at: Annotated[
        datetime | None, typer.Option("--at", metavar="TIME", help="When the rights are to hold, in UTC.", show_default="now")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the faults as one JSON object.")] = False,
) -> None:
    """Say what is wrong with a file of rights: faults by kind, how many, examples with their lines, and a fix for each.

    Exit code 11 where there are errors; with --strict, also where there are warnings. --fixed does what is safe: it drops aliases that are
    another brand's name, that stand twice or that are never found, puts doubtful ones in shadow, and leaves out lines that hold nothing.
    It changes nothing of FILE, and nothing of the exit code, which is about FILE.
    """
    when = (at or datetime.now(UTC)).replace(tzinfo=UTC)
    if fixed is not None:
        check_file(fixed, force=force, source=file)
    with readable_twice(file) as lasting, progress("rights") as bar:
        report = check(lasting, when, _teller(bar), limit)
        mended = None if fixed is None else mend(lasting, fixed, report, _teller(bar))
    if json:
        print(orjson.dumps(_as_json(report, mended), option=orjson.OPT_INDENT_2).decode())
    else:
        _show(report)
        _show_mended(mended, fixed)
    _judge(file, report, strict=strict)


def _teller(bar: Progress) -> Told:
    """Return what shows each part of the work as a line of its own."""
    tasks: dict[str, Any] = {}

    def told(what: str, done: int, whole: int, records: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=None, records=0)
        bar.update(tasks[what], completed=done, total=whole or None, records=records)

    return told


def _as_json(report: Report, mended: Counter[str] | None) -> dict[str, Any]:
    return report.as_json() if mended is None else {**report.as_json(), "mended": dict(mended)}


def _judge(file: Path, report: Report, *, strict: bool) -> None:
    """End with the exit code of a registry with faults, where it has such."""
    errors, warnings = report.of("error"), report.of("warning")
    if errors or (strict and warnings):
        also = f" and {_number(warnings, 'warning')}" if strict else ""
        raise typer.Exit(complain(f"{file}: {_number(errors, 'error')}{also}", Exit.FAULTS))


def _show(report: Report) -> None:
    found = [kind for kind in KINDS if report.counts[kind.code]]
    if found:
        table = Table("fault", "", "number", "what it is", box=box.SIMPLE_HEAD)
        table.columns[2].justify = "right"
        for kind in found:
            table.add_row(kind.code, kind.severity, f"{report.counts[kind.code]:,}", kind.says)
        out.print(table)
    for kind in found:
        _show_kind(kind, report.examples[kind.code], report.counts[kind.code])
    faults = ", ".join((_number(report.of("error"), "error"), _number(report.of("warning"), "warning"), _number(report.of("note"), "note")))
    out.print(f"{_number(report.rights, 'right')} in {_number(report.lines, 'line')}: {faults}.")


def _show_kind(kind: Kind, examples: list[Fault], count: int) -> None:
    _print(f"{kind.code}: {kind.fix}")
    for fault in examples:
        whose = f" {fault.brand} ({fault.right_id}):" if fault.right_id else ""
        _print(f"    line {fault.line}:{whose} {fault.what}{f' - {fault.why}' if fault.why else ''}")
    if count > len(examples):
        _print(f"    and {count - len(examples):,} more")


def _show_mended(mended: Counter[str] | None, fixed: Path | None) -> None:
    if mended is None:
        return
    done = {kind.code: f"{mended[kind.code]:,} {kind.code} {_MENDED[kind.mend]}" for kind in KINDS if mended[kind.code]}
    _print(f"Written to {fixed}: {', '.join(done.values()) or 'nothing was to be mended'}.")


def _number(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _print(text: str) -> None:
    out.print(printable(text), markup=False)
