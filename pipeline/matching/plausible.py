"""Whether a name, where it stands, is likely to mean the brand: short names and common words often do not."""

import re
from functools import cache
from importlib.resources import files

from pipeline.events.match import Method
from pipeline.matching.fold import GAP, fold
from pipeline.matching.name import Name

_SHORT = 3  # letters: so short a name must be written as it is registered
_NO_SPACES = re.compile("[\u0e00-\u0eff\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def may_be_searched(name: Name, searched: str) -> bool:
    """Tell whether a name can be searched at all: two letters or more, and no mere number."""
    letters = searched.replace(GAP, "")
    return len(letters) >= 2 and not letters.isdigit()


def is_plausible(name: Name, written: str, text: str, method: Method) -> bool:
    """Tell whether the way a name is written fits: a short or everyday one must have its own capitals, where the text has any."""
    if method in ("leetspeak", "confusable", "spaced") or not written.isascii():
        return True
    key = written.casefold()
    everyday = key in everyday_words()
    if len(key) > _SHORT and not everyday:
        return True
    if written != name.text:
        return False
    return not (everyday or len(key) <= 2) or not _is_shouted(text)


def _is_shouted(text: str) -> bool:
    """Tell whether capitals say nothing, because there is nothing else."""
    return text.upper() == text


def fits_context(name: Name, context: str, written: str) -> bool:
    """Tell whether a common word stands in the brand's context; without one it must at least have the brand's capitals."""
    if not name.common:
        return True
    if not name.context:
        return written == name.text
    folded = fold(context)
    return any(_stands_in(word, folded) for word in name.context)


def _stands_in(word: str, folded: str) -> bool:
    wanted = fold(word)
    return wanted in folded or (_NO_SPACES.search(word) is not None and wanted.strip(GAP) in folded)


@cache
def everyday_words() -> frozenset[str]:
    """Return words of everyday language that are brands as well."""
    lines = files("pipeline.matching").joinpath("data", "everyday-words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
