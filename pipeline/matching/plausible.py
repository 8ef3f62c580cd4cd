"""Whether a name, where it stands, is likely to mean the brand: short names and common words often do not."""

import re
from functools import cache
from importlib.resources import files

from pipeline.events.match import Method
from pipeline.matching.fold import GAP, Folded
from pipeline.matching.name import Name

_SHORT = 3  # letters: so short a name must be written as it is registered
_NO_SPACES = re.compile("[\u0e00-\u0eff\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def may_be_searched(name: Name, searched: str) -> bool:
    """Tell whether a name can be searched at all: two letters or more, and no mere number."""
    letters = searched.replace(GAP, "")
    return len(letters) >= 2 and not letters.isdigit()


def is_plausible(name: Name, written: str, text: str, method: Method) -> bool:
    """Tell whether the way a name is written fits: a short or everyday one must have its own capitals, where they say something."""
    if method in ("leetspeak", "confusable", "spaced", "masked"):
        return True
    key = written.casefold()
    if key in everyday_words():
        return written == name.text and written.isascii() and not _is_of_one_case(text)
    return len(key) > _SHORT or not key.isascii() or _has_its_capitals(name.text, written) or _is_of_one_case(text)


def _has_its_capitals(registered: str, written: str) -> bool:
    """Tell whether a short name has its registered capitals, or is an abbreviation; registered in small letters, any."""
    return written == registered or written.isupper() or (registered.islower() and not written.islower())


def _is_of_one_case(text: str) -> bool:
    """Tell whether capitals say nothing, because all letters or none are."""
    return text in (text.upper(), text.lower())


def fits_context(name: Name, context: str, written: str) -> bool:
    """Tell whether a common word stands in the brand's context; without one it must at least have the brand's capitals."""
    if not name.common:
        return True
    if not name.context:
        return written == name.text
    folded = Folded(context).text
    return any(_stands_in(word, folded) for word in name.context)


def _stands_in(word: str, folded: str) -> bool:
    wanted = Folded(word).text
    return wanted in folded or (_NO_SPACES.search(word) is not None and wanted.strip(GAP) in folded)


@cache
def everyday_words() -> frozenset[str]:
    """Return words of everyday language that are brands as well."""
    lines = files("pipeline.matching").joinpath("data", "everyday-words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
