"""`takedown worker`."""

import logging
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import complain
from pipeline.cli.exits import Exit, code_of
from pipeline.cli.running import SettingsFile
from pipeline.flow import STAGES
from pipeline.kafka.supervisor import Supervisor, command_of
from pipeline.logs import configure
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.kafka.run import Ending

NAME = "worker"
log = logging.getLogger("pipeline.worker")
_GRACE = 10.0  # seconds beyond a worker's own deadline, before its supervisor kills it


class Which(StrEnum):
    """What to run."""

    DEDUPE = "dedupe"
    BRAND_MATCH = "brand-match"
    FLAGGING = "flagging"
    ALL = "all"


def command(
    which: Annotated[Which, typer.Argument(metavar="[dedupe|brand-match|flagging|all]", help="The stage to run.")] = Which.ALL,
    fused: Annotated[bool, typer.Option("--fused", help="All stages in one process, with no topics read back between them.")] = False,
    settings_file: SettingsFile = None,
    accept_gap: Annotated[
        bool, typer.Option("--accept-gap", help="Count records that retention took before they were read as lost, and go on.")
    ] = False,
    accept_dead_letters: Annotated[
        int, typer.Option("--accept-dead-letters", min=0, help="Let so many more dead letters a window pass, in this run.")
    ] = 0,
) -> None:
    """Run a stage on Kafka until it is stopped; with `all`, one process for each stage, watched over.

    SIGTERM or Ctrl-C lets it finish what is under way, commit and end with 0. Start as many as you like: partitions are shared out among
    them, and a worker that dies loses nothing. Topics, rights and a policy must be there:

    takedown topics create; takedown rights load FILE; takedown policy publish
    """
    if fused and which is not Which.ALL:
        raise typer.BadParameter("a fused worker runs all stages; name none of them", param_hint="--fused")
    settings = Settings.load(settings_file)
    options = [*(("--settings", str(settings_file)) if settings_file else ()), *(("--accept-gap",) if accept_gap else ())]
    options += ["--accept-dead-letters", str(accept_dead_letters)]
    if which is Which.ALL and not fused:
        configure(settings.log_level, settings.log_format)
        patience = settings.drain_timeout + _GRACE
        raise typer.Exit(Supervisor([stage.name for stage in STAGES], command_of(*options), patience, settings.http_port).run())
    raise typer.Exit(_run(settings, "fused" if fused else which.value, accept_gap, accept_dead_letters))


def _run(settings: Settings, name: str, accept_gap: bool, accept_dead_letters: int) -> int:
    from pipeline.kafka.app import make_app  # noqa: PLC0415 - Faust takes half a second to import: only a worker waits for it
    from pipeline.kafka.run import run  # noqa: PLC0415

    def tell(ending: "Ending") -> int:
        return _told(settings, name, ending)

    return run(make_app(settings, name, accept_gap=accept_gap, accept_dead_letters=accept_dead_letters), tell)


def _told(settings: Settings, name: str, ending: "Ending") -> int:
    """Say how a worker ended, as its log lines are; return the exit code."""
    complained = _logged if settings.log_format == "json" else complain
    if ending.failure is not None:
        return complained(f"{name}: {ending.failure}", Exit.WORKER if ending.begun else code_of(ending.failure) or Exit.WORKER)
    if ending.left:
        return complained(f"{name}: {ending.left} chunks were not finished in {settings.drain_timeout} s; they are done again", Exit.WORKER)
    log.info("%s: everything that was begun is finished and committed", name)
    return Exit.OK


def _logged(message: str, code: int) -> int:
    log.error(message)
    return code
