"""`takedown rights`: the registry of rights."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer
from rich.progress import Progress

from pipeline.cli.console import err, out, printable, progress
from pipeline.cli.exits import EXIT_CODES
from pipeline.cli.running import SettingsFile, run
from pipeline.events.right import Right
from pipeline.kafka.publish import publish
from pipeline.local.errors import InputError
from pipeline.local.inputs import records
from pipeline.local.lines import Lines
from pipeline.settings import Settings
from pipeline.stages.record import Record

NAME = "rights"
TOPIC = "rights"
app = typer.Typer(help="Publish rights.", epilog=EXIT_CODES, no_args_is_help=True)
Told = Callable[[int, int, int], None]  # bytes of the file so far and in all, and records so far
_TELL_EVERY = 1000  # records


@app.callback()
def _group() -> None:
    """Keep `load` a verb of its own while it is the only one."""


@app.command(epilog=EXIT_CODES)
def load(
    file: Annotated[Path, typer.Argument(help="Rights: .jsonl, .jsonl.gz or .jsonl.zst.", show_default=False, readable=False)],
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Publish the good lines where others are bad.")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """Publish a file of rights: each replaces the earlier one of its right_id, and holds from the next tick on.

    Every line is checked first, and every fault is named. Where there is one, nothing is published. To load a file twice is harmless.
    """
    settings = Settings.load(settings_file)
    with _readable_twice(file) as lasting, progress("rights") as bar:
        bad = _check(lasting, file, _follower(bar, "checking", file))
        if bad and not skip_bad:
            raise InputError(file, f"{bad:,} lines are no good, so nothing was published; mend them, or leave them out with --skip-bad")
        published = run(settings, publish(settings, TOPIC, _good(lasting, _follower(bar, "publishing", file))))
    if not published and not bad:
        raise InputError(file, "holds no rights")
    out.print(f"{published:,} rights published, {bad:,} lines left out.")


@contextmanager
def _readable_twice(file: Path) -> Iterator[Path]:
    """Give a file that can be read once more: what comes through a pipe is kept for as long. Raises InputError where it cannot be read."""
    if not file.exists() or file.is_file():
        yield file
        return
    with NamedTemporaryFile(suffix="".join(file.suffixes)) as kept:
        try:
            with file.open("rb") as source:
                copyfileobj(source, kept)
        except OSError as error:
            raise InputError(file, f"cannot be read: {error.strerror or error}") from error
        kept.flush()
        yield Path(kept.name)


def _follower(bar: Progress, what: str, file: Path) -> Told:
    task = bar.add_task(what, total=None, records=0)
    return lambda read, size, count: bar.update(task, completed=read, total=size, records=count)


def _check(lasting: Path, file: Path, told: Told) -> int:
    """Print what is wrong with each bad line of a file, and return how many there are. Raises InputError where it cannot be read."""
    bad = 0
    for record in _read(lasting, told):
        if record.fault is not None:
            bad += 1
            path = f" {record.fault.path}:" if record.fault.path else ""
            err.print(printable(f"{file}:{record.offset + 1}:{path} {record.fault.message}"), markup=False)
    return bad


def _good(file: Path, told: Told) -> Iterator[tuple[str, bytes]]:
    """Yield key and value of each good line."""
    for record in _read(file, told):
        if isinstance(record.event, Right):
            yield record.event.right_id, record.raw


def _read(file: Path, told: Told) -> Iterator[Record]:
    lines = Lines(file)
    count = 0
    for count, record in enumerate(records(TOPIC, lines), 1):
        yield record
        if count % _TELL_EVERY == 0:
            told(lines.read, lines.size, count)
    told(lines.size, lines.size, count)
