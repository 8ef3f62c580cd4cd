"""What a replay ends with: the figures of every topic and stage, and whether they add up."""

import resource
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.flow import DEAD_LETTERS, REFERENCES, readers
from pipeline.local.partition import StageRun
from pipeline.stages.decided import CLOSURE, TAKEDOWN, WARNING
from pipeline.stages.record import Tally
from pipeline.state.store import Size


@dataclass(slots=True)
class Decisions:
    """What was decided: takedowns by the reason that weighs most and by source, and the steps against sellers."""

    takedowns: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    closures: int = 0

    @classmethod
    def of(cls, decided: Mapping[str, int]) -> "Decisions":
        """Read what a stage has counted (see stages.decided)."""
        found = cls()
        for name, number in decided.items():
            what, *labels = name.split(":")
            if what == TAKEDOWN:
                found.sources[labels[0]] += number
                found.takedowns[labels[1]] += number
            elif what == WARNING:
                found.warnings[labels[0]] += number
            elif what == CLOSURE:
                found.closures += number
        return found


@dataclass(slots=True)
class StageFigures:
    """One stage over all partitions: its tally, the seconds it took, what does not add up, and the size of its state."""

    tally: Tally = field(default_factory=Tally)
    given: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    residual: int = 0
    state: dict[str, Size] = field(default_factory=dict)

    def add(self, run: StageRun) -> None:
        """Add the stage of one partition."""
        self.tally.add(run.tally)
        self.given.update(run.given)
        self.made.update(run.made)
        self.seconds += run.seconds
        self.residual += run.residual
        for name, size in run.store.sizes().items():
            before = self.state.get(name, Size(0, 0))
            self.state[name] = Size(before.entries + size.entries, before.bytes + size.bytes)


@dataclass(slots=True)
class Summary:
    """All figures of one replay. `read` and `written` count records by topic on the writer's side, `given` of a stage on the reader's."""

    stages: dict[str, StageFigures]
    read: Mapping[str, int]  # records of the input files, and ticks made
    written: Mapping[str, int]  # lines of the output files
    dead_letters: Counter[str]
    listings: int = 0  # that went through
    other_letters: int = 0  # dead letters that no stage made here: of reference data, and of what came before a recorded sequence
    seconds: float = 0.0
    peak_memory: dict[str, int] = field(default_factory=dict)  # bytes, at a tenth of the input and at its end

    @property
    def decisions(self) -> Decisions:
        """What was decided."""
        return Decisions.of(self.stages["flagging"].tally.decided)

    @property
    def live_listings(self) -> int:
        """How many listings are remembered."""
        return self.stages["flagging"].state["listings"].entries

    def topics(self) -> dict[str, dict[str, int]]:
        """Return for each topic what its readers took (`in`) and what it holds (`out`)."""
        names = dict.fromkeys((*self.read, *self.written))
        return {name: {"in": self._taken(name), "out": self._held(name)} for name in names}

    def _held(self, name: str) -> int:
        return self.read.get(name, 0) + self.written.get(name, 0)

    def _taken(self, name: str) -> int:
        """Return what the stage that reads a topic was given; reference data is taken by all as it is read, and outputs by none here."""
        if name in REFERENCES:
            return self.read.get(name, 0)
        reading = self._reading(name)
        return self.stages[reading[0]].given[name] if reading else 0

    def _reading(self, name: str) -> list[str]:
        return [stage for stage in readers(name) if stage in self.stages and name not in REFERENCES]

    @property
    def conservation(self) -> int:
        """Records whose fate is unknown, within stages, on the way to a topic and from it: anything but 0 is a loss."""
        within = sum(figures.residual for figures in self.stages.values())
        into = sum(abs(self._made(name) - count) for name, count in self.written.items())
        out_of = sum(abs(figures["out"] - figures["in"]) for name, figures in self.topics().items() if self._reading(name))
        return within + into + out_of

    def _made(self, name: str) -> int:
        """Return how many records of a topic the stages made; dead letters also come of reference data, and of an earlier dedupe."""
        return sum(figures.made[name] for figures in self.stages.values()) + (self.other_letters if name == DEAD_LETTERS else 0)

    def as_json(self) -> dict[str, Any]:
        """Return everything as one JSON object."""
        return {
            "topics": self.topics(),
            "stages": {name: _stage_json(figures) for name, figures in self.stages.items()},
            "conservation": self.conservation,
            "takedowns": {"by_reason": dict(self.decisions.takedowns), "by_source": dict(self.decisions.sources)},
            "warnings": dict(self.decisions.warnings),
            "closures": self.decisions.closures,
            DEAD_LETTERS.replace("-", "_"): dict(self.dead_letters),
            "memory": self.peak_memory,
            "seconds": round(self.seconds, 3),
            "listings_per_second": round(self.listings / self.seconds, 1) if self.seconds else 0.0,
        }


def _stage_json(figures: StageFigures) -> dict[str, Any]:
    tally = figures.tally
    return {
        "in": tally.taken,
        "passed": tally.passed,
        "kept": tally.kept,
        "dropped": dict(tally.dropped),
        "dead_lettered": dict(tally.dead),
        "facts": dict(tally.facts),
        "residual": figures.residual,
        "seconds": round(figures.seconds, 3),
        "state": {name: {"entries": size.entries, "bytes": size.bytes} for name, size in figures.state.items()},
    }


def figures_of(runs: Sequence[StageRun]) -> dict[str, StageFigures]:
    """Add up the stages of all partitions, by name."""
    stages: dict[str, StageFigures] = {}
    for run in runs:
        stages.setdefault(run.stage.name, StageFigures()).add(run)
    return stages


def peak_memory() -> int:
    """Return the most memory that this process has held so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # kilobytes, but on macOS
