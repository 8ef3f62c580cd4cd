"""Make the lists pipeline/matching/data/chinese-{words,makers,names,places}.txt from CC-CEDICT.

python scripts/update_chinese_words.py cedict.txt.gz   (from https://www.mdbg.net/chinese/dictionary?page=cc-cedict)

CC-CEDICT writes the reading of a proper name with a capital.

- words: have a reading in small letters, so another sense than a name's; both scripts, but no variants and nothing out of use
- makers: those of the words that the dictionary knows as a company as well (小米: millet, and Xiaomi); in a shop the company is meant
- names: proper names of three characters or more, in which no shorter word can be told apart (匹克 in 奥林匹克, 三星 in 三星堆)
- places: provinces, cities and their like, which sellers put before a brand (上海永久)
"""

import gzip
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent.parent / "pipeline/matching/data"
LONGEST = 4  # characters: a longer entry is a phrase
_ROW = re.compile(r"(\S+) (\S+) \[([^\]]+)\] /(.+)/$", re.MULTILINE)
_HAN = re.compile("[\u3400-\u9fff]+")
_OUT_OF_USE = re.compile(r"(?:\w+ )?variant of|\(?(?:archaic|old|literary|dialect)\)|surname|abbr\. ", re.IGNORECASE)
_PLACE = re.compile(r"(?:-level|provincial) city|\bprovince\b|municipality|autonomous region|\bcapital\b", re.IGNORECASE)
_MAKER = re.compile(r"\b(?:company|corporation|manufacturer|brand|maker|retailer)\b", re.IGNORECASE)
_NAME = re.compile(r"[A-Z][a-z]{3,}")
_DATE = re.compile(r"^#! date=(.+)$", re.MULTILINE)


class Entry(NamedTuple):
    """A word in both scripts, its reading, and what it means."""

    traditional: str
    simplified: str
    reading: str
    senses: tuple[str, ...]


def entries(text: str) -> Iterator[Entry]:
    """Yield the entries that are written in Chinese characters alone and are no longer than a word."""
    for traditional, simplified, reading, senses in _ROW.findall(text.replace("\r", "")):
        if len(simplified) <= LONGEST and _HAN.fullmatch(traditional) and _HAN.fullmatch(simplified):
            yield Entry(traditional, simplified, reading, tuple(senses.split("/")))


def is_word(entry: Entry) -> bool:
    """Tell whether an entry is no proper name, and in use."""
    return entry.reading[0].islower() and not all(_OUT_OF_USE.match(sense) for sense in entry.senses)


def is_place(entry: Entry) -> bool:
    """Tell whether an entry is a province, a city or their like, which a seller may name as the origin of goods."""
    return entry.reading[0].isupper() and any(_PLACE.search(sense) for sense in entry.senses)


def is_maker(entry: Entry, english: frozenset[str]) -> bool:
    """Tell whether an entry is the name of a company, or of nothing else than one foreign name (联想: Lenovo)."""
    if entry.reading[0].islower() or len(entry.simplified) < 2:
        return False
    is_one_name = len(entry.senses) == 1 and _NAME.fullmatch(entry.senses[0]) and entry.senses[0].casefold() not in english
    return bool(is_one_name) or any(_MAKER.search(sense) for sense in entry.senses)


def is_name(entry: Entry) -> bool:
    """Tell whether an entry is a proper name of three characters or more, and neither a company nor a place that goods come from."""
    is_proper = entry.reading[0].isupper() and len(entry.simplified) >= 3
    return is_proper and not is_place(entry) and not any(_MAKER.search(sense) for sense in entry.senses)


def spellings(found: Iterator[Entry]) -> list[str]:
    """Return the spellings of entries in both scripts, each once, in the order of their characters."""
    return sorted({spelling for entry in found for spelling in (entry.traditional, entry.simplified)})


def write(name: str, what: str, date: str, words: list[str]) -> None:
    """Write a list of words, with the date of the dictionary that it was made from."""
    header = [f"# {what} of CC-CEDICT, {date}, in simplified and traditional characters; see LICENSE-cedict."]
    (DATA / name).write_text("\n".join([*header, *words]) + "\n", encoding="utf-8")


def main(source: Path) -> None:
    """Write the lists."""
    text = gzip.decompress(source.read_bytes()).decode("utf-8")
    known, date = list(entries(text)), (_DATE.findall(text) or ["undated"])[0].strip()
    english = frozenset((DATA / "english-words.txt").read_text(encoding="utf-8").split())
    words, makers = spellings(filter(is_word, known)), spellings(entry for entry in known if is_maker(entry, english))
    write("chinese-words.txt", "Words", date, words)
    write("chinese-makers.txt", "Words that are companies too", date, sorted({*words}.intersection(makers)))
    write("chinese-names.txt", "Proper names", date, spellings(filter(is_name, known)))
    write("chinese-places.txt", "Places", date, spellings(filter(is_place, known)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
