"""The lead: where sellers put a brand - first in a text, after no more than condition and quantity, or after `by` and its like."""

import re

_OPENING = re.compile(
    r"[\W_]*(?:(?:brand|new|used|sale|hot|100|genuine|original|authentic|official|lot|pack|of|\d+\s?(?:gb|tb|pcs?|pack|x|inch|ml|g)?)\b[\W_]*)*",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?:\b(?:by|from|brand)|hiệu|品牌|牌子)[\W_]*$", re.IGNORECASE)
_REACH = 20  # characters before a name in which `by` and its like are looked for


def leads(text: str, start: int) -> bool:
    """Tell whether a name that begins at `start` stands where a seller would put the brand."""
    return _OPENING.fullmatch(text, 0, start) is not None or _MARK.search(text, max(start - _REACH, 0), start) is not None
