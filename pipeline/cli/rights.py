"""`takedown rights`: care for the registry of rights, and publish it."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import rights_check, rights_diff, rights_learn
from pipeline.cli.exits import EXIT_CODES
from pipeline.cli.loading import Load, SkipBad
from pipeline.cli.loading import load as publish
from pipeline.cli.running import SettingsFile
from pipeline.local.references import RIGHTS
from pipeline.settings import Settings

NAME = "rights"
app = typer.Typer(help="Check, compare, publish rights, and learn their common words.", epilog=EXIT_CODES, no_args_is_help=True)


@app.command(epilog=EXIT_CODES)
def load(
    file: Annotated[Path, typer.Argument(help="Rights: .jsonl, .jsonl.gz or .jsonl.zst.", show_default=False, readable=False)],
    skip_bad: SkipBad = False,
    settings_file: SettingsFile = None,
) -> None:
    """Publish a file of rights: each replaces the earlier one of its right_id, and holds from the next tick on.

    Every line is checked first, and every fault is named. Where there is one, nothing is published. To load a file twice is harmless.
    """
    publish(Load(RIGHTS, "rights"), file, Settings.load(settings_file), skip_bad=skip_bad)


app.command(name=rights_check.NAME, epilog=EXIT_CODES)(rights_check.command)
app.command(name=rights_diff.NAME, epilog=EXIT_CODES)(rights_diff.command)
app.command(name=rights_learn.NAME, epilog=EXIT_CODES)(rights_learn.command)
