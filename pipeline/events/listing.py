"""A seller's offer at one moment (topic `listings`)."""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.scalars import (
    Count,
    Countries,
    Country,
    Currency,
    EventTime,
    Hex16,
    Hex64,
    Id,
    Label,
    Language,
    Money,
    Text,
    Url,
    check_event_time,
    with_small_digits,
)
from pipeline.events.value import Value

Change = Literal["listed", "updated", "removed"]


class Image(Value, frozen=True):
    """A picture of the offer, by its perceptual hashes; `text` is what was read in it."""

    url: Url
    phash: Hex16 | None = None
    pdq: Hex64 | None = None
    pdq_quality: Annotated[int, Meta(ge=0, le=100)] | None = None
    pdq_dihedral: Annotated[tuple[Hex64, ...], Meta(max_length=8)] | None = None
    text: Annotated[str, Meta(max_length=2000)] | None = None

    def __post_init__(self) -> None:
        with_small_digits(self, "phash", "pdq")


class Listing(Value, frozen=True):
    """What a seller offers, as the marketplace sends it. Fields that are not named here are ignored."""

    listing_id: Id
    seller_id: Id
    event_time: EventTime
    change: Change
    version: Count
    title: Annotated[str, Meta(max_length=2000)]
    description: Text | None = None
    brand: Label | None = None
    category: Label | None = None
    price: Money | None = None
    price_high: Money | None = None
    currency: Currency | None = None
    images: Annotated[tuple[Image, ...], Meta(max_length=50)] = ()
    attributes: Annotated[dict[Label, Annotated[str, Meta(max_length=2000)]], Meta(max_length=200)] | None = None
    url: Url | None = None
    gtin: Annotated[str, Meta(max_length=32)] | None = None
    condition: Literal["new", "used", "refurbished"] | None = None
    territories: Countries | None = None
    ships_from: Country | None = None
    stock: Count | None = None
    sold: Count | None = None
    marketplace: Label | None = None
    language: Language | None = None
    seller_kind: Literal["business", "private"] | None = None
    seller_since: Annotated[str, Meta(max_length=40)] | None = None
    contact_hash: Annotated[str, Meta(max_length=128)] | None = None
    payout_hash: Annotated[str, Meta(max_length=128)] | None = None

    def __post_init__(self) -> None:
        check_event_time(self.event_time)
