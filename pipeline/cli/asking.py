"""Asks before something is done that cannot be taken back."""

import typer

from pipeline.cli.console import out

YES_HELP = "Do it without asking."


def confirm(question: str, *, yes: bool) -> None:
    """Return where the answer is yes. Raises typer.Exit (0) where it is no, and typer.BadParameter where nobody answers."""
    if yes:
        return
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        raise typer.BadParameter("nobody answers; say --yes to do it without asking", param_hint="--yes") from None
    if not agreed:
        out.print("nothing was done")
        raise typer.Exit
