"""Settling: what a whole listing says of names that may be words.

A listing is read text by text; whether 苹果 or `Full` is meant as a brand may stand in another text than the name. Where the brand has
another name in the listing that is sure, its everyday names are believed as well, and so is one right beside another brand's name
(三星苹果). Where another brand is sure to have made the goods, a word with capitals is a model's name (`Samsonite Champion`), and no brand.
Sellers lead with the brand in a title, and not in a description (`Easy to clean`) or an attribute (`colour: Orange`).
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.matching.name import Hit
from pipeline.matching.plausible import MARKED, OPEN, PLACED, PROUD, SURE

Found = tuple[str, Hit]  # the field in which a hit was found
_UNLED = {PROUD: MARKED, PLACED: OPEN}
_BRAND = "brand|manufacturer|marke|marque|marca|merek|merk|thương hiệu|nhãn hiệu|品牌|牌子"
_LED = re.compile(rf"title|brand|attributes\..*?(?:{_BRAND}).*", re.IGNORECASE)


def settled(found: Sequence[Found]) -> Sequence[Found]:
    """Return the hits of a listing that are likely to mean the brand, in their order.

    What is on trial changes nothing for others: it neither vouches for a name nor speaks against one.
    """
    if all(hit.likely >= SURE for _, hit in found):
        return found
    graded = [(field, hit if _LED.fullmatch(field) else _unled(hit)) for field, hit in found]
    acting = [one for one in graded if not one[1].shadow]
    believed = {hit.owner for _, hit in acting if hit.likely >= PLACED} | _neighbours(acting)
    makers = {hit.owner for _, hit in acting if hit.likely >= SURE and not hit.reference}
    tried = {hit.owner for _, hit in graded if hit.shadow and hit.likely >= PLACED}

    def is_meant(hit: Hit) -> bool:
        vouched = hit.owner in believed or (hit.shadow and hit.owner in tried)
        return hit.likely >= PLACED or vouched or (hit.likely >= MARKED and not makers)

    return [one for one in graded if is_meant(one[1])]


def _unled(hit: Hit) -> Hit:
    """Return a hit as it counts where no brand leads: by its capitals, or else a word in the place of a brand is open."""
    return hit._replace(likely=_UNLED[hit.likely]) if hit.likely in _UNLED else hit


def _neighbours(found: Sequence[Found]) -> set[int]:
    """Return the owners of names that stand, in a script without capitals, right beside a name of another brand that is believed."""
    beside: set[int] = set()
    for pairs in (pairwise(found), pairwise(reversed(found))):
        for (one, sure), (other, doubtful) in pairs:
            near = min(abs(doubtful.start - sure.end), abs(sure.start - doubtful.end)) <= 1
            if one == other and near and doubtful.likely == OPEN and (sure.likely >= PLACED or sure.owner in beside):
                beside.add(doubtful.owner)
    return beside
