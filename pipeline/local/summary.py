"""What a replay ends with: the figures of every topic and stage, and whether they add up."""

import resource
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.counted import APPEAL_ENDS, open_notices, open_reviews, with_bounded_codes
from pipeline.flow import DEAD_LETTERS, REFERENCES, readers
from pipeline.local.partition import StageRun
from pipeline.stages.decided import AMENDED, CLOSURE, ENDED, NOTICE, REINSTATEMENT, REVIEW, TAKEDOWN, WARNING
from pipeline.stages.record import Tally
from pipeline.state.store import Size

APPEAL_FACTS: Mapping[str, str] = {"appealed": "appealed", "complained": "complained", **APPEAL_ENDS}  # and what they are called


@dataclass(slots=True)
class Decisions:
    """What was decided: takedowns by the reason that weighs most and by source, the steps against sellers, and what people were told.

    `notices` are their receipts and final outcomes, `refusals` the codes of those refused, `amended` the codes of amendments; questions
    are counted by cause and assignee as they are asked, and by how they ended.
    """

    takedowns: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    closings: Counter[str] = field(default_factory=Counter)
    reinstatements: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    amended: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    assignees: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    open_notices: int = 0
    open_questions: int = 0

    @classmethod
    def of(cls, decided: Mapping[str, int]) -> "Decisions":
        """Read what a stage has counted (see stages.decided)."""
        found = cls(open_notices=open_notices(decided), open_questions=open_reviews(decided))
        for name, number in with_bounded_codes(decided).items():
            what, *labels = name.split(":")
            for counter, label in zip(found._counters(what), labels, strict=False):
                counter[label] += number
            if what == NOTICE and labels[0] == "refused":
                found.refusals[labels[1]] += number
        return found

    def _counters(self, what: str) -> tuple[Counter[str], ...]:
        """Return what counts each label of a key, in their order."""
        aside: Counter[str] = Counter()  # of a label that is not shown
        known: Mapping[str, tuple[Counter[str], ...]] = {
            TAKEDOWN: (self.sources, self.takedowns),
            WARNING: (self.warnings,),
            CLOSURE: (self.closings,),
            REINSTATEMENT: (self.reinstatements,),
            REVIEW: (self.causes, self.assignees),
            ENDED: (self.endings,),
            NOTICE: (self.notices,),
            AMENDED: (aside, self.amended),
        }
        return known.get(what, ())

    @property
    def closures(self) -> int:
        """How many stores were closed."""
        return self.closings.total()


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
    def appeals(self) -> dict[str, int]:
        """How many appeals and complaints came, and what became of them."""
        facts = self.stages["flagging"].tally.facts
        return {name: facts[fact] for fact, name in APPEAL_FACTS.items()}

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

    def _notices_json(self) -> dict[str, Any]:
        decisions, facts = self.decisions, self.stages["flagging"].tally.facts
        return {
            "by_outcome": dict(decisions.notices),
            "refused_by_code": dict(decisions.refusals),
            "amended_by_code": dict(decisions.amended),
            "open": decisions.open_notices,
            "handling_seconds": facts["notice-seconds"],
        }

    def _questions_json(self) -> dict[str, Any]:
        decisions, facts = self.decisions, self.stages["flagging"].tally.facts
        return {
            "by_cause": dict(decisions.causes),
            "by_assignee": dict(decisions.assignees),
            "by_ending": dict(decisions.endings),
            "open": decisions.open_questions,
            "over_budget": facts["capacity"],
        }

    def as_json(self) -> dict[str, Any]:
        """Return everything as one JSON object."""
        return {
            "topics": self.topics(),
            "stages": {name: _stage_json(figures) for name, figures in self.stages.items()},
            "conservation": self.conservation,
            "takedowns": {"by_reason": dict(self.decisions.takedowns), "by_source": dict(self.decisions.sources)},
            "warnings": dict(self.decisions.warnings),
            "closures": self.decisions.closures,
            "closures_by_decision": dict(self.decisions.closings),
            "reinstatements": dict(self.decisions.reinstatements),
            "notices": self._notices_json(),
            "questions": self._questions_json(),
            "appeals": self.appeals,
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
