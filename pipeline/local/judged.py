"""All of a folder, with its people, through the stages; and how right it was."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.enforcement.regimes import regime
from pipeline.events.takedown import Takedown
from pipeline.flow import INPUTS, STAGES
from pipeline.local.inputs import files_of, records
from pipeline.local.merge import merged
from pipeline.local.partition import Partition
from pipeline.local.people_scores import DISHONEST, Known, PeopleScores, score
from pipeline.local.references import read_references
from pipeline.local.run import CHUNK
from pipeline.local.story import Story
from pipeline.local.summary import Decisions
from pipeline.local.truths import PersonTruth, Truth
from pipeline.stages.record import Record
from pipeline.stages.reference import History

Progress = Callable[[int, int, int], None]  # bytes read, bytes in all, records so far


@dataclass(frozen=True, slots=True)
class Judged:
    """The scores, and what the last stage counted as decided."""

    scores: PeopleScores
    decided: Counter[str]


class Fed(Protocol):
    """What a stream is run through: a partition, or several."""

    def feed(self, record: Record) -> bool:
        """Take a record; tell whether a chunk was processed."""
        ...

    def flush(self) -> None:
        """Process what has been collected."""
        ...


def run_through(
    folder: Path, partition: Fed, topics: Iterable[str], progress: Progress, read: Callable[[Record], None] = lambda _: None
) -> None:
    """Run some input topics of a folder through a partition; `read` is told of each record before that."""
    files = {topic: lines for topic, lines in files_of(folder).items() if topic in topics}
    size = sum(lines.size for lines in files.values())
    for number, record in enumerate(merged({topic: records(topic, lines) for topic, lines in files.items()})):
        read(record)
        if partition.feed(record):
            progress(sum(lines.read for lines in files.values()), size, number)
    partition.flush()


def judge(
    folder: Path, policy: Path | None, truths: Mapping[str, Truth], of_people: Iterable[PersonTruth], progress: Progress = lambda *_: None
) -> Judged:
    """Run a folder with its people, and score it. Raises InputError and PolicyError."""
    history = read_references(files_of(folder), policy).history
    story = Story()
    partition = Partition(0, STAGES, history, story, CHUNK)
    run_through(folder, partition, INPUTS, progress)
    decided = partition.runs[-1].tally.decided
    ended = dict(sorted(Decisions.of(decided).endings.items()))
    return Judged(score(story, known(truths, of_people), regime_finder(story, history), ended), decided)


def known(truths: Mapping[str, Truth], of_people: Iterable[PersonTruth]) -> Known:
    """Return what is known of sellers, listings and notices."""
    honest = {one.seller_id: one.kind != DISHONEST for one in truths.values() if one.seller_id is not None and one.kind is not None}
    counterfeit = {name: one.counterfeit for name, one in truths.items() if one.counterfeit is not None}
    return Known(honest, counterfeit, {one.id: one for one in of_people if one.what == "notice"})


def regime_finder(story: Story, history: History) -> Callable[[Takedown], str]:
    """Return what tells under which regime an appeal against a takedown would be handled, by the newest policy and registry."""
    snapshot = history.at(history.read_so_far())

    def found(takedown: Takedown) -> str:
        kinds = [right.kind for right in snapshot.registry.known(takedown.right_ids)]
        return regime(snapshot.policy.appeals, takedown.source, kinds, story.marketplaces.get(takedown.listing_id), None)

    return found
