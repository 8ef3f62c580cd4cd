"""Hypothesis strategies: small marketplaces in which much happens, and ways to cut them into chunks."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from pipeline.events.clock import Tick
from pipeline.events.listing import Image, Listing
from tests.build import START

TITLES = (
    "Nike Air Max 90 1:1 replica",
    "N1KE Air Max 莆田 高仿",
    "Nike Air Max 90",
    "case for Nike phone",
    "Blue wool scarf",
    "Adidas Superstar 1:1",
    "super copy NIKE and Adidas, mirror quality",
)
PHASHES = ("0" * 16, "5a" * 8, "a5" * 8, "a5" * 7 + "a4")  # a flat picture, two others, and the last one saved anew


def offers() -> st.SearchStrategy[Listing]:
    """Return listings of few sellers, so that versions, takedowns and closures meet."""
    return st.builds(
        lambda minutes, seller, number, **fields: Listing(
            listing_id=f"L{number}", seller_id=f"S{seller}", event_time=START + timedelta(minutes=minutes), **fields
        ),
        minutes=st.integers(0, 60 * 24 * 40),
        seller=st.integers(0, 2),
        number=st.integers(0, 8),
        change=st.sampled_from(["listed", "listed", "updated", "removed"]),
        version=st.integers(1, 4),
        title=st.sampled_from(TITLES),
        price=st.sampled_from([None, "9.90", "129.00", "800"]),
        currency=st.sampled_from([None, "CNY", "USD", "XXX"]),
        images=st.sampled_from([(), *((Image("http://a/b.jpg", phash),) for phash in PHASHES)]),
        language=st.sampled_from([None, "en", "zh-CN", "vi"]),
    )


def streams() -> st.SearchStrategy[list[Any]]:
    """Return listings and ticks in the order of a merge: mostly by time, some late, some twice."""
    return st.lists(offers(), min_size=1, max_size=60).map(_with_ticks)


def _with_ticks(listings: list[Listing]) -> list[Any]:
    stream: list[Any] = []
    last = START - timedelta(minutes=1)
    for number, listing in enumerate(sorted(listings, key=lambda one: (one.event_time - START) // timedelta(days=2))):
        if listing.event_time > last:
            last = listing.event_time
            stream.append(Tick(last.replace(second=0)))
        stream.append(listing)
        if number % 7 == 0:
            stream.append(listing)
    return stream


def closing_streams() -> st.SearchStrategy[list[Any]]:
    """Return streams in which one seller offers fakes week after week, until its store closes, and goes on."""
    fakes = [
        Listing(f"F{week}", "S0", START + timedelta(days=4 * week), "listed", 1, TITLES[week % 2], price="9.90", currency="CNY")
        for week in range(12)
    ]
    return st.lists(offers(), max_size=30).map(lambda others: _with_ticks([*fakes, *others]))


def cuts(length: int) -> st.SearchStrategy[list[int]]:
    """Return places at which to cut a sequence."""
    return st.lists(st.integers(0, length), max_size=8).map(sorted)


def cut(sequence: Sequence[Any], places: Sequence[int]) -> list[Sequence[Any]]:
    """Cut a sequence at these places."""
    bounds = [0, *places, len(sequence)]
    return [sequence[start:end] for start, end in itertools.pairwise(bounds) if start < end]
