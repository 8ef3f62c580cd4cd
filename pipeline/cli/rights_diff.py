"""`takedown rights diff`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich import box
from rich.table import Table

from pipeline.care.changes import Changes
from pipeline.care.diff import EXAMPLES, Difference, Limits, diff
from pipeline.care.effects import EFFECTS, Row
from pipeline.cli.console import complain, out, printable, progress
from pipeline.cli.exits import Exit

NAME = "diff"
_MOST_ROWS = 20
_MOST_NAMED = 10  # rights and aliases of each kind of change

_File = Annotated[Path, typer.Argument(help="Rights: .jsonl, .jsonl.gz or .jsonl.zst.", show_default=False, readable=False)]


def command(
    old: _File,
    new: _File,
    over: Annotated[
        Path, typer.Option("--over", metavar="DIR", help="Holds the listings to compare on.", show_default=False, readable=False)
    ],
    policy: Annotated[
        Path | None,
        typer.Option("--policy", "-p", help="A policy file.", show_default="that of DIR, or the default policy", readable=False),
    ] = None,
    most_takedowns: Annotated[int | None, typer.Option(metavar="N", min=0, help="Listings that may newly be taken down.")] = None,
    most_matches: Annotated[int | None, typer.Option(metavar="N", min=0, help="Listings that may newly be matched.")] = None,
    most_share: Annotated[
        float | None, typer.Option(metavar="S", min=0, max=1, help="Share of listings, from 0 to 1, that may be decided otherwise.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="Examples of each effect of a right and name.")] = EXAMPLES,
    json: Annotated[bool, typer.Option("--json", help="Print the difference as one JSON object.")] = False,
) -> None:
    """Show what a change of the registry would match and take down: the listings of DIR run under both files of rights.

    The signals alone decide: brake, enforcement and people are off. Shown are the rights and aliases that change, what that does to how
    many listings and sellers, and, the worst first, by which right and name, with examples. Exit code 12 where a limit is exceeded.
    """
    with progress("records") as bar:
        task = bar.add_task("comparing", total=None, records=0)
        found = diff((old, new), over, policy, lambda read, size, count: bar.update(task, completed=read, total=size, records=count), limit)
    print(orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2).decode()) if json else _show(found)
    broken = found.broken(Limits(most_takedowns, most_matches, most_share))
    if broken:
        raise typer.Exit(complain("; ".join(broken), Exit.TOO_MUCH))


def _show(found: Difference) -> None:
    _show_changes(found.changes)
    table = Table("effect", "listings", "sellers", box=box.SIMPLE_HEAD)
    for effect, says in EFFECTS.items():
        if found.listings[effect]:
            table.add_row(says, f"{len(found.listings[effect]):,}", f"{found.sellers(effect):,}")
    if table.row_count:
        out.print(table)
    for row in found.rows[:_MOST_ROWS]:
        _show_row(row)
    if len(found.rows) > _MOST_ROWS:
        _print(f"and {len(found.rows) - _MOST_ROWS:,} more rights and names (--json shows all)")
    if found.trial:
        _print(f"On trial in the new registry: {', '.join(f'{fact} {number:,}' for fact, number in found.trial.most_common())}.")
    _print(f"{found.offers:,} listings; something else is decided on {found.share:.4%} of them.")


def _show_changes(changes: Changes) -> None:
    for what, rights in (("added", changes.added), ("removed", changes.removed), ("changed", changes.changed)):
        _print(f"rights {what}: {_listed(rights)}")
    for what in ("added", "removed", "shadow", "active"):
        named = [f"{one.alias} of {one.brand} ({one.right_id})" for one in changes.aliases if one.change == what]
        if named:
            _print(f"aliases {'put in shadow' if what == 'shadow' else 'out of shadow' if what == 'active' else what}: {_listed(named)}")


def _listed(names: Iterable[str]) -> str:
    """Return how many there are, and the first of them."""
    every = tuple(names)
    more = f" and {len(every) - _MOST_NAMED:,} more" if len(every) > _MOST_NAMED else ""
    return f"{len(every):,}{': ' if every else ''}{', '.join(every[:_MOST_NAMED])}{more}"


def _show_row(row: Row) -> None:
    counts = ", ".join(f"{EFFECTS[effect]} {row.counts[effect]:,}" for effect in EFFECTS if row.counts[effect])
    _print(f"{row.brand} ({row.right_id}), by {row.alias or 'a mere reference'}: {counts}")
    for effect, examples in row.examples.items():
        for listing_id, title in examples:
            _print(f"    {EFFECTS[effect]}: {listing_id}: {title}")


def _print(text: str) -> None:
    out.print(printable(text), markup=False)
