"""Settling: what a whole listing says of names that may be words.

A listing is read text by text; whether 苹果 or `Full` is meant as a brand may stand in another text than the name. Where the brand has
another name in the listing that is sure, its everyday names are believed as well, and so is one right beside another brand's name
(三星苹果). Where another brand is sure to have made the goods, a
word with capitals is a model's name (`Sakos Champion`), and no brand.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

from pipeline.matching.name import Hit
from pipeline.matching.plausible import MARKED, OPEN, PLACED, SURE

Key = TypeVar("Key")


def settled(found: Sequence[tuple[Key, Hit]]) -> Sequence[tuple[Key, Hit]]:
    """Return the hits of a listing that are likely to mean the brand, in their order. The keys say where each was found.

    What is on trial changes nothing for others: it neither vouches for a name nor speaks against one.
    """
    if all(hit.likely >= PLACED for _, hit in found):
        return found
    believed = {hit.owner for _, hit in found if hit.likely >= PLACED} | _neighbours([one for one in found if not one[1].shadow])
    makers = {hit.owner for _, hit in found if hit.likely >= SURE and not hit.reference and not hit.shadow}
    return [(key, hit) for key, hit in found if hit.likely >= PLACED or hit.owner in believed or (hit.likely >= MARKED and not makers)]


def _neighbours(found: Sequence[tuple[Key, Hit]]) -> set[int]:
    """Return the owners of names that stand, in a script without capitals, right beside a name of another brand that is believed."""
    beside: set[int] = set()
    for pairs in (pairwise(found), pairwise(reversed(found))):
        for (one, sure), (other, doubtful) in pairs:
            near = min(abs(doubtful.start - sure.end), abs(sure.start - doubtful.end)) <= 1
            if one == other and near and doubtful.likely == OPEN and (sure.likely >= PLACED or sure.owner in beside):
                beside.add(doubtful.owner)
    return beside
