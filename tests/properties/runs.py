"""Runs stages over chunks, and tells everything that came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.codec import encode
from pipeline.flow import STAGES, Stage
from pipeline.stages import isolation
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import Reference
from pipeline.state.memory import MemoryStore
from tests.build import history, records, right

RIGHTS = (right(), right(right_id="R2", brand_id="B2", brand="Adidas", authorised_sellers=("S1",)))


@dataclass
class Run:
    """One stage with its store, and what it has put out so far."""

    stage: Stage
    reference: Reference = field(default_factory=lambda: history(*RIGHTS))
    outputs: Outputs = field(default_factory=Outputs)

    def __post_init__(self) -> None:
        self.store = MemoryStore(self.stage.tables)

    def feed(self, chunk: Sequence[Record]) -> Outputs:
        """Process one chunk."""
        made = isolation.run(self.stage.name, lambda given, view: self.stage.process(given, view, self.reference), chunk, self.store)
        self.outputs.extend(made)
        return made

    def everything(self) -> tuple[Any, ...]:
        """Return outputs as bytes, dead letters, tally and state: two runs are the same if this is."""
        events = [(output.topic, output.key, encode(output.event), output.cause) for output in self.outputs.events]
        state = {table.name: dict(self.store.read(table, list(self.keys(table)))) for table in self.stage.tables}
        return events, [encode(letter) for letter in self.outputs.dead_letters], self.outputs.tally, state

    def keys(self, table: Any) -> Iterable[str]:
        """Return the keys of a table."""
        return self.store.keys(table)


def sequence_of(stream: Sequence[Any], upto: int) -> list[Record]:
    """Return what the stage number `upto` reads, when the stages before it take the whole stream as one chunk."""
    given = records(stream)
    for stage in STAGES[:upto]:
        run = Run(stage)
        run.feed(given)
        given = records([output.event for output in run.outputs.events], stage.writes[0])
    return given
