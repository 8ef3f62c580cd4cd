"""The constrained scalars that all events share. Every string has a length limit; no id holds a control character."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

ID_LIMIT = 128

Id = Annotated[str, Meta(min_length=1, max_length=ID_LIMIT, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)", description="Opaque identifier.")]
Time = Annotated[datetime, Meta(tz=True, description="RFC 3339 date-time with a zone.")]
EventTime = Annotated[datetime, Meta(tz=True, description="RFC 3339 date-time with a zone, in a year from 1970 to 2199.")]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Money = Annotated[str, Meta(max_length=24, pattern=r"^[0-9]{1,15}(\.[0-9]{1,6})?$(?!\n)", description="Decimal string, never negative.")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", min_length=3, max_length=3, description="ISO 4217 code.")]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)", min_length=2, max_length=2, description="ISO 3166-1 alpha-2 code.")]
Language = Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z0-9-]*$(?!\n)", description="BCP 47 tag.")]
Hex16 = Annotated[str, Meta(min_length=16, max_length=16, pattern=r"^[0-9a-fA-F]{16}$(?!\n)")]
Hex64 = Annotated[str, Meta(min_length=64, max_length=64, pattern=r"^[0-9a-fA-F]{64}$(?!\n)")]
Digest = Annotated[str, Meta(min_length=16, max_length=64, pattern=r"^[0-9a-f]+$(?!\n)", description="Hexadecimal xxh3 digest.")]
Url = Annotated[str, Meta(max_length=2048)]
Name = Annotated[str, Meta(min_length=1, max_length=300)]
Label = Annotated[str, Meta(max_length=300)]
Word = Annotated[str, Meta(max_length=100)]
Text = Annotated[str, Meta(max_length=20_000)]

_YEARS = range(1970, 2200)  # beyond them is no event, and sums of times could not be told


def check_event_time(at: datetime) -> None:
    """Check what no annotation can say. Raises ValueError, in the form in which msgspec names a path."""
    if at.year not in _YEARS:
        raise ValueError(f"the year {at.year} is not from {_YEARS[0]} to {_YEARS[-1]} - at `$.event_time`")


Countries = Annotated[tuple[Country, ...], Meta(max_length=300)]


def with_small_digits(value: Struct, *fields: str) -> None:
    """Give hashes their one form, in small digits, while a value is made: equal ones are compared as texts."""
    for field in fields:
        digits = getattr(value, field)
        if digits is not None and digits != digits.lower():
            force_setattr(value, field, digits.lower())
