"""`takedown simulate`."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import out, progress
from pipeline.simulate.simulate import simulate

NAME = "simulate"


def command(
    out_folder: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.", show_default=False, readable=False)],
    listings: Annotated[int, typer.Option(min=1, help="How many lines of listings.")] = 5000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    prevalence: Annotated[float, typer.Option(min=0.0, max=0.5, help="The share of counterfeit offers.")] = 0.08,
    brands: Annotated[int, typer.Option(min=1, help="How many brands the registry holds (up to about 8,000).")] = 200,
    days: Annotated[int, typer.Option(min=1, help="How many days of event time they are spread over.")] = 90,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace what an earlier simulation wrote to OUT.")] = False,
) -> None:
    """Make the topics of a marketplace that never was: honest and other sellers, and the truth about each listing.

    Writes listings.jsonl, rights.jsonl, and truth.jsonl, which the pipeline never reads. OUT appears when it is complete.
    """
    with progress("lines") as bar:
        task = bar.add_task("simulating", total=listings, records=0)
        lines = simulate(
            out_folder,
            listings=listings,
            seed=seed,
            prevalence=prevalence,
            brands=brands,
            days=days,
            force=force,
            progress=lambda done: bar.update(task, completed=done, records=done),
        )
    for name, count in lines.items():
        out.print(f"{out_folder / name}: {count:,} lines", markup=False)
