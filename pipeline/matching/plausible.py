"""Whether a name, where it stands, is likely to mean the brand: short names and everyday words often do not."""

import re
from functools import lru_cache

from pipeline.events.match import Method
from pipeline.matching.everyday import is_everyday, is_foreign, is_trade_word, is_word
from pipeline.matching.fold import GAP, Folded, has_invisible
from pipeline.matching.lead import leads
from pipeline.matching.name import Name

_SHORT = 3  # letters: so short a name must be written as it is registered
_DISGUISED = frozenset({"leetspeak", "confusable", "masked"})
_NO_SPACES = re.compile("[\u0e00-\u0eff\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[\W_]*$")
_REACH = 25  # characters in which the word before is looked for


def may_be_searched(name: Name, searched: str) -> bool:
    """Tell whether a name can be searched at all: two letters or more, and no mere number."""
    letters = searched.replace(GAP, "")
    return len(letters) >= 2 and not letters.isdigit()


def is_plausible(name: Name, text: str, start: int, end: int, method: Method) -> bool:
    """Tell whether the name at text[start:end] is likely to mean the brand. Nobody disguises what is not meant."""
    written = text[start:end]
    if method in _DISGUISED or has_invisible(written) or (name.common and name.context):
        return True
    if len(_WORD.findall(name.text)) == 1 and is_everyday(written, text):
        return written.isascii() and (leads(text, start) or _stands_out(name.text, text, start, end))
    if len(written) > _SHORT or not written.isascii():
        return True
    return _has_its_capitals(name.text, written) or (_is_of_one_case(text) and not _is_compound(text, start, end))


def _stands_out(registered: str, text: str, start: int, end: int) -> bool:
    """Tell whether an everyday word has capitals that say something: the brand's, and not after another everyday word (`Full Box`)."""
    written = text[start:end]
    if not is_foreign(text) or _is_of_one_case(text) or len(written) <= _SHORT or is_trade_word(written.casefold()):
        return False
    if written.islower() or not (written == registered or written.isupper()):
        return False
    before = _WORD_BEFORE.search(text, max(start - _REACH, 0), start)
    return before is None or not is_word(before[1].casefold())


def _has_its_capitals(registered: str, written: str) -> bool:
    """Tell whether a short name has its registered capitals, or is an abbreviation; registered in small letters, any."""
    return written == registered or written.isupper() or (registered.islower() and not written.islower())


def _is_of_one_case(text: str) -> bool:
    """Tell whether capitals say nothing, because all letters or none are."""
    return text.islower() or text.isupper()


def _is_compound(text: str, start: int, end: int) -> bool:
    """Tell whether a hyphen makes what stands there part of a longer word (`da-lite`)."""
    return text[max(start - 1, 0) : start] == "-" or text[end : end + 1] == "-"


def fits_context(name: Name, context: str) -> bool:
    """Tell whether a common word stands in the brand's context. Where the right names none, its capitals and its place must do."""
    if not name.common or not name.context:
        return True
    folded = _folded_context(context)
    return any(_folded_word(word) in folded for word in name.context)


@lru_cache(maxsize=4)
def _folded_context(context: str) -> str:
    return Folded(context).text


@lru_cache(maxsize=65_536)
def _folded_word(word: str) -> str:
    """Fold a context word: a whole word where its script has words, and otherwise any stretch."""
    folded = Folded(word).text
    return folded.strip(GAP) if _NO_SPACES.search(word) else folded
