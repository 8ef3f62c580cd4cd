"""Listens to the stages of an evaluation, and notes what they say of each listing that the truth knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.events.listing import Listing
from pipeline.events.review import Review
from pipeline.events.sequence import MatchedListing, SequencedListing
from pipeline.events.takedown import Takedown
from pipeline.flow import Stage
from pipeline.local.language_guess import language_of
from pipeline.local.partition import Line
from pipeline.local.seen import Best, Seen, best_of, brands_in
from pipeline.local.truths import Truth
from pipeline.stages import dedupe, flagging
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import Reference
from pipeline.stages.shelf import LISTINGS
from pipeline.state.table import key
from pipeline.state.view import View

Look = Callable[[MatchedListing, View], None]  # a listing that was just handled, and the state as it is then


class Observer:
    """Collects what the stages say of each listing. Titles are held of misses only, and of the chunk under way."""

    def __init__(self, truths: Mapping[str, Truth], prior: float) -> None:
        """`prior`: what the policy lets a listing start at, in log-odds."""
        self.seen: dict[str, Seen] = {}
        self._truths, self._prior = truths, prior
        self._titles: dict[str, str] = {}  # of the chunk under way; of several versions the one that names a right

    def stages(self, stages: Sequence[Stage]) -> tuple[Stage, ...]:
        """Return the stages, with flagging so that its state is looked at after each listing that names a right."""
        return tuple(looked_at(stage, self.look) if stage.name == flagging.NAME else stage for stage in stages)

    def take(self, stage: Stage, _partition: int, lines: Sequence[Line], _outputs: Outputs) -> None:
        """See Sink."""
        if stage.name == dedupe.NAME:
            self._titles = {}
        for output, _ in lines:
            self._note(output.event)
        if stage.name == flagging.NAME:
            self._keep_titles()

    def look(self, event: MatchedListing, view: View) -> None:
        """Note the score of a listing that flagging has just handled: what was cleared is in no topic, but in its state."""
        if event.listing.listing_id not in self.seen:
            return
        acting = [match.right_id for match in event.matches if not match.shadow]
        known = view.get(LISTINGS, key(event.listing.seller_id, event.listing.listing_id))
        if acting and known is not None:
            self._score(self.seen[event.listing.listing_id], best_of(acting, known.weighed, self._prior))

    def _score(self, seen: Seen, best: Best) -> None:
        if seen.best is None or best.score > seen.best.score:
            seen.best = best

    def _note(self, event: Any) -> None:
        if isinstance(event, SequencedListing):
            self._offered(event.listing)
        elif isinstance(event, MatchedListing):
            self._matched(event)
        elif isinstance(event, Takedown) and event.listing_id in self.seen:
            self.seen[event.listing_id].outcome = "takedown"
        elif isinstance(event, Review) and event.listing_id in self.seen and self.seen[event.listing_id].outcome == "clear":
            self.seen[event.listing_id].outcome = "review"

    def _offered(self, listing: Listing) -> None:
        if listing.listing_id in self._truths:
            self._titles.setdefault(listing.listing_id, listing.title)
            if listing.listing_id not in self.seen:
                self.seen[listing.listing_id] = Seen(language_of(listing.language, listing.title))

    def _matched(self, event: MatchedListing) -> None:
        if event.listing.listing_id in self.seen:
            self._titles[event.listing.listing_id] = event.listing.title
            self.seen[event.listing.listing_id].brands = brands_in(event.matches)

    def _keep_titles(self) -> None:
        for listing_id, title in self._titles.items():
            seen = self.seen[listing_id]
            if differs(self._truths[listing_id], seen):
                seen.title = title


def looked_at(stage: Stage, look: Look) -> Stage:
    """Return a stage that ends a chunk after each listing that names a right, and lets its state be looked at then.

    However the sequence is cut, outputs and state are the same: so this stage does what that one does.
    """

    def process(records: Sequence[Record], view: View, reference: Reference) -> Outputs:
        outputs, begin = Outputs(), 0
        for number, record in enumerate(records, 1):
            if isinstance(record.event, MatchedListing):
                outputs.extend(stage.process(records[begin:number], view, reference))
                look(record.event, view)
                begin = number
        outputs.extend(stage.process(records[begin:], view, reference))
        return outputs

    return replace(stage, process=process)


def differs(truth: Truth, seen: Seen) -> bool:
    """Tell whether flow and truth differ on a listing, as far as the truth is known."""
    wrong_brands = truth.brand_ids is not None and set(truth.brand_ids) != {found.brand_id for found in seen.brands}
    return wrong_brands or (truth.counterfeit is not None and truth.counterfeit == (seen.outcome == "clear"))
