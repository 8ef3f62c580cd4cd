"""A stream of listings shows what a marketplace shows, in the proportions asked for, and holds little of it."""

from collections import Counter, defaultdict
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import get_args

import pytest

from pipeline.codec import decode, encode
from pipeline.events.listing import Listing
from pipeline.simulate import stream
from pipeline.simulate.brands import brands
from pipeline.simulate.malformed import SMALL_KINDS
from pipeline.simulate.sellers import SellerKind
from pipeline.simulate.stream import START, Line, Stream

LINES = 20_000


@cache
def lines(seed: int = 1, prevalence: float = 0.08, count: int = LINES) -> tuple[Line, ...]:
    return tuple(Stream(brands(200), listings=count, seed=seed, prevalence=prevalence, days=90, start=START))


def good() -> list[Listing]:
    return [line.event for line in lines() if line.event]


def histories() -> dict[str, list[Listing]]:
    """Return the events of each listing in the order in which they come."""
    found: dict[str, list[Listing]] = defaultdict(list)
    for event in good():
        found[event.listing_id].append(event)
    return found


def test_every_good_line_reads_back_as_its_event() -> None:
    for line in lines():
        if line.event is not None:
            assert decode(Listing, line.data) == line.event
            assert encode(line.event) == line.data


def test_malformed_lines_are_few_and_of_every_small_kind() -> None:
    broken = [line.data for line in lines() if line.event is None]
    assert 0.001 * LINES < len(broken) < 0.004 * LINES
    assert len(set(broken)) >= len(SMALL_KINDS)


def test_every_line_has_its_bytes_in_reason() -> None:
    assert 350 <= sum(len(line.data) for line in lines()) / LINES <= 450


def test_truth_names_every_listing_once() -> None:
    truths = [line.truth for line in lines() if line.truth]
    assert len({truth.listing_id for truth in truths}) == len(truths)
    assert {truth.listing_id for truth in truths} == set(histories())


def test_truth_comes_with_the_first_line_of_its_listing() -> None:
    seen: set[str] = set()
    for line in lines():
        if line.event is not None:
            assert (line.truth is not None) == (line.event.listing_id not in seen)
            assert line.truth is None or (line.truth.listing_id, line.truth.seller_id) == (line.event.listing_id, line.event.seller_id)
            seen.add(line.event.listing_id)


@pytest.mark.parametrize("prevalence", [0.0, 0.02, 0.08, 0.3, 0.5])
def test_the_share_of_fakes_is_the_prevalence(prevalence: float) -> None:
    truths = [line.truth for line in lines(2, prevalence, 6000) if line.truth]
    share = sum(truth.counterfeit for truth in truths) / len(truths)
    assert share == pytest.approx(prevalence, abs=0.01)


def test_most_listings_touch_no_brand_and_every_kind_of_seller_is_there() -> None:
    truths = [line.truth for line in lines() if line.truth]
    kinds = Counter(truth.kind for truth in truths)
    assert set(kinds) == set(get_args(SellerKind))
    assert all(count > 0.03 * len(truths) for count in kinds.values())
    assert 0.5 < kinds["honest"] / len(truths) < 0.7
    assert all(truth.kind == "counterfeiter" for truth in truths if truth.counterfeit)


def test_only_who_offers_a_brand_has_brand_ids() -> None:
    for line in lines():
        if line.truth and line.truth.kind in ("honest", "accessory"):
            assert line.truth.brand_ids == ()
        elif line.truth and (line.truth.counterfeit or line.truth.kind != "counterfeiter"):
            assert len(line.truth.brand_ids) == 1


def test_changes_languages_and_currencies_are_mixed() -> None:
    assert {event.change for event in good()} == {"listed", "updated", "removed"}
    assert {event.language for event in good()} == {"en", "zh", "vi", "id"}
    assert {event.currency for event in good()} == {"CNY", "USD", "VND", "IDR", "EUR"}


def test_versions_begin_at_one_and_rise_with_each_change() -> None:
    for events in histories().values():
        newest: dict[int, Listing] = {}
        for event in events:
            assert newest.setdefault(event.version, event) == event  # no version says two things
        assert sorted(newest) == list(range(1, len(newest) + 1))
        assert newest[1].change == "listed"


def test_a_listing_keeps_its_seller_and_currency() -> None:
    for events in histories().values():
        assert len({(event.seller_id, event.currency) for event in events}) == 1


