"""The stages, run beside a marketplace that is still being made: they decide on each line as a replay of the finished files would.

This is what the simulator asks for (`pipeline.simulate.port`), over the stages; neither knows the other.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.events.decided import Decision
from pipeline.events.policy_record import PolicyRecord
from pipeline.events.right import Right
from pipeline.events.standing import NotifierStanding
from pipeline.flow import INPUTS, STAGES, Stage
from pipeline.local.inputs import reader_of
from pipeline.local.merge import Minutes
from pipeline.local.partition import Line, Partition
from pipeline.local.references import read_policy
from pipeline.local.run import CHUNK
from pipeline.policy.loader import default_text, parse
from pipeline.stages.record import Outputs
from pipeline.stages.reference import History


class Rehearsal:
    """One partition of the flow over lines as they come; `policy` is None where the default one holds."""

    def __init__(self, policy: Path | None = None) -> None:
        """Raises InputError where the policy file cannot be read, and PolicyError where it is no good."""
        text = default_text() if policy is None else read_policy(policy)
        read = parse(text, "default.toml" if policy is None else str(policy))
        self.policy = None if policy is None else PolicyRecord(read.version, text)
        self._history = History()
        self._history.add_policy(read)
        self._heard = Heard()
        self._partition = Partition(0, STAGES, self._history, self._heard, CHUNK)
        self._minutes = Minutes()
        self._lines: Counter[str] = Counter()
        self._readers = {topic: reader_of(topic, f"{topic}.jsonl") for topic in INPUTS}

    def refer(self, rights: Sequence[Right], standings: Sequence[NotifierStanding]) -> None:
        """Take the reference data, before anything else."""
        for right in rights:
            self._history.add_right(right)
        for standing in standings:
            self._history.add_standing(standing)

    def take(self, topic: str, line: bytes) -> None:
        """Take the next line of an input topic, with a tick before it where a new minute begins."""
        record = self._readers[topic](self._lines[topic], line)
        self._lines[topic] += 1
        tick = self._minutes.tick(record.event.event_time) if record.fault is None else None
        if tick is not None:
            self._partition.feed(tick)
        self._partition.feed(record)

    def decided(self) -> Sequence[Decision]:
        """Return what was decided since the last time. Raises what a record made a stage raise: here, nothing may go unseen."""
        self._partition.flush()
        return self._heard.collect()


class Heard:
    """Collects what the last stage decides. See Sink."""

    def __init__(self) -> None:
        self._decisions: list[Decision] = []

    def take(self, _stage: Stage, _partition: int, lines: Sequence[Line], outputs: Outputs) -> None:
        """See Sink. Raises what a record made a stage raise."""
        for failure in outputs.failures:
            raise failure
        self._decisions += [event for output, _ in lines if _is_decision(event := output.event)]

    def collect(self) -> list[Decision]:
        """Return what was collected since the last time."""
        collected, self._decisions = self._decisions, []
        return collected


def _is_decision(event: Any) -> bool:
    return isinstance(event, Decision)
