"""The fit of the weights, on samples that are made up for it."""

from collections.abc import Mapping

import numpy as np
import pytest

from pipeline.policy.loader import default_text, parse
from pipeline.signals.case import Finding
from pipeline.signals.catalogue import SIGNALS
from pipeline.stages.verdict import Share
from scripts.fit_policy import REAL, REASONED, SIMULATED, Known, bounds, codes, fitted, limits, rounded, sampled, with_weights, written
from scripts.observed import Observed
from tests.build import default_policy

GROUPS = {code: group for code, group, _ in SIGNALS}
POLICY = default_policy()
RATE = POLICY.decision.base_rate


def known(number: int, fake: bool, strengths: Mapping[str, float], world: int = SIMULATED) -> list[Known]:
    """Return listings that are alike, each of a seller of its own."""
    shares = tuple(Share(code, GROUPS[code], 0.0, Finding(strength)) for code, strength in strengths.items())
    name = f"{world} {fake} {sorted(strengths.items())}"
    listings = (Observed(f"{name} {at}", "made up", f"{name} {at}", "", "", fake, True, shares, "clear") for at in range(number))
    return [Known(one, world, "") for one in listings]


def weights(listings: list[Known], ridge: float = 0.1) -> dict[str, float]:
    return dict(zip(codes(), fitted(sampled(listings, RATE), POLICY, ridge).tolist(), strict=True))


SUSPECT = [
    *known(300, True, {}), *known(200, True, {"price_far_below": 1.0}), *known(100, True, {"replica_vocabulary": 1.0}),
    *known(3000, False, {}), *known(60, False, {"price_far_below": 1.0}), *known(200, False, {"reference_use": 1.0}),
]  # fmt: skip


def test_what_fakes_have_more_often_weighs_more() -> None:
    often = weights(SUSPECT)
    seldom = weights([*SUSPECT, *known(900, False, {"price_far_below": 1.0})])
    assert seldom["price_far_below"] < often["price_far_below"]


def test_suspicion_is_never_a_favour_and_a_favour_never_suspicion() -> None:
    turned_round = [
        *known(500, True, {"authorised": 1.0, "reference_use": 1.0}), *known(500, True, {}),
        *known(500, False, {"price_far_below": 1.0, "seller_record": 1.0}), *known(500, False, {}),
    ]  # fmt: skip
    found = weights([*turned_round, *[Known(one.listing, REAL, "") for one in turned_round]])
    assert found["reference_use"] == 0.0
    assert found["price_far_below"] >= 0.0
    assert found["authorised"] <= 0.0


def test_the_share_of_fakes_in_a_sample_has_no_say() -> None:
    """Twice as many of every fake are the same evidence."""
    twice = [*SUSPECT, *(Known(one.listing, one.world, "") for one in SUSPECT if one.listing.counterfeit)]
    few, many = sampled(SUSPECT, RATE), sampled(twice, RATE)
    assert few.weights[few.fakes == 1].sum() / few.weights.sum() == pytest.approx(RATE)
    assert many.weights[many.fakes == 1].sum() / many.weights.sum() == pytest.approx(RATE)
    one, other = weights(SUSPECT, ridge=0.001), weights(twice, ridge=0.001)
    assert one["price_far_below"] == pytest.approx(other["price_far_below"], abs=0.01)


def test_a_signal_that_no_data_speaks_of_keeps_its_reasoned_weight() -> None:
    found = weights(SUSPECT)
    assert found["relisted"] == REASONED["relisted"]


def test_the_simulator_alone_only_corrects() -> None:
    found = weights([*known(2000, True, {"seller_record": 1.0}), *known(2000, False, {})])
    assert found["seller_record"] == pytest.approx(REASONED["seller_record"] + 1.0)


def test_circumstances_of_real_listings_are_not_looked_at() -> None:
    real = [*known(100, True, {"seller_record": 1.0, "replica_vocabulary": 0.5}, REAL), *known(100, False, {}, REAL)]
    sample = sampled(real, RATE)
    order = codes()
    assert sample.strengths[:, order.index("seller_record")].sum() == 0
    assert sample.strengths[:, order.index("replica_vocabulary")].sum() == 50


def test_what_shares_a_seller_or_is_a_copy_is_one_group() -> None:
    a, b, c, d = (one.listing for one in known(4, True, {}))
    shared = Observed(b.listing_id, b.source, a.seller_id, "", "", True, True, (), "clear")
    groups = sampled([Known(a, REAL, ""), Known(shared, REAL, "G1"), Known(c, REAL, "G1"), Known(d, REAL, "")], RATE).groups
    assert groups[0] == groups[1] == groups[2] != groups[3]


def test_the_bounds_are_what_the_domain_asks() -> None:
    decision = POLICY.decision
    for code, group, _ in SIGNALS:
        low, high = bounds(code, group, decision)
        assert (low >= 0) if group != "favour" else (high <= 0)
    assert decision.prior + bounds("replica_vocabulary", "goods", decision)[0] >= decision.takedown  # alone it may take down
    for question in ("brand_disguised", "counterfeit_picture"):
        low, high = bounds(question, "goods", decision)
        assert decision.review <= decision.prior + low
        assert decision.prior + high < decision.takedown


def test_the_weights_that_are_shipped_lie_within_them() -> None:
    for code, group, _ in SIGNALS:
        low, high = bounds(code, group, POLICY.decision)
        assert low <= getattr(POLICY.signals, code).weight <= high, code


def test_weights_are_rounded_within_their_limits() -> None:
    sample = sampled(SUSPECT, RATE)
    allowed = limits(sample, POLICY)
    for weight, (low, high) in zip(rounded(np.array([high for _, high in allowed]), allowed), allowed, strict=True):
        assert low <= weight <= high
        assert round(weight, 1) == weight


def test_a_file_is_written_in_place() -> None:
    text = written(default_text(), {"relisted": 9.9, "authorised": -1.5})
    before, after = default_text().splitlines(), text.splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 2
    assert all(old.partition("}")[2] == new.partition("}")[2] for old, new in changed)  # comments stay
    policy = parse(text, "mine.toml")
    assert (policy.signals.relisted.weight, policy.signals.authorised.weight) == (9.9, -1.5)
    assert policy == with_weights(POLICY, {"relisted": 9.9, "authorised": -1.5})


def test_a_signal_that_the_file_lacks_is_an_error() -> None:
    with pytest.raises(LookupError, match="nonsense has 0 lines"):
        written(default_text(), {"nonsense": 1.0})
