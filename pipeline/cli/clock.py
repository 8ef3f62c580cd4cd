"""`takedown clock`."""

from datetime import datetime
from typing import Annotated

import typer

from pipeline.cli.console import out
from pipeline.cli.exits import Stopped
from pipeline.cli.running import SettingsFile, run
from pipeline.kafka.ticker import tick
from pipeline.settings import Settings

NAME = "clock"


def command(
    once: Annotated[bool, typer.Option("--once", help="Send the tick of the interval that has begun, and end.")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """Send the time to every partition, at the start of every interval, until it is stopped by SIGTERM or Ctrl-C.

    Deadlines fire, and reference data takes effect, at ticks only. A second clock is harmless: its ticks are dropped.
    """
    settings = Settings.load(settings_file)
    try:
        run(settings, tick(settings, once=once, told=_tell))
    except Stopped:  # how a clock ends: nothing is left half-done
        out.print("stopped")


def _tell(when: datetime, partitions: int) -> None:
    out.print(f"{when:%Y-%m-%dT%H:%M:%SZ} to {partitions} partitions")
