"""Care for a registry: whatever valid rights there are, checking them never fails, and what is mended is mended."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.care.check import Report, check
from pipeline.care.diff import diff
from pipeline.care.kinds import KINDS
from pipeline.care.mend import mend
from pipeline.codec import encode
from pipeline.events.right import Alias, AuthorisedSeller, ReferencePrice, Right, RightImage
from tests.build import START, at, listing, write_topics

MENDED = {kind.code for kind in KINDS if kind.mend is not None} - {"flat-hash"}  # a flat hash beside a good one stays
names = st.one_of(
    st.sampled_from(["Nike", "NIKE", "nike air", "耐克", "中国", "Next", "HP", "90", "🔥", "N I K E", "Air", "\u200b", "Swoosh", "Jordan"]),
    st.text(min_size=1, max_size=12),
)
maybe_times = st.sampled_from([None, at(days=-5), START, at(days=5)])
countries = st.none() | st.lists(st.sampled_from(["CN", "DE", "EU", "ZZ", "UK"]), max_size=2).map(tuple)
statuses = st.sampled_from(["active", "shadow"])
hashes = st.sampled_from([None, "0" * 16, "ff00" * 4, "d1c3a5966f0e78b2", "D1C3A5966F0E78B2", "e29b5c8d13f074a6"])
wide_hashes = st.sampled_from([None, "0" * 64, "3c5a9e7d10f2846b" * 3 + "c4d1e2a98b760f35"])
quality = st.none() | st.integers(0, 100)
money = st.sampled_from(["0", "0.00", "10", "99.5"])
sellers = st.sampled_from(["S1", "S2"])
rights = st.builds(
    Right,
    right_id=st.sampled_from([f"R{number}" for number in range(8)]),
    brand_id=st.sampled_from(["B1", "B2", "B3", "B4"]),
    brand=names,
    kind=st.sampled_from(["trademark", "trademark", "trademark", "patent"]),
    holder=st.just("Holder"),
    aliases=st.lists(names | st.builds(Alias, names, status=statuses), max_size=5).map(tuple),
    territories=countries,
    authorised_sellers=st.lists(sellers | st.builds(AuthorisedSeller, sellers, countries, maybe_times), max_size=4).map(tuple),
    reference_prices=st.lists(st.builds(ReferencePrice, st.sampled_from(["CNY", "RMB"]), money, money), max_size=2).map(tuple),
    images=st.lists(st.builds(RightImage, st.sampled_from(["genuine", "counterfeit"]), hashes, wide_hashes, quality), max_size=4).map(
        tuple
    ),
    common_word=st.booleans(),
    context=st.lists(st.text(max_size=4), max_size=3).map(tuple),
    status=st.sampled_from(["active", "active", "shadow", "withdrawn"]),
    valid_from=maybe_times,
    valid_until=maybe_times,
)
registries = st.lists(rights, min_size=1, max_size=8)


def mended(folder: Path, lines: list[Any]) -> tuple[Report, Report]:
    file, out = write_topics(folder, {"rights": lines}) / "rights.jsonl", folder / "mended.jsonl"
    before = check(file, START)
    mend(file, out, before)
    return before, check(out, START)


@settings(max_examples=150)
@given(registries)
def test_a_mended_registry_is_clean_of_all_that_is_mended(registry: list[Right]) -> None:
    with TemporaryDirectory() as folder:
        before, after = mended(Path(folder), registry)
        assert {code for code in after.counts if code in MENDED} == set()
        assert after.rights == before.rights == len({right.right_id for right in registry})
        written = [msgspec.json.decode(line, type=Right) for line in Path(folder, "mended.jsonl").read_bytes().splitlines()]
    last = {right.right_id: right for right in registry}
    assert all(mends_only(last[right.right_id], right) for right in written)


def mends_only(old: Right, new: Right) -> bool:
    """Tell whether a right lost or put on trial nothing but items of the lists that are mended, and says all else as it did."""
    lists = ("aliases", "images", "authorised_sellers", "context")
    bare_old, bare_new = (msgspec.structs.replace(one, **dict.fromkeys(lists, ())) for one in (old, new))
    texts = {alias.text if isinstance(alias, Alias) else alias for alias in old.aliases}
    return (
        encode(bare_old) == encode(bare_new)
        and {alias.text if isinstance(alias, Alias) else alias for alias in new.aliases} <= texts
        and all(set(getattr(new, name)) <= set(getattr(old, name)) for name in lists[1:])
    )


@settings(max_examples=25)
@given(registries, st.lists(names, min_size=1, max_size=5))
def test_equal_registries_differ_in_nothing(registry: list[Right], titles: list[str]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        shop = [listing(f"{title} 1:1 replica", listing_id=f"L{number}") for number, title in enumerate(titles)]
        write_topics(folder / "over", {"listings": shop})
        file = write_topics(folder / "rights", {"rights": registry}) / "rights.jsonl"
        found = diff((file, file), folder / "over")
    assert not any(found.listings.values())
    assert (found.rows, any(found.changes)) == ([], False)


@settings(max_examples=25)
@given(registries, st.lists(names, min_size=1, max_size=5))
def test_what_is_put_on_trial_does_nothing_new(registry: list[Right], titles: list[str]) -> None:
    """Put every alias in shadow: nothing is newly taken down or matched that was not before but for another right."""
    shadowed = [
        msgspec.structs.replace(
            right, aliases=tuple(Alias(alias.text if isinstance(alias, Alias) else alias, status="shadow") for alias in right.aliases)
        )
        for right in registry
    ]
    bare = [msgspec.structs.replace(right, aliases=()) for right in registry]
    with TemporaryDirectory() as name:
        folder = Path(name)
        shop = [listing(f"{title} 1:1 replica", listing_id=f"L{number}") for number, title in enumerate(titles)]
        write_topics(folder / "over", {"listings": shop})
        files = [write_topics(folder / part, {"rights": given}) / "rights.jsonl" for part, given in (("bare", bare), ("trial", shadowed))]
        found = diff((files[0], files[1]), folder / "over")
    assert {effect for effect, keys in found.listings.items() if keys} <= {"tried"}
