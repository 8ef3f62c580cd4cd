"""What is true of a listing. The pipeline never sees it; it is scored against it."""

from pipeline.events.value import Value
from pipeline.simulate.sellers import SellerKind


class Truth(Value, frozen=True):
    """One listing: the brands that it offers or claims to offer (not those it merely fits), its copies, and whether it is a fake.

    Listings with the same `duplicate_group` show the same offer. `kind` is the seller's.
    """

    listing_id: str
    brand_ids: tuple[str, ...]
    duplicate_group: str
    counterfeit: bool
    kind: SellerKind
    seller_id: str
