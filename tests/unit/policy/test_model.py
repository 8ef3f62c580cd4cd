"""The model, by the policy that ships: what it makes of the combinations that it was written for."""

from typing import Any

import pytest

from pipeline.events.match import Match
from pipeline.events.right import ReferencePrice
from pipeline.signals.case import Past
from pipeline.stages.fingerprint import text_fingerprint
from pipeline.stages.verdict import weigh
from tests.build import default_policy, listing, match
from tests.unit.signals.cases import NIKE, REFERENCE, case

RANGE = (ReferencePrice("CNY", "1000", "2000"),)
LEET = match("N1KE", method="leetspeak")
OTHERS: dict[str, Any] = {"authorised_sellers": ("S2",)}
OWN: dict[str, Any] = {"authorised_sellers": ("S1",)}
CHEAP: dict[str, Any] = {"price": "1.50", "currency": "CNY"}  # as far below as can be without being a placeholder
RECORD = Past(48, 4)
RELISTED = Past(12, 1, {text_fingerprint(listing("Nike Air Max 90")): "T1"})
EVERYTHING = Past(48, 4, RELISTED.fingerprints)


@pytest.mark.parametrize(
    ("title", "matches", "rights", "past", "fields", "outcome"),
    [
        ("Nike Air Max 90", (NIKE,), {}, None, {}, "clear"),
        # about the goods
        ("Nike Air Max 90 1:1", (NIKE,), {}, None, {}, "takedown"),
        ("Nike Air Max 90 replica", (NIKE,), {}, None, {}, "review"),  # a word that honest goods have as well
        ("Nike Air Max 90 莆田", (NIKE,), {}, None, {}, "review"),
        ("Nike Air Max 90 莆田 replica", (NIKE,), {}, None, {}, "takedown"),
        ("N1KE Air Max 90 莆田 1:1", (LEET,), {}, None, {"price": "129.00", "currency": "CNY"}, "takedown"),
        ("N1KE Air Max 90", (LEET,), {}, None, {}, "review"),
        ("Nike Air Max 90", (NIKE,), {}, None, {"description": "quality 1:1"}, "review"),
        # a disguise with one circumstance
        ("N1KE Air Max 90", (LEET,), OTHERS, None, {}, "review"),  # parallel imports are not authorised either
        ("N1KE Air Max 90", (LEET,), {"reference_prices": RANGE}, None, CHEAP, "takedown"),
        ("N1KE Air Max 90", (LEET,), {}, RECORD, {}, "takedown"),
        ("N1KE Air Max 90", (LEET,), {}, RELISTED, {}, "review"),  # another title: no relisting
        ("A50s cover", (match("A50s", method="leetspeak"),), OTHERS, None, {}, "clear"),  # a model number
        # circumstances alone
        ("Nike Air Max 90", (NIKE,), OTHERS, None, {}, "clear"),
        ("Nike Air Max 90", (NIKE,), {"reference_prices": RANGE}, None, CHEAP, "clear"),
        ("Nike Air Max 90", (NIKE,), {**OTHERS, "reference_prices": RANGE}, None, CHEAP, "review"),
        ("Nike Air Max 90", (NIKE,), {}, RECORD, {}, "clear"),
        ("Nike Air Max 90", (NIKE,), {}, RELISTED, {}, "review"),
        ("Nike Air Max 90", (NIKE,), {**OTHERS, "reference_prices": RANGE}, EVERYTHING, CHEAP, "review"),
        # for the seller
        ("Case for Nike, 1:1", (REFERENCE,), {}, None, {}, "clear"),
        ("Case for N1KE", (match("N1KE", method="leetspeak", use="reference"),), OTHERS, RECORD, {}, "clear"),
        ("Nike Air Max 90", (NIKE,), {**OWN, "reference_prices": RANGE}, RECORD, CHEAP, "clear"),
        ("Nike Air Max 90", (NIKE,), {**OWN, "reference_prices": RANGE}, EVERYTHING, CHEAP, "review"),
        ("N1KE Air Max 90", (LEET,), {**OWN, "reference_prices": RANGE}, RECORD, CHEAP, "clear"),
        ("Nike Air Max 90 1:1", (NIKE,), OWN, None, {}, "clear"),
        ("Nike 1:1", (NIKE,), {"reference_prices": RANGE}, None, {"price": "300", "currency": "CNY", "condition": "used"}, "review"),
    ],
)
def test_combinations(
    title: str, matches: tuple[Match, ...], rights: dict[str, Any], past: Past | None, fields: dict[str, Any], outcome: str
) -> None:
    verdict = weigh(case(title, matches=matches, rights=rights, past=past, **fields))
    assert verdict.outcome == outcome, (verdict.score, [(share.code, share.weight) for share in verdict.shares])


