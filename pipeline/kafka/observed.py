"""What can be seen of a partition from outside: what its last committed chunk left, and how its recovery goes."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.counted import Counted
from pipeline.events.review import Review
from pipeline.events.sequence import SequencedTick
from pipeline.events.takedown import Takedown
from pipeline.kafka.progress import Progress
from pipeline.stages.clock import Position
from pipeline.stages.record import Outputs
from pipeline.state.store import Size


@dataclass(frozen=True, slots=True)
class Observed:
    """One stage of a partition as the last committed chunk left it; times are of the wall clock, in seconds."""

    stage: str
    partition: int
    progress: Progress
    size: Size
    clock: Position | None
    policy_version: str | None
    registry_version: str | None
    committed_at: float
    ticked_at: float
    newest: Mapping[str, datetime | None]  # when the newest record of each input came that was handled, by the broker's time
    due: datetime | None = None  # when the next deadline falls due, in event time

    @property
    def brakes(self) -> bool:
        """Whether the brake has held in the hour in which the clock stands."""
        held, clock = self.progress.braked_at, self.clock
        return held is not None and clock is not None and held >= clock.at.replace(minute=0, second=0, microsecond=0)

    @property
    def counted(self) -> Counted:
        """What it has counted."""
        mark = self.progress
        return Counted(self.stage, self.partition, mark.residual, mark.read, mark.written, mark.fates, mark.facts, mark.decided, mark.lost)


@dataclass(slots=True)
class Recovery:
    """How far the recovery of a stage's state has come: entries that are left, when it began, and what it took, in seconds."""

    left: int
    began: float
    took: float | None = None

    @property
    def seconds(self) -> float:
        """What it took, or has taken so far."""
        return self.took if self.took is not None else time.monotonic() - self.began


def braked_at(outputs: Outputs) -> datetime | None:
    """Return when the brake last made a question of an automated takedown; None where it did not."""
    if not outputs.tally.facts["braked"]:
        return None
    reviews = (output.event for output in outputs.events if isinstance(output.event, Review))
    return max((review.opened_at for review in reviews if review.braked), default=None)  # none where an open question was joined


def came_of_takedowns(outputs: Outputs) -> list[datetime]:
    """Return when the listings came that were taken down, by the broker's time."""
    if not outputs.tally.decided:
        return []
    downs = (output.cause for output in outputs.events if isinstance(output.event, Takedown))
    return [cause.since for cause in downs if cause.since is not None and not isinstance(cause.event, SequencedTick)]
