"""Which language a listing is in: what it says, or a cheap guess by the script of its title, marked with a question mark."""

import re
import unicodedata

LEAST = 0.2  # share of the letters that must be of another script than Latin: shops of every language write brands in Latin letters
_LETTERS = re.compile(r"[^\W\d_]")

# Blocks of the Unicode standard. Kana and Hangul come before Han, since Japanese and Korean use it as well.
_SCRIPTS = {
    "kana?": re.compile(r"[\u3040-\u30fa\u30fc-\u30ff\uff66-\uff9f]"),
    "hangul?": re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"),
    "han?": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]"),
    "thai?": re.compile(r"[\u0e00-\u0e7f]"),
    "cyrillic?": re.compile(r"[\u0400-\u052f]"),
}
_VIETNAMESE = re.compile(r"[\u1ea0-\u1ef9ơưđ]", re.IGNORECASE)  # letters that no other large language uses
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


def language_of(declared: str | None, title: str) -> str:
    """Return the language that a listing declares, in small letters; where it declares none, the guess."""
    return declared.casefold() if declared else guessed(title)


def guessed(title: str) -> str:
    """Guess by script: `han?`, `kana?`, `hangul?`, `thai?`, `cyrillic?`, `vietnamese?`, `latin?`; `none?` where there is no letter."""
    if title.isascii():
        return "latin?" if _LETTERS.search(title) else "none?"
    text = unicodedata.normalize("NFC", title)
    letters = len(_LETTERS.findall(text))
    counts = {name: len(script.findall(text)) for name, script in _SCRIPTS.items()}
    if sum(counts.values()) > LEAST * letters:
        return _leading(counts)
    if _VIETNAMESE.search(text):
        return "vietnamese?"
    return "latin?" if _LATIN.search(text) else "other?" if letters else "none?"


def _leading(counts: dict[str, int]) -> str:
    """Return the script with the most letters; kana or Hangul beside Han says more than Han does."""
    if counts["han?"] and (counts["kana?"] or counts["hangul?"]):
        counts = {**counts, "han?": 0}
    return max(counts, key=lambda name: counts[name])
