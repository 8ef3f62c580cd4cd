import pytest
from msgspec.structs import replace

from pipeline.events.listing import Image
from pipeline.events.right import RightImage
from pipeline.matching.near.picture import Pictures
from pipeline.stages.bank import Bank, Found
from pipeline.stages.registry import Registry
from tests.build import listing, right
from tests.unit.matching.near.hashes import CHANGED, ORIGINAL, OTHERS, TURNED

PHASH = 0xA5A5A5A5A5A5A5A5
FAKE = RightImage("counterfeit", f"{PHASH:016x}")


def pictures(*images: Image) -> Pictures:
    return Pictures.of(listing(images=images))


def near(bits: int) -> Image:
    return Image("u", f"{PHASH ^ ((1 << bits) - 1):016x}")


@pytest.mark.parametrize(("bits", "found"), [(0, True), (4, True), (5, False)])
def test_a_picture_of_counterfeits_is_found_up_to_four_bits_away(bits: int, found: bool) -> None:
    bank = Bank([right(images=(FAKE,))])
    expected = [Found("R1", 1, False, bits, f"{PHASH:016x}")] if found else []
    assert bank.counterfeits(pictures(Image("x"), near(bits))) == expected


def test_the_nearest_of_each_right_is_told() -> None:
    bank = Bank([right(images=(FAKE,)), right(right_id="R2", images=(FAKE,))])
    found = bank.counterfeits(pictures(near(3), near(1), near(1)))
    assert [(one.right_id, one.image, one.distance) for one in found] == [("R1", 1, 1), ("R2", 1, 1)]


def test_by_pdq_however_it_is_turned() -> None:
    bank = Bank([right(images=(RightImage("counterfeit", None, ORIGINAL.pdq),))])
    for image in CHANGED.values():
        assert [one.by_pdq for one in bank.counterfeits(pictures(image))] == [True]
    every = tuple(image.pdq for image in (ORIGINAL, *TURNED.values()) if image.pdq)
    for image in TURNED.values():
        assert bank.counterfeits(pictures(image)) == []
        assert len(bank.counterfeits(pictures(replace(image, pdq_dihedral=every)))) == 1
    assert bank.counterfeits(pictures(*OTHERS.values())) == []


def test_a_picture_of_genuine_goods_never_counts() -> None:
    bank = Bank([right(images=(FAKE,)), right(right_id="R2", images=(RightImage("genuine", f"{PHASH:016x}"),))])
    assert bank.counterfeits(pictures(near(2))) == []
    assert bank.genuine(pictures(Image("x"), near(2))) == {1}


def test_a_poor_or_flat_picture_says_nothing() -> None:
    poor = RightImage("counterfeit", "a5" * 8, pdq_quality=10)
    bank = Bank([right(images=(poor, RightImage("counterfeit", "0" * 16), RightImage("counterfeit")))])
    assert not bank
    assert bank.counterfeits(pictures(near(0), Image("u", "0" * 16))) == []
    assert Bank([right(images=(FAKE,))]).counterfeits(pictures(replace(near(0), pdq_quality=10))) == []


def test_exact_pictures_are_known_by_their_phash() -> None:
    bank = Bank([right(images=(FAKE, RightImage("genuine", "5a" * 8)))])
    assert bank
    assert (bank.names_counterfeit("a5" * 8), bank.names_counterfeit("5a" * 8)) == (True, False)


def test_the_registry_has_one_and_a_withdrawn_right_is_not_in_it() -> None:
    registry = Registry([right(images=(FAKE,), status="withdrawn")], "1")
    assert not registry.bank
    assert registry.bank is registry.bank


def test_a_right_on_trial_excuses_no_picture() -> None:
    genuine = RightImage("genuine", f"{PHASH:016x}")
    assert Bank([right(images=(FAKE,)), right(right_id="R2", status="shadow", images=(genuine,))]).counterfeits(pictures(near(0)))
    assert not Bank([right(images=(FAKE,)), right(right_id="R2", images=(genuine,))]).counterfeits(pictures(near(0)))
