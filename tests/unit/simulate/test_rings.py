"""Rings work side by side, for a career each."""

from random import Random

from pipeline.simulate.brands import brands
from pipeline.simulate.popularity import Popularity
from pipeline.simulate.rings import CAREER, FAKES, Ring, Rings


def rings(fakes_a_day: float) -> Rings:
    return Rings(1, Popularity(brands(50)), fakes_a_day)


def at_work(made: Rings, day: float) -> set[Ring]:
    chance = Random(1)
    return {made.at_work(day, chance) for _ in range(200)}


def test_there_are_as_many_as_the_fakes_keep_busy() -> None:
    assert rings(0.0).slots == 1
    assert rings(10 * FAKES / CAREER).slots == 10
    assert len(at_work(rings(10 * FAKES / CAREER), 5)) == 10


def test_a_ring_works_for_a_career_and_then_never_again() -> None:
    made = rings(0.0)
    days = [at_work(made, day) for day in (0.0, CAREER - 0.1, CAREER, 2 * CAREER - 0.1, 2 * CAREER)]
    assert days[0] == days[1]
    assert days[2] == days[3]
    assert not days[0] & days[2]
    assert not days[2] & days[4]


def test_stores_of_a_ring_have_one_owner() -> None:
    for ring in at_work(rings(30 * FAKES / CAREER), 5):
        assert 1 <= len({store.seller_id for store in ring.stores}) == len(ring.stores) <= 5
        assert len({store.payout_hash for store in ring.stores}) == 1


def test_the_main_store_offers_most() -> None:
    ring = max(at_work(rings(30 * FAKES / CAREER), 5), key=lambda one: len(one.stores))
    chance = Random(1)
    stores = [ring.store(chance).seller_id for _ in range(500)]
    assert stores.count(ring.stores[0].seller_id) > 300
    assert set(stores) == {store.seller_id for store in ring.stores}
