"""Fuzzy: a word of a name that is misspelt (`Burbery`, `adadis`), or cut short where it is in disguise already (`𝗩𝗘𝗥𝗦𝗔`).

Only rare words are looked at: what people say every day, and what is a word of any name, means itself.
"""

import re
from collections import defaultdict
from itertools import islice

from rapidfuzz.distance import OSA

from pipeline.events.match import Method
from pipeline.matching.common import is_known
from pipeline.matching.everyday import is_everyday, is_word
from pipeline.matching.fold import letter
from pipeline.matching.view import Unmasked
from pipeline.matching.words import Words
from pipeline.policy.memo import Memo

METHOD: Method = "fuzzy"
LONG_ENOUGH = 8  # letters of a word that is looked at wherever it stands
_FIRST = 2  # words of a text, of which shorter ones are looked at, too: sellers put the brand first
_LEAST = 5  # letters of a name's word: shorter ones have too many neighbours
_MOST = 40  # letters of a word that is looked at
_LONG = 7  # letters from which on one may be another: by chance, two shorter words differ by one letter too often
_LEAST_CUT = 4  # letters that are left of a word that is cut short
_TOKEN = re.compile(r"(?<![^\W_])[^\W\d_]+(?![^\W_])")
_STYLED = re.compile("[\u2102-\u2134\uff21-\uff5a\U0001d400-\U0001d7ff]")
_LONG_TOKEN = re.compile(rf"(?<![^\W_])[^\W\d_]{{{LONG_ENOUGH},}}(?![^\W_])")


def look(text: str, _folded: str, known: Words) -> list[Unmasked]:
    """Return the words, short ones only among the first, that are nearly a word of a name, and of one only."""
    styled = not text.isascii() and _STYLED.search(text) is not None
    first = list(islice(_TOKEN.finditer(text), _FIRST))
    rest = _LONG_TOKEN.finditer(text, first[-1].end()) if len(first) == _FIRST else ()
    return [one for token in (*first, *rest) if (styled or token[0].isascii()) and (one := _unmask(token, known))]


def _unmask(token: re.Match[str], known: Words) -> Unmasked | None:
    own = token[0]
    word = _read(own.lower(), known) if own.isascii() else _read_styled(own, known)
    return Unmasked(*token.span(), word) if word and not is_everyday(own, token.string) else None


def _read_styled(own: str, known: Words) -> str:
    """Read a word in letters of formulas or of full width: whoever takes them means a name, and may cut it short."""
    word = "".join(map(letter, own))
    if not word.isascii() or len(word) != len(own):
        return ""
    return _read(word, known) or (_continued(word, known) if len(word) >= _LEAST_CUT and word not in known else "")


def _read(own: str, known: Words) -> str:
    """Return the one word of a name that a rare word is a mistake for; empty where there is none, or more than one."""
    if not _LEAST - 1 <= len(own) <= _MOST or own in known or is_known(own):
        return ""
    return known.table(_memo).get(own, lambda word: _nearest(word, known))


def _memo(_known: Words) -> Memo[str]:
    return Memo()


def _nearest(own: str, known: Words) -> str:
    near = known.table(_neighbours)
    candidates = {word for key in _keys(own) for word in near.get(key, ())}
    best = [word for word in candidates if _is_mistake(own, word)]
    return best[0] if len(best) == 1 else ""


def _is_mistake(own: str, word: str) -> bool:
    """Tell whether a word is another with one mistake, which a reader hardly sees.

    A letter too few or too many; letters in another order between the same first and last; in a long word, another letter than the first.
    Four letters must be the beginning of five.
    """
    if len(own) < _LEAST:
        return word.startswith(own)
    if len(own) != len(word):
        return OSA.distance(own, word) == 1
    if sorted(own) == sorted(word):
        return OSA.distance(own, word) <= 2
    return len(own) >= _LONG and own[0] == word[0] and OSA.distance(own, word) == 1


def _keys(word: str) -> list[str]:
    """Return what two words one mistake apart have in common: the word, what is left of it without any one letter, and its letters."""
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word))), f"{word[0]}-{''.join(sorted(word))}-{word[-1]}"]


def _neighbours(known: Words) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in known.table(_distinctive):
        for key in _keys(word):
            found[key].append(word)
    return dict(found)


def _distinctive(known: Words) -> tuple[str, ...]:
    """Return the words of names that are no words of everyday: only these are worth a guess."""
    return tuple(sorted(word for word in known if len(word) >= _LEAST and word.isascii() and word.isalpha() and not is_word(word)))


def _continued(own: str, known: Words) -> str:
    """Return the one word of a name that begins like this; empty where there is none, or more than one."""
    words = [word for word in known.table(_distinctive) if word.startswith(own)]
    return words[0] if len(words) == 1 else ""
