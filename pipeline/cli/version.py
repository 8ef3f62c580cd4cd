"""`takedown version`."""

from importlib.metadata import version
from typing import Annotated

import typer

from pipeline.cli.console import out

NAME = "version"


def command() -> None:
    """Print the version."""
    out.print(version("takedown-pipeline"))


def _print(wanted: bool) -> None:
    if wanted:
        command()
        raise typer.Exit


def asked(
    wanted: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_print)] = False,
) -> None:
    """Print the version where it is asked for as an option, as of most commands; that is all done when this is called."""
