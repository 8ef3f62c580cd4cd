"""What a decision rests on: reasons with their weights, and evidence with its place."""

from typing import Annotated

from msgspec import Meta

from pipeline.events.match import Field
from pipeline.events.scalars import Count, Id, Name, Word
from pipeline.events.value import Value

Version = Annotated[str, Meta(max_length=200)]
Score = Annotated[float, Meta(description="Log-odds: the sum of the weights of the reasons.")]


class Evidence(Value, frozen=True):
    """A place in the listing, or a fact beside it; `start` and `end` count code points of the field's own text."""

    field: Field
    start: Count | None = None
    end: Count | None = None
    found: Annotated[str, Meta(max_length=2000)] | None = None
    alias: Name | None = None
    right_id: Id | None = None


class Reason(Value, frozen=True):
    """One share of a decision's score, named by its signal, in words of the listing's or the policy's language."""

    code: Word
    weight: float
    text: Annotated[str, Meta(max_length=4000)]
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=200)] = ()
