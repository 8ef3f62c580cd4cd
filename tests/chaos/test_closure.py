"""A store with many live listings closes while its worker is killed in the middle of it."""

import sys
from pathlib import Path

import pytest

from scripts.chaos.closure import close_in_the_middle
from tests.kafka.starting import started


@pytest.mark.timeout(240)
async def test_a_closure_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    """In short form; `make chaos` closes a store of 100,000 listings."""
    broker = started(tmp_path / "broker")
    try:
        outcome = await close_in_the_middle(3000, broker, tmp_path, lambda text: print(text, file=sys.stderr))
    finally:
        broker.stop()
    assert outcome.faults == []
