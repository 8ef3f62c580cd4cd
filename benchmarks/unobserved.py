"""The program with nothing that watches it: no histograms, no readings, no look at the lag. What `benchmarks.observing` compares with.

python -m benchmarks.unobserved worker STAGE
"""

import asyncio
from typing import Any

from pipeline.__main__ import run
from pipeline.kafka.app import StageApp
from pipeline.kafka.instruments import Instruments
from pipeline.kafka.owner import Owner


async def _never(*_: Any) -> None:
    await asyncio.Event().wait()


def _nothing(*_: Any) -> None:
    """Do nothing."""


if __name__ == "__main__":
    for kind, method, stand_in in (
        (Owner, "_observe", _nothing),
        (Instruments, "handled", _nothing),
        (Instruments, "took_down", _nothing),
        (StageApp, "_measure", _never),
    ):
        setattr(kind, method, stand_in)
    run()
