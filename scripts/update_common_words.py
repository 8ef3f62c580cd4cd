"""Make pipeline/matching/data/common-words.txt: the words of Latin letters that people use, in the languages of marketplaces.

python -m scripts.update_common_words

Source: the wordlists of wordfreq (made from subtitles, encyclopedias, news, books and the web); see data/LICENSE-wordfreq. It is not
maintained any more, so its lists stay as they are: 2021's words are common enough.
"""

import re
from importlib.metadata import version
from pathlib import Path

from wordfreq import iter_wordlist, zipf_frequency

TARGET = Path(__file__).parent.parent / "pipeline/matching/data/common-words.txt"
LANGUAGES = ("de", "en", "es", "fil", "fr", "id", "it", "ms", "nl", "pl", "pt", "tr", "vi")
COMMON, KNOWN = 4.0, 3.5  # on the Zipf scale: 4 is ten times, 3.5 three times in a million words
_LEAST = 4  # letters
_LATIN = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]+")


def words(least: float) -> set[str]:
    """Return the words in small letters that are as frequent as this in one of the languages."""
    return {
        word for language in LANGUAGES for word in _of(language, least) if word.isalpha() and _LATIN.fullmatch(word) and len(word) >= _LEAST
    }


def _of(language: str, least: float) -> list[str]:
    return [word for word in iter_wordlist(language, "small") if zipf_frequency(word, language, "small") >= least]


def main() -> None:
    """Write the list: common words first, then those that are only known."""
    common = words(COMMON)
    known = words(KNOWN) - common
    lines = [
        f"# From wordfreq {version('wordfreq')}, languages {' '.join(LANGUAGES)}; see LICENSE-wordfreq..",
        *sorted(common),
        "# known",
        *sorted(known),
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
