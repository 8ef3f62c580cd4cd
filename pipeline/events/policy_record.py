"""A policy file as it was published (reference topic `policies`)."""

from typing import Annotated

from msgspec import Meta

from pipeline.events.scalars import Id
from pipeline.events.value import Value


class PolicyRecord(Value, frozen=True):
    """The whole text of a policy file, so that whoever has the topic can recompute what it decided."""

    version: Id
    text: Annotated[str, Meta(max_length=1_000_000)]
