"""Starting a broker for tests: where none can be had, they skip with one loud line, or fail where that is asked for."""

import os
from pathlib import Path

import pytest

from scripts.broker.broker import Broker
from scripts.broker.jars import BrokerError

GIVEN = "TAKEDOWN_TEST_BOOTSTRAP"  # a broker that runs already


def started(folder: Path, extra: str = "") -> Broker:
    """Return a broker that is ready. Where none can start: fails with CI=true, and else skips."""
    try:
        return Broker(folder, extra=extra).start()
    except (BrokerError, OSError) as error:
        message = f"NO TEST ON KAFKA RUNS: no broker here: {str(error).splitlines()[0]} (or name one with {GIVEN}=host:port)"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
