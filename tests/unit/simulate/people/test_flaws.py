"""Each flaw makes a notice that still decodes, and is wrong in the one way that its name says."""

import pytest
from msgspec.structs import replace

from pipeline.codec import decode, encode
from pipeline.events.notice import Notice
from pipeline.simulate.people.flaws import FLAWS, spoilt
from pipeline.simulate.people.goods import Goods
from pipeline.simulate.people.scene import Scene
from tests.unit.simulate.people.cast import BRAND, START, at, scene, speakers

GOODS = Goods("L1", "S1", "us", ("US", "CA"))
NOTICE = Notice(
    "NO1", f"N-{BRAND.brand_id}", "S1", "L1", START, "counterfeit", f"tm-{BRAND.brand_id}", "It is fake.", True, True, "rights_holder"
)  # fmt: skip
CHANGED = {
    "without-declaration": {"good_faith"}, "denied-declaration": {"accurate"}, "without-explanation": {"explanation"},
    "blank-explanation": {"explanation"}, "without-right": {"right_id"}, "unknown-right": {"right_id"}, "inactive-right": {"right_id"},
    "expired-right": {"right_id"}, "right-of-another-kind": {"kind"}, "right-that-holds-elsewhere": {"right_id"},
    "unknown-listing": {"listing_id"}, "wrong-seller": {"seller_id"},
}  # fmt: skip


def late() -> Scene:
    """A scene in which some rights have ended."""
    one = scene()
    one.now = at(days=80)
    return one


@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_changes_what_it_names(name: str) -> None:
    changed = FLAWS[name](NOTICE, GOODS, late(), speakers())
    assert changed is not None
    assert decode(Notice, encode(changed)) == changed
    assert {field for field in NOTICE.__struct_fields__ if getattr(changed, field) != getattr(NOTICE, field)} == CHANGED[name]


def test_a_named_right_is_wrong_in_its_way() -> None:
    rights = {right.right_id: right for right in speakers().rights}
    named = {name: FLAWS[name](NOTICE, GOODS, late(), speakers()) for name in FLAWS if "right" in name}
    by_name = {name: rights.get(notice.right_id or "") for name, notice in named.items() if notice is not None}
    assert by_name["unknown-right"] is None
    assert (inactive := by_name["inactive-right"]) is not None
    assert inactive.status != "active"
    assert (expired := by_name["expired-right"]) is not None
    assert expired.valid_until is not None
    assert expired.valid_until < at(days=80)
    assert (elsewhere := by_name["right-that-holds-elsewhere"]) is not None
    assert elsewhere.territories is not None
    assert not set(elsewhere.territories) & {"US", "CA"}


def test_a_flaw_that_does_not_fit_gives_way_to_one_that_does() -> None:
    bare = replace(NOTICE, right_id=None, good_faith=None, accurate=None, notifier_kind="consumer")
    names = {spoilt(replace(bare, notice_id=f"NO{number}"), GOODS, scene(), speakers())[1] for number in range(200)}
    assert names == {"without-explanation", "blank-explanation", "unknown-listing", "wrong-seller"}


def test_every_flaw_comes_up() -> None:
    names = {spoilt(replace(NOTICE, notice_id=f"NO{number}"), GOODS, late(), speakers())[1] for number in range(400)}
    assert names == FLAWS.keys()
