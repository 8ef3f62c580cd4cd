"""Evidence: what one place says of a name, as a brand's or as a word. Many of them tell whether a name is a common word."""

from typing import Literal

from pipeline.matching.chinese_lead import leads_in_chinese
from pipeline.matching.fold import has_no_spaces
from pipeline.matching.lead import leads

Stands = Literal["brand", "word", "unclear"]


def stands_as(text: str, start: int, end: int) -> Stands:
    """Tell how what stands at text[start:end] stands there.

    As a brand: where sellers put one, or, in a text of mixed case, with capitals that its neighbours lack. As a word: in small letters in
    a text of mixed case, or elsewhere in a script without capitals. All else is unclear: capitals say nothing in a text of one case, or in
    one where Every Word Has Them.
    """
    written = text[start:end]
    if leads(text, start):
        return "brand"
    if has_no_spaces(written):
        return "brand" if leads_in_chinese(text, start, end) else "word"
    if text.islower() or text.isupper() or written.lower() == written.upper():
        return "unclear"
    if written.islower():
        return "word"
    return "unclear" if _has_capitals_throughout(text[:start] + text[end:]) else "brand"


def _has_capitals_throughout(text: str) -> bool:
    """Tell whether hardly a word of a text begins with a small letter."""
    words = [word for word in text.split() if word[0].isalpha()]
    return 2 * sum(word[0].islower() for word in words) <= len(words)
