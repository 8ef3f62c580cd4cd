"""Chinese words: what a name says when no brand is meant (苹果: an apple), and the longer words that it may be a part of.

Source: CC-CEDICT, by `scripts/update_chinese_words.py`. A reading with a capital is a proper name there, so 耐克 is no word, and 苹果 is.
"""

from functools import cache
from importlib.resources import files

from pipeline.matching.everyday import trade_words
from pipeline.matching.fold import Place

LONGEST = 4  # characters of a word in the list


def is_chinese_word(word: str) -> bool:
    """Tell whether a word, in simplified or traditional characters, is one of the language and no proper name or company too."""
    return word in chinese_words() and word not in chinese_makers()


def is_part_of_a_word(text: str, start: int, end: int) -> bool:
    """Tell whether what stands at text[start:end] is no word of its own there: a longer word covers it, or two words meet in it.

    匹克 in 奥林匹克 is covered; 明基 in 透明基础 is the end of one word and the beginning of the next, and 星级 in 三星级 goes on where the
    name ends, which is a word itself. Where the name stands as well between two words (本市|电信|号码, and not 电信号), it is one.
    """
    left, right = _reach(text, start, end)
    return (left < start or right > end) and not (
        (left == start or _ends_a_word(text, left, start)) and (right == end or _begins_a_word(text, end, right))
    )


def is_place(word: str) -> bool:
    """Tell whether a word is a province or a city: where goods come from."""
    return word in chinese_places()


def _is_covering(stretch: str) -> bool:
    """Tell whether no shorter word inside a stretch is a word of its own."""
    return stretch in chinese_words() or stretch in chinese_names()


def _reach(text: str, start: int, end: int) -> Place:
    """Return what the words take up that cover text[start:end] and more; the place itself where none do."""
    words = chinese_words()
    for length in range(LONGEST, end - start, -1):
        for first in range(max(end - length, 0), min(start, len(text) - length) + 1):
            if _is_covering(text[first : first + length]):
                return first, first + length
    for middle in range(start + 1, end):
        first = next((at for at in range(max(middle - LONGEST, 0), start) if text[at:middle] in words), start)
        last = next((at for at in range(min(middle + LONGEST, len(text)), end, -1) if text[middle:at] in words), end)
        if last > end and (first < start or text[start:end] in words):
            return first, last
    return start, end


def _ends_a_word(text: str, left: int, start: int) -> bool:
    """Tell whether a word of two characters or more ends at `start` that begins before `left`, or there."""
    return any(text[first:start] in chinese_words() for first in range(max(start - LONGEST, 0), min(left, start - 2) + 1))


def _begins_a_word(text: str, end: int, right: int) -> bool:
    """Tell whether a word of two characters or more begins at `end` that ends after `right`, or there."""
    return any(text[end:last] in chinese_words() for last in range(max(right, end + 2), min(end + LONGEST, len(text)) + 1))


@cache
def chinese_words() -> frozenset[str]:
    """Return the words of Chinese that have another sense than a proper name's, and those of the trade."""
    return _read("chinese-words.txt") | frozenset(word for word in trade_words() if not word.isascii())


@cache
def chinese_names() -> frozenset[str]:
    """Return proper names of three characters or more (奥林匹克: Olympic, 三星堆: Sanxingdui), which are not made of words."""
    return _read("chinese-names.txt")


@cache
def chinese_makers() -> frozenset[str]:
    """Return those of the words that the dictionary knows as a company as well (小米: millet, and Xiaomi)."""
    return _read("chinese-makers.txt")


@cache
def chinese_places() -> frozenset[str]:
    """Return the names of provinces and cities."""
    return _read("chinese-places.txt")


def _read(name: str) -> frozenset[str]:
    lines = files("pipeline.matching").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
