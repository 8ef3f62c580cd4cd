"""`takedown version`."""

from importlib.metadata import version

from pipeline.cli.console import out

NAME = "version"


def command() -> None:
    """Print the version."""
    out.print(version("takedown-pipeline"))
