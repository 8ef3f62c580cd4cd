"""Leetspeak: digits and signs in the place of letters they look like (`N1KE`, `Guc€i`)."""

import re
from itertools import product

from pipeline.events.match import Method
from pipeline.matching.view import LEAST, Unmasked
from pipeline.matching.words import Words

METHOD: Method = "leetspeak"
_SIGNS = "@$€£¥!|¡+"
_ANY = re.compile(f"[0-9{_SIGNS}](?:(?=[A-Za-z])|(?<=[A-Za-z].))", re.DOTALL)  # begins with what is rare: quick
_MIXED = f"(?=[A-Za-z]*[0-9{_SIGNS}])(?=[0-9{_SIGNS}]*[A-Za-z])"  # letters and others
_TOKEN = re.compile(f"(?<![A-Za-z0-9@$€£¥]){_MIXED}[A-Za-z0-9@$€£¥][A-Za-z0-9{_SIGNS}]*[A-Za-z0-9@$€£¥]")
_LETTERS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s", "£": "l", "¥": "y", "+": "t"}
_READINGS = tuple(  # a stroke is read as i or as l, the sign of the euro as e or as c
    str.maketrans({**_LETTERS, **dict.fromkeys("1!|¡", stroke), "€": euro}) for stroke, euro in product("il", "ec")
)
_CODE = re.compile(".*[0-9]{2}|[0-9].{0,4}$")  # neighbouring digits name a model (`A50s`), a first one before a short word counts (`3stel`)


def look(text: str, _folded: str, known: Words) -> list[Unmasked]:
    """Return the tokens that read as a word of a name."""
    if not _ANY.search(text):
        return []
    return [one for token in _TOKEN.finditer(text) if (one := _read(token, known))]


def _read(token: re.Match[str], known: Words) -> Unmasked | None:
    own = token[0].lower()
    if len(own) < LEAST or own.isalpha() or 2 * sum(map(str.isalpha, own)) <= len(own) or _CODE.match(own):
        return None
    for reading in _READINGS:
        word = own.translate(reading)
        if word in known:
            return Unmasked(*token.span(), word)
    return None
