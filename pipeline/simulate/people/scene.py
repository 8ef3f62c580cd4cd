"""What the people share: the time, chance, what is planned, and what has been said.

What is planned waits in the order in which files are merged: by time, at the same time by topic. So who replays what was said hears it
in the order in which it was said here.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush

from pipeline.events.appeal import Appeal
from pipeline.events.notice import Notice
from pipeline.events.ruling import Ruling
from pipeline.simulate.mixing import share
from pipeline.simulate.people.facts import Facts
from pipeline.simulate.people.habits import Habits, Hours, habits
from pipeline.simulate.people.truth import PersonTruth

APPEALS, NOTICES, RULINGS = "appeals", "notices", "rulings"
HOUR = 3600

Action = Callable[[], None]
Event = Notice | Appeal | Ruling


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a person says, on its topic, and what is true of it; of what is said once more there is no second truth."""

    topic: str
    event: Event
    truth: PersonTruth | None


@dataclass(slots=True)
class Scene:
    """Where people act. `now` only rises; `said` is what nobody has collected yet."""

    seed: int
    now: datetime
    facts: Facts = field(default_factory=Facts)
    habits: Habits = field(default_factory=habits)
    said: list[Said] = field(default_factory=list)
    _planned: list[tuple[datetime, str, int, Action]] = field(default_factory=list)
    _numbers: Counter[str] = field(default_factory=Counter)

    @property
    def waiting(self) -> int:
        """How many plans wait for their time."""
        return len(self._planned)

    def happens(self, odds: float, *name: object) -> bool:
        """Tell whether something happens; the answer belongs to its name, in whatever order is asked."""
        return share(self.seed, *name) < odds

    def later(self, topic: str, hours: Hours, action: Action, *name: object) -> None:
        """Plan to say something on a topic after some hours, how many belongs to a name."""
        low, high = hours
        self.at(topic, self.now + timedelta(seconds=1 + int(HOUR * (low + (high - low) * share(self.seed, "hours", *name)))), action)

    def at(self, topic: str, time: datetime, action: Action) -> None:
        """Plan to say something on a topic at a time, which lies ahead."""
        assert time > self.now, "nobody speaks in the past"
        self._numbers["planned"] += 1
        heappush(self._planned, (time, topic, self._numbers["planned"], action))

    def act(self, time: datetime, topic: str) -> bool:
        """Do the next thing planned for before a time, or for this very time and a topic that is merged earlier; tell if there was one."""
        if not self._planned or self._planned[0][:2] >= (time, topic):
            return False
        self.now, _, _, action = heappop(self._planned)
        action()
        return True

    def number(self, letters: str) -> str:
        """Return the next id that begins with some letters."""
        self._numbers[letters] += 1
        return f"{letters}{self._numbers[letters]:07d}"

    def say(self, topic: str, event: Event, truth: PersonTruth | None) -> None:
        """Say something now."""
        self.said.append(Said(topic, event, truth))

    def collect(self) -> list[Said]:
        """Return what was said since the last time."""
        said, self.said = self.said, []
        return said