def test_noise_is_there_redeliveries_stale_versions_unchanged_updates_and_returns() -> None:
    noise: Counter[str] = Counter()
    for events in histories().values():
        for old, new in pairwise(events):
            noise["repeated"] += old == new
            noise["stale"] += new.version < old.version
            noise["unchanged"] += new.version > old.version and _content(old) == _content(new) and new.change == "updated"
            noise["price"] += new.price != old.price
            noise["returned"] += old.change == "removed" and new.change == "listed"
    assert all(noise[kind] >= 20 for kind in ("repeated", "stale", "unchanged", "price", "returned")), noise


def test_most_lines_rise_in_time_some_are_out_of_order_and_some_late() -> None:
    newest, behind = START, []
    for event in good():
        behind.append(newest - event.event_time)
        newest = max(newest, event.event_time)
    assert sum(delay <= timedelta(0) for delay in behind) > 0.85 * len(behind)
    assert sum(timedelta(0) < delay < timedelta(minutes=20) for delay in behind) > 0.02 * len(behind)
    assert 0.005 * len(behind) < sum(delay > timedelta(days=1) for delay in behind) < 0.05 * len(behind)
    assert newest > START + timedelta(days=89)


def test_copies_share_their_group_and_nothing_else_does() -> None:
    groups = defaultdict(list)
    for line in lines():
        if line.truth is not None and line.event is not None:
            groups[line.truth.duplicate_group].append((line.event, line.truth))
    copied = [group for group in groups.values() if len(group) > 1]
    assert len(copied) > 0.04 * len(groups)
    assert any(len({truth.seller_id for _, truth in group}) > 1 for group in copied)
    assert any(len({truth.seller_id for _, truth in group}) == 1 for group in copied)
    for group in copied:
        assert len({(truth.brand_ids, truth.counterfeit) for _, truth in group}) == 1


def test_fakes_come_back_under_another_id_with_title_and_picture() -> None:
    first: dict[tuple[str, str, str | None], str] = {}
    back = 0
    for line in lines():
        if line.truth and line.truth.counterfeit and line.event:
            name = (line.event.seller_id, line.event.title, line.event.images[0].phash)
            back += first.setdefault(name, line.event.listing_id) != line.event.listing_id
    assert back > 30


def test_stores_of_a_ring_share_payout_contact_and_pictures() -> None:
    fakes = [line.event for line in lines() if line.event and line.truth and line.truth.counterfeit]
    stores, pictures = defaultdict(set), defaultdict(set)
    for event in fakes:
        if event.payout_hash:
            stores[event.payout_hash].add(event.seller_id)
            pictures[event.payout_hash].add(event.images[0].phash)
    rings = {payout for payout, names in stores.items() if len(names) > 1}
    assert len(rings) >= 5
    assert any(event.contact_hash for event in fakes if event.payout_hash in rings)
    for payout in rings:
        offers = [event for event in fakes if event.payout_hash == payout]
        assert len({event.contact_hash for event in offers} - {None}) <= 1
    assert sum(len(pictures[payout]) for payout in rings) < 0.7 * sum(event.payout_hash in rings for event in fakes)


def test_some_counterfeiters_offer_fakes_week_after_week() -> None:
    times = defaultdict(list)
    for line in lines():
        if line.event and line.truth and line.truth.counterfeit:
            times[line.event.seller_id].append(line.event.event_time)
    prolific = [at for at in times.values() if len(at) >= 10 and max(at) - min(at) > timedelta(days=15)]
    assert len(prolific) >= 5


def test_catalogue_pictures_serve_honest_sellers_and_fakes_alike() -> None:
    shown = defaultdict(set)
    for line in lines():
        if line.event and line.truth:
            for image in line.event.images:
                shown[image.phash].add(line.truth.kind)
    assert any({"catalogue", "authorised", "counterfeiter"} <= kinds for kinds in shown.values())


def test_no_more_waits_than_the_window_holds_and_a_full_one_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "WINDOW", 50)
    made = Stream(brands(50), listings=5000, seed=1, prevalence=0.2, days=3, start=START)
    held = []
    for line in made:
        assert line.data is not None
        held.append(made.waiting)
    assert len(held) == 5000
    assert 50 <= max(held) <= 100


def test_large_streams_shorten_lives_so_that_the_window_holds_them() -> None:
    made = Stream(brands(50), listings=30_000, seed=1, prevalence=0.08, days=0.5, start=START)
    assert max(made.waiting for _ in made) < stream.WINDOW


def _content(event: Listing) -> tuple[object, ...]:
    return event.title, event.price, event.stock, event.images, event.description
