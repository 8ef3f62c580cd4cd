"""What is true of a measure, and how long it is watched."""

from pipeline.events.enforcement import SellerWarning
from pipeline.simulate.people.facts import Facts
from pipeline.simulate.people.measures import Measures, measure
from tests.unit.simulate.people.cast import START, closure, fake, genuine, takedown


def facts() -> Facts:
    known = Facts()
    known.learn(fake("L1"))
    known.learn(genuine("L2", seller_id="S2"))
    return known


def test_a_takedown_is_right_if_it_hit_a_fake() -> None:
    assert measure(takedown("L1"), facts()).rightful
    assert not measure(takedown("L2", seller_id="S2"), facts()).rightful
    assert measure(takedown("L1", source="notice"), facts()).by_notice


def test_what_is_swept_is_right_if_the_store_is_a_counterfeiter_s() -> None:
    assert measure(takedown("L7", source="closure"), facts()).rightful
    assert not measure(takedown("L1", source="closure", seller_id="S2"), facts()).rightful


def test_a_warning_and_a_closure_are_right_for_a_counterfeiter() -> None:
    warning = SellerWarning("W1", "S2", "warning", 12, ("takedown-L2",), START, "1", "taobao", 0)
    assert not measure(warning, facts()).rightful
    assert (measure(closure(), facts()).rightful, measure(closure(), facts()).kind) == (True, "closure")


def test_a_measure_is_watched_until_it_ends() -> None:
    measures, one = Measures(), measure(takedown("L1"), facts())
    measures.watch(one)
    measures.put_back(one.ident)
    assert (measures.get(one.ident), one.clock_stopped, one.ended) == (one, True, False)
    measures.end(one.ident)
    measures.end(one.ident)
    measures.end(None)
    assert (measures.get(one.ident), one.ended) == (None, True)
