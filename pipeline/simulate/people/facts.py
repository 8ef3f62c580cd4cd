"""What people know to be true of listings and stores.

It grows with the listings that name a brand, as the state of the stages that are run beside it does.
"""

from collections.abc import Iterable

from pipeline.simulate.sellers import SellerKind
from pipeline.simulate.truth import Truth


class Facts:
    """The truth about what is on offer."""

    def __init__(self) -> None:
        self._known: dict[str, Truth] = {}
        self._counterfeiters: set[str] = set()
        self._down: set[str] = set()

    def learn(self, truth: Truth) -> None:
        """Take note of a new listing; what touches no brand is not remembered: nothing said of it is true."""
        if truth.kind == "counterfeiter":
            self._counterfeiters.add(truth.seller_id)
        if truth.brand_ids or truth.kind == "accessory":
            self._known[truth.listing_id] = truth

    def is_fake(self, listing_id: str | None, brand_ids: Iterable[str] = ()) -> bool:
        """Tell whether a listing offers a fake, of one of these brands where some are named."""
        known = self._known.get(listing_id or "")
        return known is not None and known.counterfeit and (not brand_ids or not set(brand_ids).isdisjoint(known.brand_ids))

    def brand_of(self, listing_id: str) -> str | None:
        """Return the brand that a listing offers or copies; None where it is none."""
        known = self._known.get(listing_id)
        return known.brand_ids[0] if known and known.brand_ids else None

    def kind(self, listing_id: str) -> SellerKind:
        """Return what kind of seller offers a listing; of what touches no brand, an honest one."""
        known = self._known.get(listing_id)
        return known.kind if known else "honest"

    def see_down(self, listing_id: str | None, *, down: bool) -> None:
        """See that a listing is gone from the shelf, or back on it."""
        if listing_id is not None:
            (self._down.add if down else self._down.discard)(listing_id)

    def is_down(self, listing_id: str) -> bool:
        """Tell whether a listing was taken down, and is not back."""
        return listing_id in self._down

    def is_counterfeiter(self, seller_id: str) -> bool:
        """Tell whether a store has been opened to sell fakes."""
        return seller_id in self._counterfeiters
