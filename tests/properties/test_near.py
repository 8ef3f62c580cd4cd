"""What holds for every set of listings among which near-duplicates are searched."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.events.listing import Image
from pipeline.matching.near.index import NearIndex
from pipeline.matching.near.likeness import Glance
from pipeline.matching.near.minhash import VALUES, signature
from pipeline.matching.near.multi_index import MultiIndex, radius
from tests.build import listing

hashes = st.integers(0, 2**64 - 1)
flips = st.sets(st.integers(0, 63), max_size=9)
NAMES = ("nike", "air", "max", "shoe", "white", "men", "90", "95", "cw2288", "耐克运动鞋")
words = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6)


def changed(hashed: int, bits: set[int]) -> int:
    return hashed ^ sum(1 << bit for bit in bits)


@given(st.lists(st.tuples(hashes, flips), max_size=20), hashes)
def test_every_hash_within_the_distance_is_found_and_no_other(others: list[tuple[int, set[int]]], wanted: int) -> None:
    kept = [changed(wanted, bits) if bits else other for other, bits in others]
    index = MultiIndex(kept, 64)
    for most in range(radius(64) + 1):
        expected = sorted((distance, n) for n, other in enumerate(kept) if (distance := (other ^ wanted).bit_count()) <= most)
        assert index.within(wanted, most) == expected


@given(st.integers(0, 2**256 - 1), st.sets(st.integers(0, 255), max_size=32))
def test_pdq_is_found_up_to_31_bits_away(hashed: int, bits: set[int]) -> None:
    found = MultiIndex([changed(hashed, bits)], 256).within(hashed, 31)
    assert found == ([(len(bits), 0)] if len(bits) <= 31 else [])


@given(st.sets(st.integers(0, 2**32 - 1), min_size=40, max_size=60), st.integers(0, 40))
def test_minhash_tells_how_alike_sets_are(members: set[int], shared: int) -> None:
    ordered = sorted(members)
    one, other = set(ordered[: 20 + shared // 2]), set(ordered[20 - shared // 2 : 40])
    jaccard = len(one & other) / len(one | other)
    agreed = sum(map(int.__eq__, signature(one), signature(other))) / VALUES
    assert abs(agreed - jaccard) <= 0.45, "six times the standard error of 48 values"


@st.composite
def offers(draw: st.DrawFn) -> list[Any]:
    base = draw(st.lists(hashes, min_size=1, max_size=3))
    made = []
    for number in range(draw(st.integers(0, 25))):
        phash = changed(draw(st.sampled_from(base)), draw(flips))
        images = (Image("u", f"{phash:016x}"),) if draw(st.booleans()) else ()
        made.append(listing(" ".join(draw(words)), seller_id=f"S{draw(st.integers(0, 3))}", listing_id=f"L{number}", images=images))
    return made


@given(offers(), st.integers(1, 10), st.integers(1, 5))
def test_the_index_stays_within_its_bounds_and_finds_only_what_is_alike(offered: list[Any], entries: int, bucket: int) -> None:
    index, by_name = NearIndex(entries, bucket), {one.listing_id: one for one in offered}
    for number, one in enumerate(offered):
        newest = {other.listing_id for other in offered[max(0, number - entries) : number]}
        for name, likeness in index.add(one.listing_id, one):
            assert name in newest
            assert likeness == Glance.at(one).compare(Glance.at(by_name[name]).sketch)
        assert len(index) <= entries
        assert all(0 < len(names) <= bucket for names in index._buckets.values())
        assert set(index._crowds._sellers) == {phash for entry in index._entries.values() for phash in entry.sketch.phashes}


@given(offers())
def test_equal_titles_always_meet(offered: list[Any]) -> None:
    index, before = NearIndex(), dict[str, Any]()
    for one in offered:
        found = {name for name, _ in index.add(one.listing_id, one)}
        same = {name for name, other in before.items() if Glance.at(other).sketch.words == Glance.at(one).sketch.words}
        assert same <= found
        before[one.listing_id] = one


@given(offers())
def test_likeness_has_no_direction(offered: list[Any]) -> None:
    for one, other in pairwise(offered):
        there, back = Glance.at(one).compare(Glance.at(other).sketch), Glance.at(other).compare(Glance.at(one).sketch)
        assert (there.grade, there.score, there.distance) == (back.grade, back.score, back.distance)
