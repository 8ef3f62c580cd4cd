"""Guesses: what is found by a part of a name, or by a misspelt one, is believed only where a seller puts the brand."""

from pipeline.events.match import Method
from pipeline.matching import fuzzy, partial, pinyin
from pipeline.matching.everyday import is_everyday
from pipeline.matching.lead import leads
from pipeline.matching.name import Name
from pipeline.matching.plausible import NONE, PLACED, SURE
from pipeline.matching.view import LEAST_HAN

GUESSES: frozenset[Method] = frozenset({fuzzy.METHOD, partial.METHOD, pinyin.METHOD})
_LEAST_MISSPELT_PART = 7  # letters of a part of a name that is misspelt besides


def likelihood(name: Name, text: str, start: int, end: int, method: Method) -> float:
    """Return how likely a guess at text[start:end] means the brand: SURE, PLACED or NONE. A long word that is misspelt is one anywhere."""
    written = text[start:end]
    if is_everyday(written, text) or (name.part and method == fuzzy.METHOD and len(written) < _LEAST_MISSPELT_PART):
        return NONE
    if _is_long(written, method) and not name.part:
        return SURE
    return PLACED if leads(text, start) else NONE


def _is_long(written: str, method: Method) -> bool:
    return len(written) > LEAST_HAN if method == pinyin.METHOD else len(written) >= fuzzy.LONG_ENOUGH
