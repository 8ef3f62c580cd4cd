"""A right in the registry (reference topic `rights`): one record replaces the earlier one of its right_id."""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.scalars import (
    Count,
    Countries,
    Currency,
    Hex16,
    Hex64,
    Id,
    Label,
    Language,
    Money,
    Name,
    Time,
    Word,
    with_small_digits,
)
from pipeline.events.value import Value

RightKind = Literal["trademark", "copyright", "design", "patent"]
AliasKind = Literal["name", "nickname", "transliteration", "product_line"]


class Alias(Value, frozen=True):
    """Another way in which the brand is written. A common word is found where a brand stands, or in the right's context.

    One in `shadow` is on trial: it is found and counted, and acts on nothing.
    """

    text: Name
    kind: AliasKind = "name"
    language: Language | None = None
    common_word: bool = False
    status: Literal["active", "shadow"] = "active"


class AuthorisedSeller(Value, frozen=True):
    """A seller whom the holder has authorised; without territories everywhere, without an end for good."""

    seller_id: Id
    territories: Countries | None = None
    valid_until: Time | None = None


class ReferencePrice(Value, frozen=True):
    """The range in which genuine goods of a category sell; without a category, of all."""

    currency: Currency
    low: Money
    high: Money
    category: Label | None = None


class RightImage(Value, frozen=True):
    """A picture of genuine or of counterfeit goods, by its perceptual hashes."""

    of: Literal["genuine", "counterfeit"]
    phash: Hex16 | None = None
    pdq: Hex64 | None = None
    pdq_quality: Annotated[int, Meta(ge=0, le=100)] | None = None

    def __post_init__(self) -> None:
        with_small_digits(self, "phash", "pdq")


class Registration(Value, frozen=True):
    """Where the right is registered."""

    office: Label
    number: Label


class Right(Value, frozen=True):
    """A trademark, copyright, design or patent. Without territories it holds everywhere."""

    right_id: Id
    brand_id: Id
    brand: Name
    kind: RightKind
    holder: Label
    registration: Registration | None = None
    aliases: Annotated[tuple[Name | Alias, ...], Meta(max_length=1000)] = ()
    territories: Countries | None = None
    classes: Annotated[tuple[Count, ...], Meta(max_length=100)] = ()
    authorised_sellers: Annotated[tuple[Id | AuthorisedSeller, ...], Meta(max_length=100_000)] = ()
    notifier_ids: Annotated[tuple[Id, ...], Meta(max_length=1000)] = ()
    reference_prices: Annotated[tuple[ReferencePrice, ...], Meta(max_length=1000)] = ()
    images: Annotated[tuple[RightImage, ...], Meta(max_length=10_000)] = ()
    common_word: bool = False
    context: Annotated[tuple[Word, ...], Meta(max_length=1000)] = ()
    status: Literal["active", "shadow", "withdrawn"] = "active"
    valid_from: Time | None = None
    valid_until: Time | None = None
