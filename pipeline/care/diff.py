"""`rights diff`: what a change of the registry would match and take down, shown by running the same listings under both.

The signals alone decide, without the brake, enforcement and people. Both sides remember what the stages remember; beside that, memory
grows with the listings on which they differ, and not with the stream.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.care.changes import Changes, changes
from pipeline.care.effects import EFFECTS, Effect, Effects, Key, Row, Seen, changes_decision
from pipeline.events.review import Review
from pipeline.events.right import Right
from pipeline.events.sequence import MatchedListing, SequencedListing
from pipeline.events.takedown import Takedown
from pipeline.flow import STAGES, Stage
from pipeline.local.errors import InputError
from pipeline.local.evaluate import ALONE, from_signals_alone
from pipeline.local.inputs import files_of
from pipeline.local.judged import run_through
from pipeline.local.lines import Lines
from pipeline.local.partition import Line, Partition
from pipeline.local.references import RIGHTS, read_references
from pipeline.local.run import CHUNK
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import History

EXAMPLES = 3  # of each effect of a right and name


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a change may do: listings newly taken down, newly matched, and the share of listings on which something else is decided."""

    takedowns: int | None = None
    matches: int | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes in the registry, and what that does: listings by effect, and by right and name, the worst first.

    `offers` are the listings that were looked at, each version for itself; `trial` counts what the new registry's rights, aliases and
    signals on trial would have done.
    """

    changes: Changes
    listings: dict[Effect, set[Key]]
    rows: list[Row]
    offers: int
    trial: Counter[str]

    @property
    def share(self) -> float:
        """The share of listings on which something else is decided."""
        return round(len(changes_decision(self.listings)) / self.offers, 6) if self.offers else 0.0

    def sellers(self, effect: Effect) -> int:
        """Return how many sellers an effect touches."""
        return len({key.seller_id for key in self.listings[effect]})

    def broken(self, limits: Limits) -> list[str]:
        """Return which limits are exceeded, in words."""
        measured = (
            ("--most-takedowns", limits.takedowns, len(self.listings["taken_down"]), "listings newly taken down"),
            ("--most-matches", limits.matches, len(self.listings["matched"]), "listings newly matched"),
            ("--most-share", limits.share, self.share, "of the listings decided otherwise"),
        )
        return [f"{value} {what}, {name} allows {limit}" for name, limit, value, what in measured if limit is not None and value > limit]

    def as_json(self) -> dict[str, Any]:
        """Return everything as one JSON object."""
        return {
            "changes": self.changes.as_json(),
            "offers": self.offers,
            "share": self.share,
            "listings": {effect: len(keys) for effect, keys in self.listings.items()},
            "sellers": {effect: self.sellers(effect) for effect in EFFECTS},
            "trial": dict(sorted(self.trial.items())),
            "rights": [row.as_json() for row in self.rows],
        }


class Side:
    """One registry: its reference data, and what its stages make of the chunk under way."""

    def __init__(self, file: Path, folder: Path, policy: Path | None) -> None:
        """Raises InputError where a line of the rights is no good, and PolicyError."""
        self.seen: dict[tuple[Key, int], Seen] = {}
        self.offers = 0
        self.history = _history(file, folder, policy)
        self.partition = Partition(0, STAGES, self.history, self, CHUNK)

    def take(self, _stage: Stage, _partition: int, lines: Sequence[Line], _outputs: Outputs) -> None:
        """See Sink."""
        for output, _ in lines:
            event = output.event
            if isinstance(event, SequencedListing):
                self.offers += event.listing.change != "removed"
            elif isinstance(event, MatchedListing):
                one = event.listing
                self.seen[Key(one.seller_id, one.listing_id), one.version] = _matched(event)
            elif isinstance(event, Takedown | Review) and event.listing_id is not None and event.listing_version is not None:
                seen = self.seen[Key(event.seller_id, event.listing_id), event.listing_version]
                for right_id in event.right_ids:
                    seen.decide(right_id, "takedown" if isinstance(event, Takedown) else "review")


class _Both:
    """Feeds two registries the same records, and compares what they made of each chunk. Their chunks end at the same records."""

    def __init__(self, old: Side, new: Side, effects: Effects) -> None:
        self._old, self._new, self._effects = old, new, effects

    def feed(self, record: Record) -> bool:
        processed = [side.partition.feed(record) for side in (self._old, self._new)]
        if processed[0]:
            self._compare()
        return processed[0]

    def flush(self) -> None:
        for side in (self._old, self._new):
            side.partition.flush()
        self._compare()

    def _compare(self) -> None:
        old, new = self._old.seen, self._new.seen
        for place in dict.fromkeys((*old, *new)):
            self._effects.compare(place[0], old.get(place) or Seen(""), new.get(place) or Seen(""))
        old.clear()
        new.clear()


def diff(
    files: tuple[Path, Path],
    folder: Path,
    policy: Path | None = None,
    progress: Callable[[int, int, int], None] = lambda *_: None,
    most_examples: int = EXAMPLES,
) -> Difference:
    """Run a folder's listings under an old and a new file of rights, and compare. Raises InputError and PolicyError."""
    old, new = (Side(file, folder, policy) for file in files)
    effects = Effects()
    run_through(folder, _Both(old, new, effects), ALONE, progress)
    facts = new.partition.runs[-1].tally.facts
    trial = Counter({fact: number for fact, number in facts.items() if fact.startswith("shadow-")})
    before, after = _rights(old), _rights(new)
    brands = {right_id: right.brand for right_id, right in {**before, **after}.items()}
    return Difference(changes(before, after), effects.listings(), effects.rows(brands, most_examples), new.offers, trial)


def _history(file: Path, folder: Path, policy: Path | None) -> History:
    references = read_references({**files_of(folder), RIGHTS: Lines(file)}, policy)
    bad = [letter for letter in references.dead_letters if letter.topic == RIGHTS]
    if bad:
        raise InputError(
            file, f"line {bad[0].offset + 1} is no right: {bad[0].error.message}; look at it with `takedown rights check {file}`"
        )
    references.history.alter_policies(from_signals_alone)
    return references.history


def _rights(side: Side) -> dict[str, Right]:
    return side.history.at(side.history.read_so_far()).registry.rights


def _matched(event: MatchedListing) -> Seen:
    """Note which rights a listing uses as brands, by their best match, and which names on trial it holds."""
    seen = Seen(event.listing.title)
    for match in event.matches:
        if match.use == "brand":
            (seen.tried if match.shadow else seen.used).setdefault(match.right_id, match.alias)
    return seen
