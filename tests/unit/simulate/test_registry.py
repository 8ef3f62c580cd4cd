"""One trademark a brand, with all that a registry tells, and rights of other kinds."""

from collections import Counter
from datetime import timedelta
from functools import cache

from pipeline.codec import decode, encode
from pipeline.events.right import Alias, AuthorisedSeller, Right
from pipeline.simulate.brands import brands
from pipeline.simulate.registry import authorised, genuine_pictures, holder, rights, speakers
from pipeline.simulate.stream import START


@cache
def all_rights() -> tuple[Right, ...]:
    return tuple(rights(brands(200), 1, START, 90))


def registry() -> tuple[Right, ...]:
    """The trademarks."""
    return tuple(right for right in all_rights() if right.kind == "trademark")


def test_every_right_reads_back() -> None:
    for right in all_rights():
        assert decode(Right, encode(right)) == right


def test_some_brands_have_rights_of_other_kinds_behind_all_trademarks() -> None:
    others = all_rights()[200:]
    assert {right.kind for right in others} == {"copyright", "design", "patent"}
    assert len({right.right_id for right in all_rights()}) == len(all_rights())
    assert all(not right.aliases and not right.images for right in others)
    first = brands(1)[0].brand_id
    assert first in {right.brand_id for right in others if right.kind == "copyright"}


def test_a_brand_s_rights_name_the_same_notifiers_mostly_its_own_some_an_agency_too_a_few_none() -> None:
    by_brand: dict[str, set[tuple[str, ...]]] = {}
    for right in all_rights():
        by_brand.setdefault(right.brand_id, set()).add(right.notifier_ids)
    assert all(len(named) == 1 for named in by_brand.values())
    counts = Counter(len(right.notifier_ids) for right in registry())
    assert counts.keys() == {0, 1, 2}
    assert counts[0] < counts[2] < counts[1]
    assert all(right.notifier_ids[0] == holder(right.brand_id) for right in registry() if right.notifier_ids)
    for seed in (1, 2, 3):
        assert all(speakers(brand, rank, seed) for rank, brand in enumerate(brands(40))), "the most popular brands speak"


def test_each_brand_has_one_trademark_in_the_order_of_popularity() -> None:
    assert [right.brand_id for right in registry()] == [brand.brand_id for brand in brands(200)]
    assert len({right.right_id for right in registry()}) == 200


def test_limits_are_there_and_spare_the_most_popular() -> None:
    assert {right.status for right in registry()} == {"active", "shadow", "withdrawn"}
    assert any(right.territories for right in registry())
    ends = [right.valid_until for right in registry() if right.valid_until]
    assert ends
    assert all(START < end < START + timedelta(days=90) for end in ends)
    for right in registry()[:40]:
        assert (right.status, right.territories, right.valid_until) == ("active", None, None)


def test_authorised_sellers_are_listed_as_ids_with_territories_and_with_an_end() -> None:
    lists = [right.authorised_sellers for right in registry()]
    assert 40 < sum(map(bool, lists)) < 160
    entries = [entry for listed in lists for entry in listed]
    assert any(isinstance(entry, str) for entry in entries)
    assert any(isinstance(entry, AuthorisedSeller) and entry.territories for entry in entries)
    assert any(isinstance(entry, AuthorisedSeller) and entry.valid_until for entry in entries)


def test_the_listed_are_the_sellers_that_offer() -> None:
    for brand, right in zip(brands(200), registry(), strict=True):
        listed = {entry if isinstance(entry, str) else entry.seller_id for entry in right.authorised_sellers}
        assert listed == {one.seller_id for one in authorised(brand, 1)}


def test_territories_of_a_listed_seller_are_its_marketplace_s() -> None:
    for brand, right in zip(brands(200), registry(), strict=True):
        for entry, one in zip(right.authorised_sellers, authorised(brand, 1), strict=True):
            assert isinstance(entry, str) or entry.territories in (None, one.market.countries)


def test_most_rights_tell_prices_and_pictures_and_some_do_not() -> None:
    assert 0.7 < sum(bool(right.reference_prices) for right in registry()) / 200 < 0.9
    assert {len(right.reference_prices) for right in registry()} == {0, 1, 5}
    assert {len(right.images) for right in registry()} == {0, 4}
    for right in registry():
        assert all(float(one.low) < float(one.high) for one in right.reference_prices)


def test_pictures_are_the_brand_s_own() -> None:
    phashes = [phash for brand in brands(200) for phash in genuine_pictures(brand, 1)]
    assert len(set(phashes)) == len(phashes)


def test_aliases_are_given_as_text_and_with_kind() -> None:
    aliases = [alias for right in registry() for alias in right.aliases]
    assert {type(alias) for alias in aliases} == {str, Alias}
    assert {alias.kind for alias in aliases if isinstance(alias, Alias)} == {"nickname", "transliteration"}
