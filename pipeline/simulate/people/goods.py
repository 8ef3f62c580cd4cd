"""What is on offer, as those see it who complain about it."""

from dataclasses import dataclass

from pipeline.events.listing import Listing
from pipeline.events.takedown import Takedown


@dataclass(frozen=True, slots=True)
class Goods:
    """A listing, without what need not be remembered of it."""

    listing_id: str
    seller_id: str
    marketplace: str | None = None
    territories: tuple[str, ...] | None = None

    @classmethod
    def of(cls, seen: Listing | Takedown) -> "Goods":
        """Return the goods of a listing, or of one that was taken down."""
        return cls(seen.listing_id, seen.seller_id, seen.marketplace if isinstance(seen, Listing) else None, seen.territories)