def test_no_sum_of_circumstances_is_a_takedown() -> None:
    verdict = weigh(case(rights={**OTHERS, "reference_prices": RANGE}, past=EVERYTHING, **CHEAP))
    assert verdict.score > default_policy().decision.takedown
    assert verdict.outcome == "review"


@pytest.mark.parametrize("preset", ["taobao", "aliexpress", "three-strikes"])
def test_every_preset_ends_with_closure(preset: str) -> None:
    assert default_policy().presets[preset].steps[-1].code == "closure"


@pytest.mark.parametrize(("currency", "low", "high"), [("USD", 6, 7), ("EUR", 7, 8), ("VND", 0.0002, 0.0004), ("JPY", 0.05, 0.08)])
def test_a_rate_says_what_a_unit_is_worth_in_yuan(currency: str, low: float, high: float) -> None:
    assert low < default_policy().prices.rates[currency] < high


@pytest.mark.parametrize(
    ("category", "priority"),
    [
        ("Medicine", 1),
        ("Vitamins", 1),
        ("Thực phẩm chức năng", 1),
        ("药品", 1),
        ("Baby care", 2),
        ("backpacks_suitcases/Vali trẻ em", 2),
        ("Mainan Anak", 2),
        ("Safety Mask", 2),
        ("helmets", 2),
        ("Phụ tùng ô tô", 2),
        ("Otomotif", 2),
        ("刹车片", 2),
        ("Coffee", 2),
        ("household batteries", 3),
        ("AC Adapters", 3),
        ("Điện tử", 3),
        ("电器", 3),
        ("Sunscreen", 3),
        ("Kosmetik", 3),
        ("女士香水", 3),
        ("Watches, Automatic", 5),  # no automobile
        ("Toyota posters", 5),
        ("network adapters", 5),  # not of a mains plug
        ("women_shoes/Giày sandals", 5),
        ("", 5),
        (None, 5),
    ],
)
def test_a_category_belongs_to_the_class_whose_word_stands_in_it(category: str | None, priority: int) -> None:
    assert default_policy().reviews.priority_of(category) == priority


def test_classes_of_harm_put_safety_first() -> None:
    priorities = {harm.name: harm.priority for harm in default_policy().reviews.harm}
    assert min(priorities, key=lambda name: priorities[name]) == "health"
    assert max(priorities.values()) < default_policy().reviews.priority


@pytest.mark.parametrize(
    "title",
    [
        "giày Nike không bán super fake",
        "we don't sell first copy Nike",
        "tas Gucci tidak jual mirror quality",
        "Puma giày không phải rep 1:1",
        "Nike shoes not super fake",
        "Nike bukan rep 1:1",
        "Nike 非super fake",
        "Nike 不是1:1",
        "Nike no son super fake",
        "Nike kein super fake",
        "Nike 高仿勿扰",
        "Nike 非莆田货",
        "Giày Nike không phải hàng rep",
        "Sandal Nike, awas barang kw",
        "Nike, beware of mirror quality",
    ],
)
def test_denials_and_warnings_are_no_offers(title: str) -> None:
    assert weigh(case(title)).outcome == "clear"
