"""What a signal looks at and what it says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from pipeline.events.decision import Evidence
from pipeline.events.listing import Listing
from pipeline.events.match import Match
from pipeline.events.right import Right
from pipeline.matching.near.likeness import Likeness
from pipeline.policy.model import Policy

Group = Literal["goods", "circumstance", "favour"]


class Echo(Struct, frozen=True):
    """The takedown at the same seller that a listing is most like."""

    takedown_id: str
    likeness: Likeness


class Sighting(Struct, frozen=True):
    """A picture of the listing (`image`, its number) that is one of counterfeits; `distance` of 64 bits, or of 256 by PDQ."""

    image: int
    by_pdq: bool
    distance: int


class Past(Struct, frozen=True):
    """What is known of the seller at the moment of the decision."""

    points: int = 0
    takedowns: int = 0
    fingerprints: Mapping[str, str] = field(default_factory=dict)  # text fingerprint of a taken-down listing -> its takedown_id
    phashes: Mapping[str, str] = field(default_factory=dict)  # picture hash of a taken-down listing -> its takedown_id
    nearest: Echo | None = None


class Case(Struct, frozen=True):
    """One listing against one right: the matches of that right, and what stands beside them."""

    listing: Listing
    fingerprint: str
    at: datetime
    right: Right
    matches: tuple[Match, ...]
    past: Past
    policy: Policy
    sighting: Sighting | None = None  # of the right's counterfeits

    @property
    def used_as_brand(self) -> tuple[Match, ...]:
        """The matches that are not mere references."""
        return tuple(match for match in self.matches if match.use == "brand")


class Finding(Struct, frozen=True):
    """What a signal found: a strength from above 0 to 1, what its text names, and evidence."""

    strength: float
    evidence: tuple[Evidence, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)  # placeholders of the reason's template
