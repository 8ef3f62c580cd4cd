"""`takedown rights learn`."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from pipeline.cli.console import out, printable, progress
from pipeline.local.common_words import Bounds, Learnt, count, learnt, read_rights, taught
from pipeline.place import OutputError, write_lines

NAME = "learn"
_BOUNDS = Bounds()


def command(
    file: Annotated[Path, typer.Argument(help="Rights: .jsonl, .jsonl.gz or .jsonl.zst.", show_default=False, readable=False)],
    over: Annotated[Path, typer.Option(metavar="DIR", help="Holds the listings to learn from.", show_default=False, readable=False)],
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="NEW", help="Write the registry with what was learnt: .jsonl.", show_default="only tell")
    ] = None,
    least: Annotated[int, typer.Option(min=1, help="Places that say something, at least.")] = _BOUNDS.least,
    sellers: Annotated[int, typer.Option(min=1, help="Sellers who use the name as a word, at least.")] = _BOUNDS.sellers,
    share: Annotated[float, typer.Option(min=0, max=1, help="Share of those places that may be a brand's, at most.")] = _BOUNDS.share,
) -> None:
    """Learn which names are common words, from how the titles of a stream use them, and mark them in a registry.

    A place says something where a seller puts a brand (first, after `by`, in the brand field), or where capitals do, or their absence.
    A marked name is found in a brand's place, or in the context of its right, and nowhere else. Nothing is learnt unseen: what is written
    is a registry for `takedown rights load`, and without --out nothing is.
    """
    if out_file is not None and out_file.exists():
        raise OutputError(out_file, "exists already; name another file")
    rights = read_rights(file)
    with progress("listings") as bar:
        task = bar.add_task("reading", total=None, records=0)
        found = count(rights, over, lambda read, size, records: bar.update(task, completed=read, total=size, records=records))
    words = learnt(rights, found, Bounds(least, sellers, share))
    _show(words)
    if out_file is not None:
        write_lines(out_file, taught(rights, words))
    fresh = sum(not word.known for word in words)
    where = f"marked in {out_file}" if out_file is not None else "marked nowhere; name a file with --out"
    out.print(
        printable(f"{len(words):,} of {len(found):,} names that were met are common words, {fresh:,} of them new: {where}."), markup=False
    )


def _show(words: list[Learnt]) -> None:
    table = Table("name", "right", "as a word", "as a brand", "unclear", "sellers", "categories", "", box=box.SIMPLE_HEAD)
    for word in words:
        places, standing = word.standing.places, word.standing
        counts = (places["word"], places["brand"], places["unclear"], len(standing.sellers), len(standing.categories))
        is_new = "" if word.known else "new" if word.own else "new, an alias"
        table.add_row(Text(printable(word.text)), Text(printable(word.right_id)), *(f"{number:,}" for number in counts), is_new)
    out.print(table)
