"""`takedown dead-letters`: look at what could not be handled, and send it again when its cause is mended."""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, get_args

import orjson
import typer
from rich import box
from rich.table import Table
from rich.text import Text

from pipeline.cli.asking import YES_HELP, confirm
from pipeline.cli.console import complain, out, printable, progress
from pipeline.cli.exits import EXIT_CODES, Exit
from pipeline.cli.running import SettingsFile, run
from pipeline.codec import encode
from pipeline.events.dead_letter import DeadLetter, ErrorCode
from pipeline.flow import INPUTS, TOPICS
from pipeline.kafka.connection import client
from pipeline.kafka.dead_letters import Found, Newest, Span, Told, Wanted, letter, letters, offsets, spans
from pipeline.kafka.reading import reading
from pipeline.kafka.redrive import Outcome, redrive_all, redrive_ids
from pipeline.kafka.topics import topic_name
from pipeline.settings import Settings
from pipeline.stages.record import ORIGINAL_LIMIT, PERSONAL

NAME = "dead-letters"
app = typer.Typer(help="Look at records that could not be handled, and send them again.", epilog=EXIT_CODES, no_args_is_help=True)
_SHOWN = 100  # letters, where none of the options says otherwise
_KIBI = 1024


def _one_of(names: tuple[str, ...]) -> Callable[[str | None], str | None]:
    """Return a check that an option names one of these. It raises typer.BadParameter."""

    def check(value: str | None) -> str | None:
        if value is not None and value not in names:
            raise typer.BadParameter(f"should be one of {', '.join(names)}")
        return value

    return check


StageOption = Annotated[str | None, typer.Option("--stage", help="Only of this stage.", show_default=False)]
TopicOption = Annotated[
    str | None, typer.Option("--topic", callback=_one_of(tuple(TOPICS)), help="Only of records of this topic.", show_default=False)
]
CodeOption = Annotated[
    str | None, typer.Option("--code", callback=_one_of(get_args(ErrorCode)), help="Only for this fault.", show_default=False)
]


# -- list


@app.command(name="list", epilog=EXIT_CODES)
def list_(
    stage: StageOption = None,
    topic: TopicOption = None,
    code: CodeOption = None,
    limit: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Only the newest.", show_default=f"{_SHOWN}; with --json, all")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line, without the original bytes.")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """List dead letters, the newest last, and count all of them by stage and fault. An id is PARTITION:OFFSET in their topic.

    With --json and no --limit they are printed as they are read: partition by partition, in each the newest last.
    """
    settings, wanted = Settings.load(settings_file), Wanted(stage, topic, code)
    newest = None if as_json and limit is None else Newest(limit or _SHOWN)
    totals: Counter[tuple[str, str]] = Counter()

    def take(found: Found, each: DeadLetter) -> None:
        totals[each.stage, each.error.code] += 1
        newest.add(found, each) if newest else _print(found, each)

    with _following("reading") as follow:
        unread = run(settings, _each(settings, wanted, take, follow))
    listed = newest.in_order() if newest else []
    if as_json:
        for found, each in listed:
            _print(found, each)
        return
    _show_list(listed)
    _show_totals(totals, len(listed), unread)


async def _each(settings: Settings, wanted: Wanted, take: Callable[[Found, DeadLetter], None], follow: Callable[[int], Told]) -> int:
    """Give all letters that are asked for to `take`; return how many records of the topic are none."""
    unread = 0
    async with reading(client(settings)) as consumer:
        of = await spans(settings, consumer)
        async for found in letters(consumer, of, follow(offsets(of))):
            if found.letter is None:
                unread += 1
            elif wanted.includes(found.letter):
                take(found, found.letter)
    return unread


def _print(found: Found, letter: DeadLetter) -> None:
    """Print a letter as JSON in ASCII, so that nothing in it can steer a terminal."""
    print(json.dumps({"id": found.id, "came": _time(found.came), **_fields(letter, original=False)}))


def _fields(letter: DeadLetter, *, original: bool) -> dict[str, Any]:
    fields: dict[str, Any] = orjson.loads(encode(letter))
    return fields if original else {name: value for name, value in fields.items() if name != "original"}


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _show_list(listed: list[tuple[Found, DeadLetter]]) -> None:
    if not listed:
        return
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("id", "stage", "record", "fault", "path", "message"):
        table.add_column(column, no_wrap=column in ("id", "stage", "fault"), overflow="fold")
    for found, each in listed:
        cells = (found.id, each.stage, _where(each), each.error.code, each.error.path or "", each.error.message)
        table.add_row(*(Text(printable(cell)) for cell in cells))
    out.print(table)


def _where(letter: DeadLetter) -> str:
    return f"{letter.topic}-{letter.partition} at {letter.offset}"


def _show_totals(totals: Counter[tuple[str, str]], shown: int, unread: int) -> None:
    for (stage, code), number in sorted(totals.items()):
        out.print(f"{printable(stage)} {code}: {number:,}", markup=False)
    count = totals.total()
    left_out = f"; the newest {shown:,} are shown, more with --limit" if shown < count else ""
    out.print(f"{count:,} dead letters{left_out}.")
    if unread:
        out.print(f"{unread:,} records of the topic are no dead letters that this release can read.")


# -- show


