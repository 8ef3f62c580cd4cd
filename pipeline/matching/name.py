"""A way in which a brand is written, and a place where one was found."""

from dataclasses import dataclass
from typing import NamedTuple

from pipeline.events.match import Method, Sense
from pipeline.events.right import AliasKind


@dataclass(frozen=True, slots=True)
class Name:
    """A name or alias. `own`: it is what the brand is called, and not another way to write it. A common word needs its context.

    `part`: what is searched is one word of it.
    `shadow`: it is on trial; it is found, and hides no other name.
    """

    text: str
    owner: int
    kind: AliasKind = "name"
    own: bool = False
    common: bool = False
    context: tuple[str, ...] = ()
    part: bool = False
    shadow: bool = False


class Searched(NamedTuple):
    """A name, and what is searched for it in folded texts."""

    name: Name
    pattern: str


class Hit(NamedTuple):
    """A place where an owner's name stands: `found` is text[start:end]."""

    owner: int
    alias: str
    kind: AliasKind
    start: int
    end: int
    found: str
    method: Method
    score: float
    likely: float  # how likely the brand is meant; see plausible.py
    sense: Sense | None  # in which sense the name is a mere reference, where it is one
    shadow: bool = False

    @property
    def reference(self) -> bool:
        """Whether the name only says what the goods go with, resemble or contain."""
        return self.sense is not None
