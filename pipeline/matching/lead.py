"""The lead: where sellers put a brand - first in a text, after no more than condition, audience and quantity
(`New Men's Puma`), or after `by` and its like."""

import re

_CONDITION = r"brand|new|used|sale|hot|genuine|original|authentic|official|vintage|rare|nwt|nwot|replica|fake|aaa+"
_AUDIENCE = r"(?:wo)?m[ae]n'?s?|ladies|girls?|boys?|kids?'?s?|baby|unisex"
_QUANTITY = r"lot|pack|of|\d++(?:\s?(?:gb|tb|pcs?|pack|pairs?|x|inch|ml|g)\b)?"
_OPENING = re.compile(rf"[\W_]*+(?:(?>{_CONDITION}|{_AUDIENCE}|{_QUANTITY})\b[\W_]*+)*+", re.IGNORECASE)
_MARK = re.compile(r"(?:\b(?:by|from|brand)|hiệu|品牌|牌子)[\W_]*$", re.IGNORECASE)
LONGEST_OPENING = 200  # characters before a name that stands first
_REACH = 20  # characters before a name in which `by` and its like are looked for


def leads(text: str, start: int) -> bool:
    """Tell whether a name that begins at `start` stands where a seller would put the brand."""
    return is_called_a_brand(text, start) or (start <= LONGEST_OPENING and _OPENING.fullmatch(text, 0, start) is not None)


def is_called_a_brand(text: str, start: int) -> bool:
    """Tell whether a word before a name that begins at `start` says that a brand follows."""
    return _MARK.search(text, max(start - _REACH, 0), start) is not None
