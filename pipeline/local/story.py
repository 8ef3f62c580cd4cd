"""What a run decided about sellers and notices, from its outputs: the material of the people's scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.notice import NoticeOutcome
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.sequence import SequencedListing
from pipeline.events.takedown import Takedown
from pipeline.flow import Stage
from pipeline.local.partition import Line
from pipeline.stages.record import Outputs


@dataclass(slots=True)
class Story:
    """All decisions of a run in their order, and the marketplace of each listing that says one. A Sink."""

    takedowns: list[Takedown] = field(default_factory=list)
    reinstatements: list[Reinstatement] = field(default_factory=list)
    warnings: list[SellerWarning] = field(default_factory=list)
    closures: list[StoreClosure] = field(default_factory=list)
    outcomes: list[NoticeOutcome] = field(default_factory=list)
    marketplaces: dict[str, str] = field(default_factory=dict)

    def take(self, _stage: Stage, _partition: int, lines: Sequence[Line], _outputs: Outputs) -> None:
        """See Sink."""
        for output, _ in lines:
            match event := output.event:
                case SequencedListing():
                    if event.listing.marketplace is not None:
                        self.marketplaces[event.listing.listing_id] = event.listing.marketplace
                case Takedown():
                    self.takedowns.append(event)
                case Reinstatement():
                    self.reinstatements.append(event)
                case SellerWarning():
                    self.warnings.append(event)
                case StoreClosure():
                    self.closures.append(event)
                case NoticeOutcome():
                    self.outcomes.append(event)
                case _:
                    pass

    def reversed(self) -> dict[str, Reinstatement]:
        """Return how each takedown was reversed that was; a put-back by a deadline is no finding."""
        return {event.takedown_id: event for event in self.reinstatements if event.takedown_id is not None and event.cause != "deadline"}

    def put_back(self) -> frozenset[str]:
        """Return the takedowns that a deadline has lifted, whatever became of them."""
        return frozenset(event.takedown_id for event in self.reinstatements if event.takedown_id is not None and event.cause == "deadline")

    def final_outcomes(self) -> Iterator[NoticeOutcome]:
        """Yield the one final outcome of each notice that has ended; what amended it later is left out."""
        return (event for event in self.outcomes if not event.amendment and event.outcome not in ("received", "forwarded"))
