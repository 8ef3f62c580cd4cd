"""A real broker for the whole run, and for each test settings of its own on it."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from pipeline.kafka.app import plan_of, stages_of
from pipeline.kafka.references import LiveReference
from pipeline.kafka.topics import create
from pipeline.settings import Settings
from tests.build import right
from tests.kafka.starting import GIVEN, started
from tests.kafka.world import publish_policy, publish_rights, referring

LOG = pytest.StashKey[Path]()


@pytest.fixture(scope="session")
def bootstrap(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where the broker is: the given one, or one that is started for this run."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    broker = started(tmp_path_factory.mktemp("broker"))
    try:
        yield broker.bootstrap
    finally:
        if request.session.testsfailed:
            broker.stop()
            request.config.stash[LOG] = broker.log
        else:
            broker.remove()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say where the broker's log is, when tests failed."""
    if LOG in config.stash:
        terminalreporter.write_line(f"the broker's log: {config.stash[LOG]}", red=True)


@pytest.fixture
def settings(bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings whose topics, groups and state no other test knows."""
    for name in [name for name in os.environ if name.upper().startswith("TAKEDOWN_") and name != GIVEN]:
        monkeypatch.delenv(name)
    own = f"t{uuid4().hex[:12]}"
    return Settings(bootstrap=bootstrap, application=own, topic_prefix=f"{own}.", state_dir=tmp_path / "state", partitions=2)


@pytest.fixture
async def topics(settings: Settings) -> Settings:
    """Make every topic; return the settings that name them."""
    await create(settings, fused=True)
    return settings


@pytest.fixture
async def reference(topics: Settings) -> AsyncIterator[LiveReference]:
    """Publish a policy and a right, and return the reference data as a worker reads it."""
    await publish_policy(topics)
    await publish_rights(topics, right())
    async with referring(topics, plan_of(topics, stages_of("dedupe"))) as found:
        yield found
