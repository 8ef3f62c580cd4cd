"""How likely a name, where it stands, means the brand: short names and everyday words often do not."""

import re
from functools import lru_cache

from pipeline.events.match import Method
from pipeline.matching.chinese import LONGEST, is_chinese_word, is_part_of_a_word
from pipeline.matching.chinese_lead import leads_in_chinese
from pipeline.matching.everyday import is_everyday, is_foreign, is_trade_word, is_word
from pipeline.matching.fold import GAP, has_invisible, has_no_spaces
from pipeline.matching.goods import fits
from pipeline.matching.lead import is_called_a_brand, leads
from pipeline.matching.name import Name

SURE = 1.0  # nothing else is likely to be meant
CALLED = 0.97  # an everyday word that is called a brand (`by`, 品牌)
PROUD = 0.96  # an everyday word that leads, with the brand's capitals
PLACED = 0.95  # an everyday word where sellers put a brand
MARKED = 0.75  # an everyday word elsewhere, with the brand's capitals
OPEN = 0.5  # an everyday word elsewhere, in a script that has no capitals to tell
NONE = 0.0  # another thing than the brand is meant
_SHORT = 3  # letters: so short a name must be written as it is registered
_DISGUISED = frozenset({"leetspeak", "confusable", "masked"})
_WORD = re.compile(r"[^\W_]+")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[\W_]*$")
_LATIN_BEFORE = re.compile(r"[A-Za-z][\W_]*$")
_LATIN_AFTER = re.compile(r"[\W_]*[A-Za-z]")
_REACH = 25  # characters in which the word before is looked for


def may_be_searched(name: Name, searched: str) -> bool:
    """Tell whether a name can be searched at all: two letters or more, and no mere number."""
    letters = searched.replace(GAP, "")
    return len(letters) >= 2 and not letters.isdigit()


def plausibility(name: Name, text: str, start: int, end: int, method: Method, context: str = "") -> float:
    """Return how likely the name at text[start:end] means the brand: SURE, CALLED, PROUD, PLACED, MARKED, OPEN or NONE.

    `context` is what the whole listing says. Nobody disguises what is not meant. Of a common word that has context words nothing is asked
    but those.
    """
    written = text[start:end]
    if method == "spaced" and _is_initials(name.text):
        return _of_initials(text, start, end)
    if method in _DISGUISED or has_invisible(written) or (name.common and _words(name.context)):
        return SURE
    if has_no_spaces(written[0]):
        return _of_chinese(name, text, start, end, context)
    if len(_WORD.findall(name.text)) == 1 and (name.common or is_everyday(written, text)):
        return _of_everyday(name, text, start, end, context)
    if len(written) > _SHORT or not written.isascii():
        return SURE
    is_brand = _has_its_capitals(name.text, written) or (_is_of_one_case(text) and not _is_compound(text, start, end))
    return SURE if is_brand else NONE


def _is_initials(name: str) -> bool:
    return len(name) <= _SHORT and name.isascii() and name.isupper()


def _of_initials(text: str, start: int, end: int) -> float:
    """Judge initials that are written apart (`L.v`): many things are abbreviated so."""
    if leads(text, start):
        return PLACED
    return MARKED if text[start:end].isupper() else NONE


def _of_everyday(name: Name, text: str, start: int, end: int, context: str) -> float:
    """Judge an everyday word by its place; in a text of another language than its own by its capitals, and in Chinese by the goods."""
    if is_called_a_brand(text, start):
        return CALLED
    is_capital = text[start:end].isascii() and _stands_out(name.text, text, start, end)
    if leads(text, start):
        return PROUD if is_capital else PLACED
    if is_capital:
        return MARKED
    if not has_no_spaces(text) or is_trade_word(text[start:end].casefold()) or _is_in_a_phrase(text, start, end):
        return NONE
    return MARKED if fits(name.context, context or text) else NONE


def _is_in_a_phrase(text: str, start: int, end: int) -> bool:
    """Tell whether another Latin word stands beside a word: then both may be words of a phrase."""
    return _LATIN_BEFORE.search(text, max(start - _REACH, 0), start) is not None or _LATIN_AFTER.match(text, end) is not None


def _of_chinese(name: Name, text: str, start: int, end: int, context: str) -> float:
    """Judge a name in a script without spaces and capitals: by the words around it, and an everyday word by its place."""
    written = text[start:end]
    if len(written) < LONGEST and is_part_of_a_word(text, start, end):
        return NONE
    if is_trade_word(written):
        return NONE
    if not name.common and not is_chinese_word(written):
        return SURE
    if is_called_a_brand(text, start):
        return CALLED
    is_placed = name.kind != "nickname" and leads_in_chinese(text, start, end)  # clover (三叶草) leads a title, too
    return PLACED if is_placed or fits(name.context, context or text) else OPEN


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


@lru_cache(maxsize=16)
def _is_of_one_case(text: str) -> bool:
    """Tell whether capitals say nothing, because all letters or none are."""
    return text.islower() or text.isupper()


def _is_compound(text: str, start: int, end: int) -> bool:
    """Tell whether a hyphen makes what stands there part of a longer word (`da-lite`)."""
    return text[max(start - 1, 0) : start] == "-" or text[end : end + 1] == "-"


def fits_context(name: Name, context: str) -> bool:
    """Tell whether a common word stands in the brand's context. Where the right names none, its capitals and its place must do."""
    asked = _words(name.context) if name.common else ()
    return not asked or fits(asked, context)


@lru_cache(maxsize=65_536)
def _words(context: tuple[str, ...]) -> tuple[str, ...]:
    """Return the context words that are words; a category (`shop/clothes`) says what the brand sells, not what stands beside its name."""
    return tuple(word for word in context if "/" not in word)
