"""Workers on a real broker are killed, frozen, added and taken away under load: nothing is lost, added or done twice."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from scripts.chaos.actions import Amounts
from scripts.chaos.run import Plan, run

SEED = 20161


@pytest.mark.timeout(300)
async def test_nothing_is_lost_added_or_done_twice(bootstrap: str, tmp_path: Path) -> None:
    """The short form; `make chaos` is the long one, which kills the broker too. It starts a broker of its own, with quick compaction."""
    plan = Plan(listings=6000, amounts=Amounts(worker_kills=2, broker_kills=0, rebalances=1, zombies=1), seconds=25, seed=SEED)
    report = await run(plan, tmp_path, lambda text: print(text, file=sys.stderr))
    assert report.done == Counter({"worker kills": 2, "rebalances": 1, "zombies": 1})
    assert report.faults == []
