import pytest
from msgspec.structs import replace

from pipeline.events.listing import Image
from pipeline.matching.near.likeness import Glance
from pipeline.matching.near.picture import Pictures, is_telling, pdq_distance, phash_distance, telling_pdqs, telling_phashes
from tests.build import listing
from tests.unit.matching.near.hashes import CHANGED, ORIGINAL, OTHERS, TURNED


def apart(one: Image, other: Image) -> tuple[int, int]:
    (ours, ours_pdq), (theirs, theirs_pdq) = ((int(image.phash or "", 16), int(image.pdq or "", 16)) for image in (one, other))
    return phash_distance(ours, theirs), pdq_distance(ours_pdq, theirs_pdq)


@pytest.mark.parametrize("how", CHANGED)
def test_a_picture_that_was_changed_a_little_stays_near(how: str) -> None:
    assert max(apart(ORIGINAL, CHANGED[how])) <= 4


@pytest.mark.parametrize("name", [*TURNED, *OTHERS])
def test_a_turned_picture_is_as_far_as_another_one(name: str) -> None:
    assert min(apart(ORIGINAL, {**TURNED, **OTHERS}[name])) >= 16


@pytest.mark.parametrize(
    ("image", "telling"),
    [
        (Image("u", "a5" * 8), True),
        (Image("u", "a5" * 8, pdq_quality=49), False),
        (Image("u", "a5" * 8, pdq_quality=50), True),
        (Image("u", "0" * 16), False),  # a flat picture
        (Image("u", "8" + "0" * 15), False),
        (Image("u", "f" * 16), False),
        (Image("u", pdq="ab" * 32), True),
        (Image("u"), True),  # it has nothing to compare
    ],
)
def test_which_pictures_tell_something(image: Image, telling: bool) -> None:
    assert is_telling(image) is telling


def test_pictures_are_numbered_as_in_the_listing_and_those_that_tell_nothing_are_left_out() -> None:
    turned = Image("c", pdq="ab" * 32, pdq_dihedral=("cd" * 32,))
    pictures = Pictures.of(listing(images=(Image("a", "0" * 16), Image("b", "a5" * 8), turned)))
    assert pictures.phashes == ((1, 0xA5A5A5A5A5A5A5A5),)
    assert pictures.pdqs == ((2, int("ab" * 32, 16)), (2, int("cd" * 32, 16)))
    assert pictures.without({2}) == (((1, 0xA5A5A5A5A5A5A5A5),), ())


def test_all_pictures_of_a_new_listing_count_and_the_first_ones_are_kept() -> None:
    many = listing(images=tuple(Image("a", f"{0xA5A5A5A5A5A5A5A5 + number:016x}") for number in range(50)))
    assert len(Pictures.of(many).phashes) == 50
    assert len(Glance.at(many).sketch.phashes) == 10


def test_hashes_to_keep() -> None:
    poor = replace(ORIGINAL, pdq_quality=3)
    assert telling_pdqs(listing(images=(ORIGINAL, poor, Image("u")))) == (ORIGINAL.pdq,)
    assert telling_phashes(["0" * 16, "a5" * 8]) == (0xA5A5A5A5A5A5A5A5,)
