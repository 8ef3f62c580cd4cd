"""`takedown policy`: care for policy files."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import out
from pipeline.cli.exits import EXIT_CODES
from pipeline.local.references import read_policy
from pipeline.policy.loader import default_text, parse

NAME = "policy"
app = typer.Typer(help="Check and show policy files.", no_args_is_help=True)


@app.command(epilog=EXIT_CODES)
def check(file: Annotated[Path, typer.Argument(help="A policy file (TOML).", show_default=False)]) -> None:
    """Check a policy file: every fault at once, each with its line and key. Exit code 5 where there is one."""
    policy = parse(read_policy(file), str(file))
    out.print(f"{file}: good, version {policy.version}", markup=False)


@app.command(epilog=EXIT_CODES)
def show() -> None:
    """Print the policy that holds where none is given: a starting point for one's own."""
    print(default_text(), end="")
