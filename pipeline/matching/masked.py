"""Masked: letters of a name hidden behind stars, waves and other signs, or signs and emoji set between them (`PR*DA`, 普*达, `N🔥ke`)."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from pipeline.events.match import Method
from pipeline.matching.common import is_known
from pipeline.matching.everyday import is_word
from pipeline.matching.fold import letter
from pipeline.matching.view import HAN, LEAST, LEAST_HAN, Unmasked
from pipeline.matching.words import Words

METHOD: Method = "masked"
_STARS = "*＊"
_EMOJI = "\u2190-\u21ff\u2300-\u2bff\ufe0f\U0001f000-\U0001f1e5\U0001f200-\U0001faff"
_MASK = f"{_STARS}＃#～~•×?？_…{_EMOJI}"
_DOTS = r"\.{2,5}"
_SIGN = re.compile(rf"[{_MASK}]|\.\.|[{HAN}][.·][{HAN}]")
_RUN = f"(?:[{_MASK}]+|{_DOTS})"
_ANY_MASK = re.compile(rf"[A-Za-z{HAN}]{_RUN}[A-Za-z{HAN}]|[{HAN}][.·][{HAN}]|[{_STARS}][A-Za-z]{{4}}|[A-Za-z{HAN}]{{3}}[{_STARS}～]")
_TOKEN = re.compile(rf"(?<![^\W_])[{_STARS}]*[A-Za-z]+(?:{_RUN}[A-Za-z]+)*[{_STARS}]*(?![^\W_])")
_MASKS = re.compile(_RUN)
_HAN_SIGN = f"{_MASK}.·"
_HAN_TOKEN = re.compile(f"[{HAN}]{{1,8}}(?:[{_HAN_SIGN}]+[{HAN}]{{1,8}}|[{_STARS}～]+)")
_MOST_TOKENS = 10  # of a text: each is compared with every word
_MOST = 40  # signs of a token that is looked at
_LEAST_SHOWN = 3  # letters that can be seen
_LEAST_AT_END = 4  # letters that can be seen where a mask stands at an end: a star there may be a footnote's
_MOST_HIDDEN = 3  # letters behind one mask, however many signs it has


def look(text: str, _folded: str, known: Words) -> list[Unmasked]:
    """Return the tokens that only one word of a name fits: a letter behind each sign, else a few; none, where signs part letters."""
    if not _SIGN.search(text) or not _ANY_MASK.search(text):
        return []
    latin = (one for token in islice(_masked(text), _MOST_TOKENS) if (one := _read(token, known)))
    chinese = (one for token in islice(_HAN_TOKEN.finditer(text), _MOST_TOKENS) if (one := _read_han(token, known)))
    return sorted([*latin, *chinese])


def _masked(text: str) -> Iterator[re.Match[str]]:
    return (token for token in _TOKEN.finditer(text) if not token[0].isalpha())


def _read(token: re.Match[str], known: Words) -> Unmasked | None:
    own = token[0].lower()
    shown = _MASKS.sub("", own)
    at_end = own[0] in _STARS or own[-1] in _STARS
    if not LEAST <= len(own) <= _MOST or len(shown) < (_LEAST_AT_END if at_end else _LEAST_SHOWN):
        return None
    if at_end and (is_word(shown) or is_known(shown) or shown in known):
        return None
    if shown in known and not at_end:
        return Unmasked(*token.span(), shown)
    more = range(len(shown) + 1, 2 * len(shown))  # letters of which more are seen than hidden
    word = _only(_shape(own, _as_many), known, [len(own)]) or _only(_shape(own, _some), known, more)
    return Unmasked(*token.span(), word) if word else None


def _as_many(mask: str) -> str:
    return f"[a-z]{{{len(mask)}}}"


def _some(_mask: str) -> str:
    return f"[a-z]{{1,{_MOST_HIDDEN}}}"


def _shape(own: str, hidden: Callable[[str], str]) -> re.Pattern[str]:
    """Return what a word must look like to stand behind a token."""
    parts, at = [], 0
    for mask in _MASKS.finditer(own):
        parts += [own[at : mask.start()], hidden(mask[0])]
        at = mask.end()
    return re.compile("".join([*parts, own[at:]]))


def _only(shape: re.Pattern[str], known: Words, lengths: Iterable[int]) -> str:
    """Return the one word of a shape; empty where there is none, or more than one."""
    words = known.table(_by_length)
    fitting = [word for length in lengths for word in words.get(length, ()) if shape.fullmatch(word)]
    return fitting[0] if len(fitting) == 1 else ""


def _read_han(token: re.Match[str], known: Words) -> Unmasked | None:
    """Read the longest stretch around the sign that is a Chinese name, with a character or two hidden or with none."""
    before, after = ("".join(map(letter, part)) for part in re.split(f"[{_HAN_SIGN}]+", token[0], maxsplit=1))
    masked = known.table(_masked_names)
    for first in range(len(before)):
        for last in range(len(after), -1, -1):
            whole = before[first:] + after[:last]
            word = whole if last and (whole in known or whole in known.short) else masked.get((before[first:], after[:last]))
            if word:
                return Unmasked(token.start() + first, token.end() - len(after) + last, word)
    return None


def _by_length(known: Words) -> dict[int, list[str]]:
    words: dict[int, list[str]] = {}
    for word in sorted(known):
        words.setdefault(len(word), []).append(word)
    return words


def _masked_names(known: Words) -> dict[tuple[str, str], str]:
    """Return the Chinese names by what is seen before and after what is hidden; empty where two names look the same."""
    found: dict[tuple[str, str], str] = {}
    for word in sorted(known):
        if len(word) >= LEAST_HAN and re.fullmatch(f"[{HAN}]+", word):
            for shown in _ways_to_hide(word):
                found[shown] = "" if shown in found else word
    return found


def _ways_to_hide(word: str) -> set[tuple[str, str]]:
    """Return what can be seen before and after one hidden character or two: two characters at least, and three where the end is hidden."""
    ways = {(word[:at], word[at + width :]) for width in (1, 2) for at in range(1, len(word) - width + 1)}
    return {(before, after) for before, after in ways if len(before) + len(after) >= (2 if after else LEAST_HAN)}
