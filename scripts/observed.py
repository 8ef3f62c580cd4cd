"""Runs folders of listings whose truth is known through the flow, and tells what the signals found and what was decided.

As in `takedown evaluate`, nobody answers, and the brake is off. The points of sellers are kept: their record is a signal.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.events.review import Review
from pipeline.events.sequence import MatchedListing, SequencedListing
from pipeline.events.takedown import Takedown
from pipeline.flow import STAGES, Stage
from pipeline.local.inputs import files_of
from pipeline.local.judged import run_through
from pipeline.local.partition import Line, Partition
from pipeline.local.references import read_references
from pipeline.local.run import CHUNK
from pipeline.local.truths import read_truth
from pipeline.policy.model import Policy
from pipeline.stages.record import Outputs
from pipeline.stages.shelf import LISTINGS, KnownListing
from pipeline.stages.verdict import Share, outcome
from pipeline.state.table import SEPARATOR

REAL_SETS = ("brand-en", "brand-zh", "brand-vi", "duplicates-text", "duplicates-images", "counterfeit")
HONEST_SETS = ("brand-en", "brand-zh", "brand-vi", "duplicates-text")  # shops and marketplaces whose listings nobody has called fakes

Decision = Literal["takedown", "review", "clear"]


@dataclass(frozen=True, slots=True)
class Observed:
    """A listing: whose it is, what is true of it, what its strongest right found in it, and what became of it.

    `source` is the part of its id before the first colon; `counterfeit` is None where nobody knows. `names_brand` tells whether a brand
    stands in it that is no mere reference.
    """

    listing_id: str
    source: str
    seller_id: str
    title: str
    text: str  # title and description
    counterfeit: bool | None
    names_brand: bool
    shares: tuple[Share, ...]
    decision: Decision


class _Watcher:
    """Collects what passes between the stages."""

    def __init__(self) -> None:
        self.listings: dict[str, SequencedListing] = {}
        self.branded: set[str] = set()
        self.decisions: dict[str, Decision] = {}

    def take(self, _stage: Stage, _partition: int, lines: Sequence[Line], _outputs: Outputs) -> None:
        """See Sink."""
        for output, _ in lines:
            event = output.event
            if isinstance(event, SequencedListing):
                self.listings[event.listing.listing_id] = event
            elif isinstance(event, MatchedListing) and any(match.use == "brand" for match in event.matches):
                self.branded.add(event.listing.listing_id)
            elif isinstance(event, Takedown):
                self.decisions[event.listing_id] = "takedown"
            elif isinstance(event, Review) and event.listing_id is not None:
                self.decisions.setdefault(event.listing_id, "review")


def without_brake(policy: Policy) -> Policy:
    """Return a policy without its brake, which looks at other listings than the one that is judged."""
    return policy.model_copy(update={"brake": policy.brake.model_copy(update={"per_right": 0, "per_signal": 0})})


def observe(folder: Path, policy: Path | None = None, change: Callable[[Policy], Policy] = without_brake) -> Iterator[Observed]:
    """Yield the listings of a folder as they were last seen. Raises InputError and PolicyError.

    `policy` is a file, by default the one that is shipped; `change` makes of it the policy that is tried.
    """
    history = read_references(files_of(folder), policy).history
    history.alter_policies(change)
    watcher, truths = _Watcher(), read_truth(folder)
    partition = Partition(0, STAGES, history, watcher, CHUNK)
    run_through(folder, partition, ("listings", "clock"), lambda *_: None)
    remembered = dict(_remembered(partition))
    for listing_id, event in watcher.listings.items():
        listing, truth, known = event.listing, truths.get(listing_id), remembered.get(listing_id)
        yield Observed(
            listing_id=listing_id,
            source=listing_id.partition(":")[0],
            seller_id=listing.seller_id,
            title=listing.title,
            text=f"{listing.title}\n{listing.description or ''}",
            counterfeit=truth.counterfeit if truth else None,
            names_brand=listing_id in watcher.branded,
            shares=strongest(known),
            decision=watcher.decisions.get(listing_id, "clear"),
        )


def strongest(known: KnownListing | None) -> tuple[Share, ...]:
    """Return the shares of the right that speaks most against a listing."""
    weighed = known.weighed if known is not None else ()
    return max(weighed, key=lambda one: one.score).shares if weighed else ()


def decided(shares: Sequence[Share], policy: Policy) -> Decision:
    """Decide anew on shares whose findings are the same, by the weights of a policy."""
    weighed = [
        Share(share.code, share.group, round(getattr(policy.signals, share.code).weight * share.finding.strength, 4), share.finding)
        for share in shares
    ]
    return outcome(round(policy.decision.prior + sum(share.weight for share in weighed), 4), weighed, policy.decision)


def _remembered(partition: Partition) -> Iterator[tuple[str, KnownListing]]:
    store = partition.runs[-1].store
    keys = store.keys(LISTINGS)
    for name, value in store.read(LISTINGS, keys).items():
        yield name.partition(SEPARATOR)[2], LISTINGS.decode(value)
