"""Lives are planned ahead, end with the stream, and each step does what its name says."""

from datetime import timedelta
from random import Random

import pytest
from msgspec.structs import replace

from pipeline.simulate.brands import brands
from pipeline.simulate.life import DAY, STEPS, Life, Step, Steps, life
from pipeline.simulate.offers import Offer, Offers
from pipeline.simulate.stream import START

LATER = START + timedelta(days=2)


def offers(prevalence: float = 0.0) -> Offers:
    return Offers(brands(50), 1, 1000, prevalence, 90)


def taken(step: Step, offer: Offer, made: Offers) -> tuple[Life, object]:
    one = Life(offer, offer.listing, offer.listing)
    return one, Steps(made, Random(1)).take(one, step, LATER)


def test_steps_are_planned_after_now_and_before_the_end() -> None:
    made, chance = offers(0.5), Random(1)
    for _ in range(500):
        one = life(made.new(START, 0), 5 * DAY, 20 * DAY, 1.0, chance)
        times = [at for at, _ in one.steps]
        assert times == sorted(times, reverse=True)
        assert all(5 * DAY < at < 20 * DAY for at in times)


def test_every_step_is_planned_now_and_then() -> None:
    made, chance = offers(0.5), Random(1)
    planned = {step for _ in range(3000) for _, step in life(made.new(START, 0), 0, 90 * DAY, 1.0, chance).steps}
    assert planned == {*(step for step, _, _ in STEPS), "return", "stale", "comeback"}


def test_haste_shortens_lives() -> None:
    offer = offers().new(START, 0)
    slow = [life(offer, 0, 90 * DAY, 1.0, Random(seed)) for seed in range(100)]
    fast = [life(offer, 0, 90 * DAY, 0.1, Random(seed)) for seed in range(100)]
    assert sum(one.next_at() for one in fast if one.steps) < 0.2 * sum(one.next_at() for one in slow if one.steps)


def test_a_redelivery_is_the_same_and_a_stale_one_the_version_before() -> None:
    made = offers()
    offer = made.new(START, 0)
    one, result = taken("redelivery", offer, made)
    assert result is offer.listing
    steps = Steps(made, Random(1))
    steps.take(one, "price", LATER)
    assert steps.take(one, "stale", LATER) is offer.listing
    assert one.listing.version == 2


@pytest.mark.parametrize(("step", "field"), [("price", "price"), ("stock", "stock"), ("edit", "title")])
def test_an_update_changes_one_field(step: Step, field: str) -> None:
    made = offers()
    offer = made.new(START, 0)
    one, _ = taken(step, offer, made)
    assert getattr(one.listing, field) != getattr(offer.listing, field)
    assert (one.listing.version, one.listing.change, one.listing.event_time) == (2, "updated", LATER)
    same = {field: getattr(offer.listing, field), "version": 1, "change": "listed", "event_time": START}
    assert replace(one.listing, **same) == offer.listing


def test_what_is_removed_comes_back_as_listed() -> None:
    made = offers()
    one, _ = taken("removal", made.new(START, 0), made)
    assert (one.listing.change, one.listing.version) == ("removed", 2)
    Steps(made, Random(1)).take(one, "return", LATER)
    assert (one.listing.change, one.listing.version) == ("listed", 3)


def test_a_copy_is_another_seller_s_offer_of_the_same_marketplace() -> None:
    made = offers()
    offer = made.new(START, 0)
    _, copy = taken("copy", offer, made)
    assert isinstance(copy, Offer)
    assert copy.listing.title == offer.listing.title
    assert copy.listing.listing_id != offer.listing.listing_id
    assert copy.listing.seller_id != offer.listing.seller_id
    assert copy.listing.currency == offer.listing.currency
    assert copy.truth.duplicate_group == offer.truth.duplicate_group


def test_a_variant_is_the_same_seller_s_with_another_title() -> None:
    made = offers()
    offer = made.new(START, 0)
    _, variant = taken("variant", offer, made)
    assert isinstance(variant, Offer)
    assert variant.listing.seller_id == offer.listing.seller_id
    assert variant.listing.title != offer.listing.title
    assert variant.truth.listing_id == variant.listing.listing_id != offer.listing.listing_id


def test_a_fake_of_a_ring_comes_back_at_the_ring() -> None:
    made = offers(0.5)
    fakes = [offer for offer in (made.new(START, 0) for _ in range(400)) if offer.ring and offer.truth.counterfeit]
    assert fakes
    for offer in fakes:
        _, back = taken("comeback", offer, made)
        assert isinstance(back, Offer)
        assert offer.ring is not None
        assert back.listing.seller_id in {store.seller_id for store in offer.ring.stores}
        assert back.listing.title == offer.listing.title
        assert back.listing.listing_id != offer.listing.listing_id
        assert back.truth.counterfeit
        assert _distance(back.listing.images[0].phash, offer.listing.images[0].phash) <= 2


def _distance(one: str | None, other: str | None) -> int:
    assert one is not None
    assert other is not None
    return (int(one, 16) ^ int(other, 16)).bit_count()
