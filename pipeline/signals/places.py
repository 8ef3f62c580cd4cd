"""Evidence of the places in which a brand stands."""

from collections.abc import Iterable
from itertools import islice

from pipeline.events.decision import Evidence
from pipeline.events.match import Match

MOST = 20  # places that a reason names: more add nothing for who reads it


def places(matches: Iterable[Match]) -> tuple[Evidence, ...]:
    """Return the first matches, at most MOST, as evidence."""
    return tuple(map(_place, islice(matches, MOST)))


def _place(match: Match) -> Evidence:
    return Evidence(match.field, match.start, match.end, match.found, match.alias, match.right_id)
