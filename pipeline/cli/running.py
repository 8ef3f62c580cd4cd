"""Runs what a verb does on Kafka: asynchronously, stoppable by a signal, with one clear message where Kafka does not do as it is asked."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from pipeline import stopping
from pipeline.cli.exits import Stopped
from pipeline.kafka.connection import reaching
from pipeline.settings import Settings

T = TypeVar("T")

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", help="A TOML file; TAKEDOWN_* variables win over it.", show_default=False, readable=False),
]


def run(settings: Settings, work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, and return the result. Raises ConnectionFailedError, and Stopped after SIGTERM or Ctrl-C."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it would log comes as an exception too
    try:
        with reaching(settings):
            return asyncio.run(_stoppable(work))
    finally:
        stopping.heed()  # asyncio has put the handlers of the language in their place


async def _stoppable(work: Coroutine[Any, Any, T]) -> T:
    """Let a signal cancel the work, so that it lets go of its connections; an exception from a handler might end in any task."""
    task = asyncio.create_task(work)
    stopped_by: list[int] = []

    def stop(number: int) -> None:
        stopped_by.append(number)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not stopped_by:
            raise
        raise Stopped(stopped_by[0], "some of it may be done; to run it again is harmless") from None
