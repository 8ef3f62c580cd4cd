"""What is decided on listings that are alike but for the brand."""

from collections.abc import Iterable, Sequence

from pipeline.codec import encode
from pipeline.events.listing import Listing
from pipeline.events.match import Match
from pipeline.events.review import Review
from pipeline.events.sequence import MatchedListing
from pipeline.events.takedown import Takedown
from pipeline.flow import STAGES, Stage
from pipeline.local.partition import Line, Partition
from pipeline.local.run import CHUNK
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import History


class Decided:
    """Collects matches and decisions by listing; a listing that is in none is clear."""

    def __init__(self) -> None:
        self.matches: dict[str, Sequence[Match]] = {}
        self.decisions: dict[str, str] = {}

    def take(self, _stage: Stage, _partition: int, lines: Sequence[Line], _outputs: Outputs) -> None:
        """See Sink."""
        for output, _ in lines:
            event = output.event
            if isinstance(event, MatchedListing):
                self.matches[event.listing.listing_id] = event.matches
            elif isinstance(event, (Takedown, Review)) and event.listing_id is not None:
                self.decisions[event.listing_id] = type(event).__name__

    def used(self, listing_id: str) -> list[Match]:
        """Return the names that a listing uses as a brand, in its title."""
        return [match for match in self.matches.get(listing_id, ()) if match.use == "brand" and match.field == "title"]


def decide(reference: History, listings: Iterable[Listing]) -> Decided:
    """Decide on listings, each by itself where their sellers differ."""
    decided = Decided()
    partition = Partition(0, STAGES, reference, decided, CHUNK)
    for offset, one in enumerate(listings):
        partition.feed(Record("listings", 0, offset, encode(one), one, key=one.seller_id))
    partition.flush()
    return decided
