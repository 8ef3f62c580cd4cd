"""How alike two listings are, in two grades, by one rule that can be followed with a pencil.

Two figures go into it: the *cosine* of the titles (words in common, by the geometric mean of how many words each has; all words weigh
alike) and the *distance* of the nearest two pictures (bits of 64, see `picture`). The more the words agree, the further the pictures may be
apart. Sizes and model codes that differ speak against the same product. `scripts/fit_duplicates.py` measures the constants.
"""

from collections.abc import Collection
from math import sqrt
from typing import Literal, NamedTuple

from pipeline.events.listing import Listing
from pipeline.matching.near.picture import MOST_PICTURES, Pictures, pdq_distance, phash_distance, telling_pdqs
from pipeline.matching.near.sketch import Sketch, sketch

Grade = Literal["copy", "similar"]

SURE_DISTANCE = 2  # of pictures: the same one, saved anew; numbers may differ, sellers change them
NEAR_DISTANCE, NEAR_GROWTH, NEAR_MOST = 4, 16, 12  # a copy's pictures: 4 bits, and 16 times the cosine more, at most 12
COPIED_COSINE, COPIED_WORDS = 0.9, 5  # a copy by its title alone: so alike, so many words in common, and no number differs
PICTURE_REACH, PICTURE_WEIGHT = 16, 0.7  # what a picture adds to the cosine: from 0.7 at distance 0 down to nothing at 16
OTHER_CODE, SAME_CODE = -0.2, 0.05  # what is added where each names a model code that the other does not, and where both name the same
SIMILAR = 0.52  # from this sum on two listings are similar


class Likeness(NamedTuple):
    """How alike two listings are. `distance`: of the nearest pictures, None where there are none to compare; `image`: which that is."""

    cosine: float
    shared: int  # words in common
    score: float  # from 0, nothing in common, to 1.75, the same
    grade: Grade | None  # *copy*: the same listing again; *similar*: probably the same goods, which every copy is as well
    distance: int | None = None
    image: int | None = None
    by_pdq: bool = False

    @property
    def by_picture(self) -> bool:
        """Whether a picture is near enough to count."""
        return self.distance is not None and self.distance < PICTURE_REACH


UNLIKE = Likeness(0.0, 0, 0.0, None)


class Glance:
    """One listing, made ready to be compared with many."""

    __slots__ = ("_codes", "_numbers", "_words", "pictures", "sketch")

    def __init__(self, of: Sketch, pictures: Pictures) -> None:
        self.sketch, self.pictures = of, pictures
        self._words, self._numbers, self._codes = frozenset(of.words), frozenset(of.numbers), frozenset(of.codes)

    @classmethod
    def at(cls, listing: Listing, pictures: Pictures | None = None) -> "Glance":
        """Return a listing made ready. `pictures`: those to compare, where it is not all of them."""
        every = Pictures.of(listing)
        own = sketch(listing.title, (phash for _, phash in every.phashes[:MOST_PICTURES]), telling_pdqs(listing))
        return cls(own, every if pictures is None else pictures)

    def compare(self, other: Sketch) -> Likeness:
        """Return how alike it is to another; UNLIKE where that is clear from words and pictures without looking at the numbers."""
        shared = len(self._words.intersection(other.words))
        cosine = shared / sqrt(len(self._words) * len(other.words)) if shared else 0.0
        distance, image, by_pdq = self._nearest(other)
        score = cosine + _nearness(distance)
        if score + SAME_CODE < SIMILAR:
            return UNLIKE
        score += self._codes_say(other)
        if self._is_copy(other, cosine, shared, distance):
            return Likeness(cosine, shared, score, "copy", distance, image, by_pdq)
        return Likeness(cosine, shared, score, "similar" if score >= SIMILAR else None, distance, image, by_pdq)

    def _nearest(self, other: Sketch) -> tuple[int | None, int | None, bool]:
        """Return the distance of the nearest two pictures, the number of this one's, and whether that is by PDQ."""
        found = [(phash_distance(one, two), number, False) for number, one in self.pictures.phashes for two in other.phashes]
        if self.pictures.pdqs and other.pdqs:
            kept = [int(pdq, 16) for pdq in other.pdqs]
            found += [(pdq_distance(one, two), number, True) for number, one in self.pictures.pdqs for two in kept]
        return min(found, default=(None, None, False))

    def _codes_say(self, other: Sketch) -> float:
        """Return what model codes add."""
        if _differ(self._codes, other.codes):
            return OTHER_CODE
        return 0.0 if self._codes.isdisjoint(other.codes) else SAME_CODE

    def _is_copy(self, other: Sketch, cosine: float, shared: int, distance: int | None) -> bool:
        return self._has_copied_picture(other, cosine, distance) or self._has_copied_title(other, cosine, shared)

    def _has_copied_picture(self, other: Sketch, cosine: float, distance: int | None) -> bool:
        """Tell whether a picture is the same, by what the words allow; without a word in common it may be a shop's sign."""
        if distance is None or not cosine or distance > min(NEAR_DISTANCE + NEAR_GROWTH * cosine, NEAR_MOST):
            return False
        differ = _differ(self._numbers | self._codes, (*other.numbers, *other.codes))
        return not differ or distance <= SURE_DISTANCE

    def _has_copied_title(self, other: Sketch, cosine: float, shared: int) -> bool:
        """Tell whether the titles are the same but for a word or two."""
        same_numbers = self.sketch.numbers == other.numbers and self.sketch.codes == other.codes
        return cosine >= COPIED_COSINE and shared >= COPIED_WORDS and same_numbers


def _nearness(distance: int | None) -> float:
    """Return what a picture adds to the cosine."""
    return PICTURE_WEIGHT * (1 - distance / PICTURE_REACH) if distance is not None and distance < PICTURE_REACH else 0.0


def _differ(one: frozenset[int], other: Collection[int]) -> bool:
    """Tell whether each has something that the other has not."""
    return not one.issubset(other) and not one.issuperset(other)
