"""A chunk: a run of records of one partition, in the order in which a stage is to handle them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.stages.record import Record


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """The records, and for each input topic the offset at which reading goes on behind them."""

    partition: int
    records: Sequence[Record]
    positions: Mapping[str, int]
