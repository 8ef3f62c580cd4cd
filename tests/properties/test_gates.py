"""Gates of every policy that is shipped: whose brand it is never matters, and circumstances take nothing down."""

from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.decisions import Score, simulated
from pipeline.events.decision import Evidence
from pipeline.events.right import ReferencePrice
from pipeline.signals.case import Case, Finding, Past
from pipeline.signals.catalogue import SIGNALS
from pipeline.simulate.brands import brands
from pipeline.stages.fingerprint import text_fingerprint
from pipeline.stages.reference import History
from pipeline.stages.verdict import Share, outcome, weigh
from tests.build import default_policy, history, listing, right
from tests.swapping import decide
from tests.unit.signals.cases import case

GENUINE = (
    "{} running shoes men white size 42",
    "{} genuine leather handbag with receipt, best quality",
    "New {} 16GB memory card class 10",
    "{} 运动鞋 男款 白色 42码 专柜正品",
    "Giày thể thao nam {} chính hãng màu đen",
    "Sepatu {} pria original termurah",
    "{} eau de parfum 100 ml, new in box",
)
REPLICAS = ("{} running shoes 1:1 super clone", "{} 运动鞋 高仿 1:1", "Giày {} hàng rep 1:1", "Sepatu {} kw super")
SEEDS = (1, 2, 3, 4, 5)


@cache
def names() -> tuple[str, ...]:
    return tuple(brand.name for brand in brands(8_000) if not brand.common_word)


@cache
def registry() -> History:
    rights = (right(right_id=f"R{number}", brand_id=f"B{number}", brand=name) for number, name in enumerate(names()))
    return history(*rights, policy=default_policy(brake={"per_right": 0, "per_signal": 0}))


@settings(max_examples=150)
@given(st.data(), st.sampled_from(GENUINE))
def test_no_brand_makes_a_genuine_title_suspect(data: st.DataObject, title: str) -> None:
    name = data.draw(st.sampled_from(names()))
    assert decide(registry(), [listing(title.format(name))]).decisions == {}


@settings(max_examples=150)
@given(st.data(), st.sampled_from(REPLICAS))
def test_no_brand_makes_a_replica_less_suspect(data: st.DataObject, title: str) -> None:
    name = data.draw(st.sampled_from(names()))
    decided = decide(registry(), [listing(title.format(name))])
    assume(any(match.alias == name for match in decided.used("L1")))
    assert decided.decisions == {"L1": "Takedown"}


@given(st.data())
def test_without_a_signal_about_the_goods_nothing_is_taken_down(data: st.DataObject) -> None:
    policy = default_policy()
    shares = []
    for code, group, _ in SIGNALS:
        strength = data.draw(st.floats(0, 1), code) if group != "goods" else 0.0
        if strength:
            weight = getattr(policy.signals, code).weight * strength
            shares.append(Share(code, group, weight, Finding(strength, (Evidence("price"),))))
    score = policy.decision.prior + sum(share.weight for share in shares)
    assert outcome(score, shares, policy.decision) != "takedown"


@st.composite
def bare(draw: st.DrawFn) -> Case:
    """Return a listing that names its brand and says nothing of the goods: at any price, of any seller."""
    title = draw(st.sampled_from(("Nike Air Max 90", "Nike", "Nike 运动鞋 白色", "Giày Nike nam")))
    rights: dict[str, Any] = {"authorised_sellers": ("S2",)} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        rights["reference_prices"] = (ReferencePrice("CNY", "1000", "2000"),)
    fields: dict[str, Any] = {
        "price": str(draw(st.decimals("0.01", "100000", places=2))),
        "currency": draw(st.sampled_from(("CNY", "USD"))),
    }
    condition = draw(st.sampled_from((None, "new", "used")))
    seen = case(title, rights=rights, condition=condition, **fields)
    earlier = {text_fingerprint(seen.listing): "T1"} if draw(st.booleans()) else {}
    return case(
        title, rights=rights, condition=condition, past=Past(draw(st.integers(0, 200)), draw(st.integers(0, 50)), earlier), **fields
    )


@given(bare())
def test_nothing_is_taken_down_for_its_brand_and_price_and_seller(seen: Case) -> None:
    assert weigh(seen).outcome != "takedown"


@cache
def market(seed: int) -> Score:
    return simulated(seed, 3_000)


@pytest.mark.parametrize("seed", SEEDS)
def test_simulated_takedowns_are_right_and_honest_listings_let_be(seed: int) -> None:
    score = market(seed)
    assert score.takedowns >= 60
    assert score.precision is not None
    assert score.precision >= 0.98
    assert score.touched is not None
    assert score.touched <= 0.002


def test_most_simulated_fakes_are_found() -> None:
    found = [market(seed).found or 0.0 for seed in SEEDS]
    assert sum(found) / len(found) >= 0.65, found
