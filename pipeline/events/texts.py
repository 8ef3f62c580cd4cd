"""The texts of a listing in which a name or a word can stand, each by the path of its field."""

import re
from collections.abc import Iterator

from pipeline.events.listing import Listing

_IMAGE = re.compile(r"images\[([0-9]{1,4})\]\.text")
_ATTRIBUTE = "attributes."


def texts(listing: Listing) -> Iterator[tuple[str, str]]:
    """Yield (field, text) for title, brand, description, attributes.NAME and images[N].text, where there is one."""
    yield "title", listing.title
    if listing.brand:
        yield "brand", listing.brand
    if listing.description:
        yield "description", listing.description
    for name, value in (listing.attributes or {}).items():
        if value:
            yield f"{_ATTRIBUTE}{name}", value
    for number, image in enumerate(listing.images):
        if image.text:
            yield f"images[{number}].text", image.text


def text_of(listing: Listing, field: str) -> str | None:
    """Return the text of a field; None where the listing has none, or the field holds no text."""
    if field in ("title", "brand", "description"):
        return getattr(listing, field) or None
    if field.startswith(_ATTRIBUTE):
        return (listing.attributes or {}).get(field.removeprefix(_ATTRIBUTE)) or None
    image = _IMAGE.fullmatch(field)
    return listing.images[int(image[1])].text if image and int(image[1]) < len(listing.images) else None
