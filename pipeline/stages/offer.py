"""A listing as flagging meets it: matched, or slim."""

from datetime import datetime

from msgspec import Struct

from pipeline.events.ids import derive
from pipeline.events.sequence import MatchedListing, SlimListing
from pipeline.state.table import key


class Offer(Struct, frozen=True):
    """What both kinds of record have in common; `matched` is the whole record where it touches a right, `name` its key in the state."""

    name: str
    at: datetime
    seller_id: str
    listing_id: str
    version: int
    change: str
    fingerprint: str
    phashes: tuple[str, ...]
    matched: MatchedListing | None
    brand: str | None = None
    category: str | None = None
    marketplace: str | None = None
    language: str | None = None
    territories: tuple[str, ...] = ()

    def derive(self, kind: str) -> str:
        """Derive an id from this version of the listing."""
        return derive(kind, self.seller_id, self.listing_id, str(self.version), self.at.isoformat())

    @classmethod
    def of(cls, event: MatchedListing | SlimListing) -> "Offer":
        """Read a record of the sequence."""
        if isinstance(event, SlimListing):
            return cls(
                key(event.seller_id, event.listing_id),
                event.at,
                event.seller_id,
                event.listing_id,
                event.version,
                event.change,
                event.fingerprint,
                event.phashes,
                None,
                event.brand,
                event.category,
                event.marketplace,
                event.language,
                event.territories,
            )
        one = event.listing
        return cls(
            key(one.seller_id, one.listing_id),
            event.at,
            one.seller_id,
            one.listing_id,
            one.version,
            one.change,
            event.fingerprint,
            tuple(image.phash for image in one.images if image.phash),
            event,
            one.brand,
            one.category,
            one.marketplace,
            one.language,
            one.territories or (),
        )
