from pathlib import Path
from typing import Any

import pytest

from pipeline.care.diff import Difference, Limits, diff
from pipeline.events.right import Alias
from pipeline.local.errors import InputError
from tests.build import FAKE, listing, right, write_topics

SHOP = (
    listing(FAKE, listing_id="FAKE"),
    listing("Swoosh Air 莆田 1:1 replica", listing_id="NICK", seller_id="S2"),
    listing("Swoosh socks", listing_id="SOCKS", seller_id="S3"),
    listing("Blue wool scarf", listing_id="SCARF"),
    listing("Swoosh socks", listing_id="GONE", change="removed"),
)


def compared(folder: Path, old: tuple[Any, ...], new: tuple[Any, ...], shop: tuple[Any, ...] = SHOP) -> Difference:
    over = write_topics(folder / "over", {"listings": shop, "rights": [b"what is here is not read"]})
    files = [write_topics(folder / name, {"rights": rights}) / "rights.jsonl" for name, rights in (("old", old), ("new", new))]
    return diff((files[0], files[1]), over)


def effects(found: Difference) -> dict[str, set[str]]:
    return {effect: {key.listing_id for key in keys} for effect, keys in found.listings.items() if keys}


def test_equal_registries_do_the_same(tmp_path: Path) -> None:
    found = compared(tmp_path, (right(),), (right(),))
    assert effects(found) == {}
    assert (found.rows, found.offers, found.share) == ([], 4, 0.0)


def test_a_new_alias_matches_and_takes_down(tmp_path: Path) -> None:
    found = compared(tmp_path, (right(),), (right(aliases=("Swoosh",)),))
    assert effects(found) == {"taken_down": {"NICK"}, "matched": {"NICK", "SOCKS"}}
    (row,) = found.rows
    assert (row.right_id, row.brand, row.alias) == ("R1", "Nike", "Swoosh")
    assert row.examples["taken_down"] == [("NICK", "Swoosh Air 莆田 1:1 replica")]
    assert (found.sellers("taken_down"), found.sellers("matched"), found.share) == (1, 2, 0.25)


def test_a_withdrawn_right_gives_back(tmp_path: Path) -> None:
    found = compared(tmp_path, (right(),), (right(status="withdrawn"),))
    assert effects(found) == {"spared": {"FAKE"}, "unmatched": {"FAKE"}}


def test_an_alias_on_trial_is_only_counted(tmp_path: Path) -> None:
    found = compared(tmp_path, (right(),), (right(aliases=(Alias("Swoosh", status="shadow"),)),))
    assert effects(found) == {"tried": {"NICK", "SOCKS"}}
    assert dict(found.trial) == {"shadow-alias-takedown": 1, "shadow-alias-unmoved": 1}


def test_many_chunks_are_as_one(tmp_path: Path) -> None:
    shop = tuple(listing("Nike and Swoosh 1:1 replica", listing_id=f"L{number}", seller_id=f"S{number % 7}") for number in range(2500))
    swoosh = right(right_id="R2", brand_id="B2", brand="Swoosh")
    found = compared(tmp_path, (right(),), (right(), swoosh), shop)
    assert {effect: len(listings) for effect, listings in effects(found).items()} == {"matched": 2500}
    assert [(row.brand, dict(row.counts)) for row in found.rows] == [("Swoosh", {"taken_down": 2500, "matched": 2500})]
    assert effects(compared(tmp_path, (right(),), (right(),), shop)) == {}


def test_limits_are_named_where_they_are_exceeded(tmp_path: Path) -> None:
    found = compared(tmp_path, (right(),), (right(aliases=("Swoosh",)),))
    assert found.broken(Limits()) == found.broken(Limits(1, 2, 0.25)) == []
    assert found.broken(Limits(0, 1, 0.2)) == [
        "1 listings newly taken down, --most-takedowns allows 0",
        "2 listings newly matched, --most-matches allows 1",
        "0.25 of the listings decided otherwise, --most-share allows 0.2",
    ]


def test_a_registry_with_a_bad_line_is_no_registry(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 2 is no right"):
        compared(tmp_path, (right(),), (right(), b"{}"))
