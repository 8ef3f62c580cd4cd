"""`takedown policy`: care for policy files, and publish them."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import out, printable
from pipeline.cli.exits import EXIT_CODES
from pipeline.cli.running import SettingsFile, run
from pipeline.kafka.policies import publish_policy
from pipeline.local.references import read_policy
from pipeline.policy.loader import default_text, parse
from pipeline.settings import Settings

NAME = "policy"
app = typer.Typer(help="Check, show and publish policy files.", epilog=EXIT_CODES, no_args_is_help=True)


@app.command(epilog=EXIT_CODES)
def check(file: Annotated[Path, typer.Argument(help="A policy file (TOML).", show_default=False, readable=False)]) -> None:
    """Check a policy file: every fault at once, each with its line and key. Exit code 5 where there is one."""
    policy = parse(read_policy(file), str(file))
    out.print(printable(f"{file}: good, version {policy.version}"), markup=False)


@app.command(epilog=EXIT_CODES)
def show() -> None:
    """Print the policy that holds where none is given: a starting point for one's own."""
    print(default_text(), end="")


@app.command(epilog=EXIT_CODES)
def publish(
    file: Annotated[Path | None, typer.Argument(help="A policy file (TOML).", show_default="the default policy", readable=False)] = None,
    settings_file: SettingsFile = None,
) -> None:
    """Publish a policy file: it holds from the next tick on, until another is published.

    One with a fault is not published, nor one whose version was published with another text: every decision names its version.
    """
    settings = Settings.load(settings_file)
    text = read_policy(file) if file else default_text()
    policy = parse(text, str(file or "default.toml"))
    run(settings, publish_policy(settings, policy, text, str(file or "default.toml")))
    out.print(printable(f"policy {policy.version} published"), markup=False)
