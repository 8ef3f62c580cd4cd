"""A seller whose fake was taken down lists it again with another title and the picture saved anew: it is seen, and the chain says why."""

from pathlib import Path

import pytest

from pipeline.events.listing import Image, Listing
from pipeline.local.replay import Plan, replay
from tests.build import at, listing, right, write_topics
from tests.story import events

PICTURE, SAVED_ANEW = "a5c3960f1e78b4d2", "a5c3960f1e78b4d5"  # three bits apart
RIGHTS = [right(authorised_sellers=("S9",))]


def offered() -> list[Listing]:
    first = listing("Nike Air Max 90 men 1:1 replica", listing_id="first", images=(Image("u", PICTURE),))
    again = {"images": (Image("v", SAVED_ANEW),), "event_time": at(days=3)}
    return [
        first,
        listing("Nike running trainers, new season", listing_id="again", **again),
        listing("Nike running trainers, new season", listing_id="elsewhere", seller_id="S2", **again),
    ]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("relisting")
    summary = replay(Plan(write_topics(home / "in", {"listings": offered(), "rights": RIGHTS}), home / "out"))
    assert summary.as_json()["conservation"] == 0
    return home / "out"


def test_a_relisting_with_another_title_and_a_picture_saved_anew_is_seen(out: Path) -> None:
    (first,), (again,) = events(out, "takedowns"), events(out, "reviews")
    assert (first["listing_id"], again["listing_id"]) == ("first", "again")
    (reason,) = [reason for reason in again["reasons"] if reason["code"] == "relisted"]
    assert first["takedown_id"] in reason["text"]
    assert {"field": "images[0].phash", "found": first["takedown_id"]} in reason["evidence"]
    assert reason["weight"] > 0


def test_at_another_seller_it_is_no_relisting(out: Path) -> None:
    assert "elsewhere" not in {one["listing_id"] for topic in ("takedowns", "reviews") for one in events(out, topic)}


def test_a_recomputation_says_the_same(out: Path) -> None:
    again = out.parent / "again"
    replay(Plan(out, again, recorded=True))
    assert (again / "takedowns.jsonl").read_bytes() == (out / "takedowns.jsonl").read_bytes()
