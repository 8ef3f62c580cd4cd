"""What is known of listings and stores."""

from pipeline.simulate.people.facts import Facts
from tests.unit.simulate.people.cast import BRAND, fake, genuine


def facts() -> Facts:
    known = Facts()
    known.learn(fake("L1"))
    known.learn(genuine("L2", seller_id="S2"))
    known.learn(genuine("L3", brand_ids=(), kind="honest", seller_id="S3"))
    return known


def test_a_fake_is_one_of_its_brand() -> None:
    assert [facts().is_fake(name) for name in ("L1", "L2", "L3", "L9", None)] == [True, False, False, False, False]
    assert facts().is_fake("L1", (BRAND.brand_id, "another"))
    assert not facts().is_fake("L1", ("another",))


def test_a_store_of_a_counterfeiter_is_known_and_no_other() -> None:
    assert [facts().is_counterfeiter(name) for name in ("S1", "S2", "S9")] == [True, False, False]


def test_what_touches_no_brand_counts_as_an_honest_seller_s() -> None:
    assert [facts().kind(name) for name in ("L1", "L2", "L3")] == ["counterfeiter", "second_hand", "honest"]
    assert [facts().brand_of(name) for name in ("L1", "L3", "L9")] == [BRAND.brand_id, None, None]


def test_what_is_down_is_known_until_it_is_back() -> None:
    known = facts()
    known.see_down("L1", down=True)
    known.see_down(None, down=True)
    assert known.is_down("L1")
    known.see_down("L1", down=False)
    assert not known.is_down("L1")
