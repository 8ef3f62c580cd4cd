"""Decisions on real listings: what must hold, whatever is tuned."""

import json
from pathlib import Path
from random import Random

import pytest
from msgspec.json import Decoder
from msgspec.structs import replace

from benchmarks.decisions import Score, scored
from pipeline.events.listing import Listing
from pipeline.local.inputs import files_of
from pipeline.local.references import read_references
from scripts.observed import observe, without_brake
from tests.swapping import decide

SWAPPED = 400  # listings a set


@pytest.fixture(scope="module")
def counterfeit(real_sets: Path) -> Score:
    return scored(list(observe(real_sets / "counterfeit")))


def test_replicas_are_taken_down_and_genuine_goods_let_be(counterfeit: Score) -> None:
    assert counterfeit.takedowns >= 20
    assert counterfeit.precision is not None
    assert counterfeit.precision >= 0.95
    assert counterfeit.touched is not None
    assert counterfeit.touched < 0.02


@pytest.mark.parametrize("name", ["brand-en", "brand-vi", "brand-zh", "duplicates-text"])
def test_people_are_asked_about_few_honest_listings(real_sets: Path, name: str) -> None:
    score = scored(list(observe(real_sets / name)))
    assert score.takedowns == 0
    assert score.reviews <= 0.02 * score.listings


@pytest.mark.parametrize("name", ["brand-en", "brand-vi", "brand-zh", "duplicates-text"])
def test_another_brand_in_a_genuine_title_changes_no_decision(real_sets: Path, name: str) -> None:
    history = read_references(files_of(real_sets / name)).history
    history.alter_policies(without_brake)
    listings = [_alone(line) for line in (real_sets / name / "listings.jsonl").read_bytes().splitlines()]
    brands = [json.loads(line)["brand"] for line in (real_sets / name / "rights.jsonl").read_bytes().splitlines()]
    as_they_are = decide(history, listings)
    chance = Random(1)
    swapped: dict[str, Listing] = {}
    for one in chance.sample(listings, len(listings)):
        used = [match for match in as_they_are.used(one.listing_id) if match.method in ("exact", "folded")]  # without its disguise, if any
        if used and len(swapped) < SWAPPED:
            swapped[one.listing_id] = replace(one, title=one.title[: used[0].start] + chance.choice(brands) + one.title[used[0].end :])
    after = decide(history, swapped.values())
    assert len(swapped) >= SWAPPED / 2
    assert {name: after.decisions.get(name) for name in swapped} == {name: as_they_are.decisions.get(name) for name in swapped}


_decoder = Decoder(Listing)


def _alone(line: bytes) -> Listing:
    """Return a listing of a seller of its own: what was decided on others must not matter."""
    listing = _decoder.decode(line)
    return replace(listing, seller_id=f"of {listing.listing_id}")
