"""Which right a listing touches, and why."""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.events.scalars import Count, Id, Name
from pipeline.events.value import Value

Method = Literal[
    "exact",
    "folded",
    "confusable",
    "spaced",
    "leetspeak",
    "transliterated",
    "nickname",
    "masked",
    "homophone",
    "fuzzy",
    "partial",
    "image",
]
Sense = Literal["compatible", "comparison", "part", "seller", "denied"]
Field = Annotated[str, Meta(max_length=400, description="Where it stands: title, description, brand, attributes.NAME, images[N].text.")]


class Match(Value, frozen=True):
    """One place in a listing where a right's name stands. `start` and `end` count code points of the field's own text.

    `shadow`: the right, or the alias, is on trial, and the match acts on nothing.
    """

    right_id: Id
    brand_id: Id
    field: Field
    start: Count
    end: Count
    found: Annotated[str, Meta(max_length=2000)]
    alias: Name
    method: Method
    score: Annotated[float, Meta(ge=0, le=1)]
    use: Literal["brand", "reference"] = "brand"
    sense: Annotated[Sense | None, Meta(description="Of a reference: what it says of the goods.")] = None
    shadow: bool = False
