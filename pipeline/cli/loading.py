"""Publishing a file of reference data: every line is checked first, and what comes through a pipe is read twice all the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer
from rich.progress import Progress

from pipeline.cli.console import err, out, printable, progress
from pipeline.cli.running import run
from pipeline.flow import TOPICS
from pipeline.kafka.publish import publish
from pipeline.local.errors import InputError
from pipeline.local.inputs import records
from pipeline.local.lines import Lines
from pipeline.settings import Settings
from pipeline.stages.record import Record

SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Publish the good lines where others are bad.")]
Told = Callable[[int, int, int], None]  # bytes of the file so far and in all, and records so far
_TELL_EVERY = 1000  # records


@dataclass(frozen=True, slots=True)
class Load:
    """What is loaded: the reference topic, and what its records are called."""

    topic: str
    noun: str


def load(what: Load, file: Path, settings: Settings, *, skip_bad: bool) -> None:
    """Publish a file, or, where a line is no good, nothing of it; `skip_bad`: the good lines all the same.

    Names every fault, shows how far it is, and says what was done. Raises InputError where the file cannot be read, holds nothing or a bad
    line; TopicsError and KafkaError.
    """
    with readable_twice(file) as lasting, progress(what.noun) as bar:
        bad = _check(what.topic, lasting, file, _follower(bar, "checking"))
        if bad and not skip_bad:
            raise InputError(file, f"{bad:,} lines are no good, so nothing was published; mend them, or leave them out with --skip-bad")
        published = run(settings, publish(settings, what.topic, _good(what.topic, lasting, _follower(bar, "publishing"))))
    if not published and not bad:
        raise InputError(file, f"holds no {what.noun}")
    out.print(f"{published:,} {what.noun} published, {bad:,} lines left out.")


@contextmanager
def readable_twice(file: Path) -> Iterator[Path]:
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


def _follower(bar: Progress, what: str) -> Told:
    task = bar.add_task(what, total=None, records=0)
    return lambda read, size, count: bar.update(task, completed=read, total=size, records=count)


def _check(topic: str, lasting: Path, file: Path, told: Told) -> int:
    """Print what is wrong with each bad line of a file, and return how many there are. Raises InputError where it cannot be read."""
    bad = 0
    for record in _read(topic, lasting, told):
        if record.fault is not None:
            bad += 1
            path = f" {record.fault.path}:" if record.fault.path else ""
            err.print(printable(f"{file}:{record.offset + 1}:{path} {record.fault.message}"), markup=False)
    return bad


def _good(topic: str, file: Path, told: Told) -> Iterator[tuple[str, bytes]]:
    """Yield key and value of each good line."""
    key = TOPICS[topic].key
    assert key is not None, f"{topic} is reference data, of which one record replaces another"
    for record in _read(topic, file, told):
        if record.fault is None:
            yield getattr(record.event, key), record.raw


def _read(topic: str, file: Path, told: Told) -> Iterator[Record]:
    lines = Lines(file)
    count = 0
    for count, record in enumerate(records(topic, lines), 1):
        yield record
        if count % _TELL_EVERY == 0:
            told(lines.read, lines.size, count)
    told(lines.size, lines.size, count)
