"""Workers on a real broker are killed, frozen, added and taken away under load: nothing is lost, added or done twice."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from scripts.chaos.actions import Amounts
from scripts.chaos.run import COMPACTING, Plan, run
from tests.kafka.starting import started

SEED = 20161


@pytest.mark.timeout(300)
async def test_nothing_is_lost_added_or_done_twice(tmp_path: Path) -> None:
    """The short form; `make chaos` is the long one, which kills the broker too."""
    broker = started(tmp_path / "broker", extra=COMPACTING)
    plan = Plan(listings=6000, amounts=Amounts(worker_kills=2, broker_kills=0, rebalances=1, zombies=1), seconds=25, seed=SEED)
    try:
        report = await run(plan, broker, tmp_path, lambda text: print(text, file=sys.stderr))
    finally:
        broker.stop()
    assert report.done == Counter({"worker kills": 2, "rebalances": 1, "zombies": 1})
    assert report.faults == []
