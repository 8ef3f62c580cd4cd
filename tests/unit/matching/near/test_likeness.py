from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.events.listing import Image
from pipeline.matching.near.likeness import UNLIKE, Glance, Likeness
from pipeline.matching.near.picture import Pictures
from tests.build import listing
from tests.unit.matching.near.hashes import CHANGED, ORIGINAL, OTHERS, TURNED

PHASH = 0xA5A5A5A5A5A5A5A5
TITLE = "Nike Air Max sneakers for men white"


def picture(bits: int = 0) -> tuple[Image, ...]:
    """Return a picture so many bits away from PHASH."""
    return (Image("u", f"{PHASH ^ ((1 << bits) - 1):016x}"),)


def compared(one: str, other: str, bits: int | None = None, **fields: Any) -> Likeness:
    ours, theirs = ({}, {}) if bits is None else ({"images": picture()}, {"images": picture(bits)})
    return Glance.at(listing(one, **{**ours, **fields})).compare(Glance.at(listing(other, **theirs)).sketch)


@pytest.mark.parametrize(
    ("other", "bits", "grade"),
    [
        # by the picture: the more the words agree, the further it may be away
        ("Nike shoes", 0, "copy"),
        ("Nike shoes", 8, "copy"),
        ("Nike shoes", 9, "similar"),
        ("Nike Air Max", 12, "copy"),
        ("Nike Air Max", 13, "similar"),
        ("Puma jacket", 0, "similar"),  # not one word in common: a shop's sign
        ("Puma jacket", 5, None),
        ("Nike Air Max 95", 0, "copy"),
        # by the title
        (TITLE, None, "copy"),
        (f"{TITLE} new", None, "copy"),
        (f"{TITLE} new in box", None, "similar"),
        ("Nike Air sneakers for women", None, "similar"),
        ("Nike Air Force", None, None),
        (TITLE, 30, "copy"),
    ],
)
def test_grades(other: str, bits: int | None, grade: str | None) -> None:
    assert compared(TITLE, other, bits).grade == grade


@pytest.mark.parametrize(
    ("one", "other", "bits", "grade"),
    [
        ("Nike Air Max 90 white men", "Nike Air Max 90 white men", None, "copy"),
        ("Nike Air Max 90 white men", "Nike Air Max 95 white men", None, "similar"),
        ("Nike Air Max 90 white men sneakers of leather", "Nike Air Max white men sneakers of leather", None, "similar"),
        ("Nike Air Max 90 white", "Nike Air Max 95 white", 2, "copy"),  # the same picture
        ("Nike Air Max 90 white", "Nike Air Max 95 white", 3, "similar"),
        ("Canon camera kit DCS7010", "Canon camera kit DCS7010", None, "similar"),  # too few words for a copy
        ("Canon camera DCS7010", "Canon camera DCS8200", None, None),
        ("Canon camera DCS", "Canon camera DCT", None, "similar"),
    ],
)
def test_numbers_and_codes_that_differ_speak_against(one: str, other: str, bits: int | None, grade: str | None) -> None:
    assert compared(one, other, bits).grade == grade


def test_the_figures() -> None:
    found = compared("Nike Air Max white", "Nike Air Max black", 4)
    assert found == Likeness(0.75, 3, found.score, "copy", 4, 0)
    assert found.score == pytest.approx(0.75 + 0.7 * 0.75)
    assert found.by_picture
    assert not compared(TITLE, TITLE, 30).by_picture
    assert compared("Nike", "Puma") == UNLIKE


def test_a_code_in_common_speaks_for() -> None:
    assert compared("Canon DCS7010", "Canon DCS7010").score == pytest.approx(1.05)


@pytest.mark.parametrize("how", CHANGED)
def test_a_picture_changed_a_little_is_a_copy(how: str) -> None:
    ours = Glance.at(listing("Old bridge", images=(CHANGED[how],)))
    assert ours.compare(Glance.at(listing("A bridge", images=(ORIGINAL,))).sketch).grade == "copy"


@pytest.mark.parametrize("how", TURNED)
def test_a_turned_picture_is_found_where_its_turned_hashes_are_given(how: str) -> None:
    theirs = Glance.at(listing("A bridge", images=(ORIGINAL,))).sketch
    hashes = tuple(image.pdq for image in (ORIGINAL, *TURNED.values()) if image.pdq)
    plain, given = TURNED[how], replace(TURNED[how], pdq_dihedral=hashes)
    assert Glance.at(listing("Old bridge", images=(plain,))).compare(theirs).grade is None
    found = Glance.at(listing("Old bridge", images=(Image("x"), given))).compare(theirs)
    assert (found.grade, found.image, found.by_pdq) == ("copy", 1, True)


@pytest.mark.parametrize("name", OTHERS)
def test_another_picture_is_none(name: str) -> None:
    ours = Glance.at(listing("Old bridge", images=(OTHERS[name],)))
    assert ours.compare(Glance.at(listing("A bridge", images=(ORIGINAL,))).sketch).grade is None


def test_pictures_that_are_left_out_do_not_count() -> None:
    one = listing("Nike shoes", images=picture())
    nothing = Pictures.of(one).without({0})
    assert Glance.at(one, nothing).compare(Glance.at(listing(TITLE, images=picture())).sketch).grade is None
