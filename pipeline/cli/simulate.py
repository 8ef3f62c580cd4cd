"""`takedown simulate`."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import out, progress
from pipeline.collector import long_lived_left_alone
from pipeline.local.rehearsal import Rehearsal
from pipeline.simulate.simulate import simulate

NAME = "simulate"


def command(
    out_folder: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.", show_default=False, readable=False)],
    listings: Annotated[int, typer.Option(min=1, help="How many lines of listings.")] = 5000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    prevalence: Annotated[float, typer.Option(min=0.0, max=0.5, help="The share of counterfeit offers.")] = 0.08,
    brands: Annotated[int, typer.Option(min=1, help="How many brands the registry holds (up to about 8,000).")] = 200,
    days: Annotated[int, typer.Option(min=1, help="How many days of event time they are spread over.")] = 90,
    people: Annotated[
        bool, typer.Option("--people/--no-people", help="Notices, appeals and rulings too, by people who react to what is decided.")
    ] = True,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", "-p", help="The policy by which is decided.", show_default="the default policy", readable=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace what an earlier simulation wrote to OUT.")] = False,
) -> None:
    """Make the topics of a marketplace that never was: honest and other sellers, people who complain, object and decide, and the truth.

    Writes listings.jsonl, rights.jsonl, and truth.jsonl, which the pipeline never reads; with people also notices.jsonl, appeals.jsonl,
    rulings.jsonl, notifier-standings.jsonl and truth-people.jsonl, and the policy in policies.jsonl where one is given. People react to
    what the pipeline decides, so it runs beside them, which takes ten times as long; a replay of OUT decides the same. OUT appears
    when it is complete.
    """
    if policy is not None and not people:
        raise typer.BadParameter("without people nothing is decided, so there is no use for a policy", param_hint="--policy")
    with progress("lines") as bar, long_lived_left_alone():
        task = bar.add_task("simulating", total=listings, records=0)
        lines = simulate(
            out_folder,
            listings=listings,
            seed=seed,
            prevalence=prevalence,
            brands=brands,
            days=days,
            pipeline=Rehearsal(policy) if people else None,
            force=force,
            progress=lambda done: bar.update(task, completed=done, records=done),
        )
    for name, count in lines.items():
        out.print(f"{out_folder / name}: {count:,} lines", markup=False)
