"""Guesses: what is found by a part of a name, or by a misspelt one, is believed only where a seller puts the brand."""

from pipeline.events.match import Method
from pipeline.matching import fuzzy, partial, pinyin
from pipeline.matching.everyday import is_everyday
from pipeline.matching.lead import leads
from pipeline.matching.name import Name
from pipeline.matching.view import LEAST_HAN

GUESSES: frozenset[Method] = frozenset({fuzzy.METHOD, partial.METHOD, pinyin.METHOD})
_LEAST_MISSPELT_PART = 7  # letters of a part of a name that is misspelt besides


def may_be_meant(name: Name, text: str, start: int, end: int, method: Method) -> bool:
    """Tell whether a guess at text[start:end] is worth a match. A long word that is misspelt is one wherever it stands."""
    written = text[start:end]
    if is_everyday(written, text):
        return False
    if method == pinyin.METHOD and len(written) > LEAST_HAN:
        return True
    if name.part and method == fuzzy.METHOD and len(written) < _LEAST_MISSPELT_PART:
        return False
    return leads(text, start) or (len(written) >= fuzzy.LONG_ENOUGH and not name.part)
