from pipeline.local.confusion import brand_confusions, decision_confusions
from pipeline.local.misses import ASKED, CLEARED, DOWN, INSTEAD, MISSED, Miss
from pipeline.local.seen import Best, Signal
from tests.unit.local.test_misses import found


def test_brands_that_are_confused_most_often_come_first() -> None:
    pairs = [("L1", INSTEAD, "B2"), ("L2", MISSED, None), ("L3", INSTEAD, "B2"), ("L4", INSTEAD, "B3")]
    made = brand_confusions(Miss(what, name, "en", "T", ("B1",), found(brand) if brand else None) for name, what, brand in pairs)
    assert [(one.what, one.found, one.count, one.misses[0].listing_id) for one in made] == [
        (INSTEAD, "B2", 2, "L1"), (INSTEAD, "B3", 1, "L4"), (MISSED, None, 1, "L2"),
    ]  # fmt: skip
    assert made[0].as_json() == {"what": INSTEAD, "true": ("B1",), "found": "B2", "count": 2}


def test_wrong_decisions_are_grouped_by_their_signals_the_gravest_first() -> None:
    def miss(name: str, what: str, score: float, *codes: str) -> Miss:
        return Miss(what, name, "en", "T", best=Best(score, tuple(Signal(code, "goods", 1.0) for code in codes)))

    misses = [
        miss("L1", CLEARED, -4.0),
        Miss(CLEARED, "L2", "en", "T"),
        miss("L3", CLEARED, -1.0, "a"),
        miss("L4", CLEARED, -0.5, "a"),
        miss("L5", ASKED, 0.5, "b"),
        miss("L6", DOWN, 2.5, "b", "a"),
    ]
    made = decision_confusions(misses)
    assert [(one.what, one.reason, [miss.listing_id for miss in one.misses]) for one in made] == [
        (DOWN, "b, a", ["L6"]),
        (ASKED, "b", ["L5"]),
        (CLEARED, "a", ["L4", "L3"]),
        (CLEARED, "names no right", ["L2"]),
        (CLEARED, "nothing but the brand", ["L1"]),
    ]
    assert made[0].as_json() == {"what": DOWN, "reason": "b, a", "count": 1}