@app.command(epilog=EXIT_CODES)
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="PARTITION:OFFSET, as `list` has it.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, with the original bytes in base64.")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """Show everything of one dead letter, and its record as it came; where the letter holds none, where it lies."""
    settings = Settings.load(settings_file)
    found, each = run(settings, _one(settings, name))
    if as_json:
        print(json.dumps({"id": found.id, "came": _time(found.came), **_fields(each, original=True)}))
        return
    for label, text in _lines(settings, found, each):
        out.print(Text(f"{label:<10}", style="bold") + Text(printable(text)))


async def _one(settings: Settings, name: str) -> tuple[Found, DeadLetter]:
    async with reading(client(settings)) as consumer:
        return await letter(consumer, await spans(settings, consumer), name)


def _lines(settings: Settings, found: Found, letter: DeadLetter) -> Iterator[tuple[str, str]]:
    yield "id", found.id
    yield "came", _time(found.came)
    yield "stage", letter.stage
    yield "record", f"{_where(letter)}, on the broker {topic_name(settings, letter.topic)}"
    yield "written", letter.timestamp.isoformat().replace("+00:00", "Z") if letter.timestamp else "-"
    yield "key", letter.key if letter.key is not None else "-"
    for header, text in (letter.headers or {}).items():
        yield "header", f"{header}: {text}"
    yield "fault", letter.error.code
    yield "path", letter.error.path or "-"
    yield "message", letter.error.message
    yield "hash", f"{letter.input_hash} (xxh3)"
    yield "original", _original(settings, letter)


def _original(settings: Settings, letter: DeadLetter) -> str:
    """Return the record's bytes as text, or say why the letter does not have them and where they are."""
    if letter.original is not None:
        return b64decode(letter.original).decode(errors="backslashreplace")
    why = "personal data stays where it is" if letter.topic in PERSONAL else f"it has more than {ORIGINAL_LIMIT // _KIBI} KiB"
    where = f"partition {letter.partition} of {topic_name(settings, letter.topic)} at offset {letter.offset}"
    if letter.topic not in INPUTS and letter.topic not in PERSONAL:
        where += " (of a fused worker: the record of that number, counted from 0)"
    return f"not in the letter: {why}; it lies in {where}, until retention takes it"


# -- redrive


@app.command(epilog=EXIT_CODES)
def redrive(
    names: Annotated[list[str] | None, typer.Argument(metavar="ID", help="PARTITION:OFFSET, as `list` has it.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All, or all that the options below choose.")] = False,
    stage: StageOption = None,
    topic: TopicOption = None,
    code: CodeOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what could be written.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help=YES_HELP)] = False,
    settings_file: SettingsFile = None,
) -> None:
    """Write the records of dead letters again, as new records of their topics, once the cause is mended.

    Key, value and headers are those that the record had; a header, takedown-redriven-from, names the letter. A record that its letter does
    not hold is read back from its topic. Only what comes from outside can be redriven: the sequence has one writer. To redrive a letter
    twice is harmless: dedupe drops what it knows. Ends with 4 where a letter that was asked for was not redriven.
    """
    if bool(names) == all_:
        raise typer.BadParameter("name letters by their ids, or say --all", param_hint="ID")
    if names and (stage or topic or code):
        raise typer.BadParameter("--stage, --topic and --code choose among --all", param_hint="ID")
    settings = Settings.load(settings_file)
    if names:
        outcome = run(settings, redrive_ids(settings, names, dry=dry_run))
    else:
        outcome = _redrive_all(settings, Wanted(stage, topic, code), dry_run=dry_run, yes=yes)
    _say(outcome, dry_run=dry_run)


def _redrive_all(settings: Settings, wanted: Wanted, *, dry_run: bool, yes: bool) -> Outcome:
    """Redrive all, after asking; letters that come meanwhile are left for the next time."""
    of = run(settings, _held(settings))
    if dry_run or not yes:
        with _following("looking") as follow:
            could = run(settings, redrive_all(settings, of, wanted, dry=True, told=follow(offsets(of))))
        if dry_run or not could.written:
            return could
        confirm(f"Write {_counted(could)} again?", yes=yes)
    with _following("redriving") as follow:
        return run(settings, redrive_all(settings, of, wanted, dry=False, told=follow(offsets(of))))


async def _held(settings: Settings) -> list[Span]:
    async with reading(client(settings)) as consumer:
        return await spans(settings, consumer)


def _say(outcome: Outcome, *, dry_run: bool) -> None:
    """Say what was done; raise typer.Exit where something was left."""
    for reason, left in outcome.left.items():
        more = ", ..." if left.number > len(left.ids) else ""
        out.print(printable(f"{left.number:,} not redriven ({', '.join(left.ids)}{more}): {reason}"), markup=False)
    out.print(f"{_counted(outcome)} {'would be' if dry_run else 'were'} written again.", markup=False)
    if outcome.left:
        count = sum(left.number for left in outcome.left.values())
        raise typer.Exit(complain(f"{count:,} dead letters {'would not be' if dry_run else 'were not'} redriven", Exit.INPUT))


def _counted(outcome: Outcome) -> str:
    by_topic = ", ".join(f"{topic} {number:,}" for topic, number in sorted(outcome.written.items()))
    return f"{outcome.written.total():,} records" + (f" ({by_topic})" if by_topic else "")


@contextmanager
def _following(what: str) -> Iterator[Callable[[int], Told]]:
    """Give what shows the progress through so many offsets."""
    with progress("offsets") as bar:
        task = bar.add_task(what, total=None, records=0)

        def follow(total: int) -> Told:
            bar.update(task, total=total)

            def told(more: int) -> None:
                bar.update(task, advance=more, records=bar.tasks[task].fields["records"] + more)

            return told

        yield follow
