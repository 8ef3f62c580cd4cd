"""Make the tables of Chinese characters in pipeline/matching/data: hanzi.tsv, the simplified form of each traditional character, and
pinyin.tsv, how each character is spoken.

python -m scripts.update_hanzi

Sources: OpenCC's table of characters, which opencc-python-reimplemented carries (data/LICENSE-opencc); pypinyin (data/LICENSE-pypinyin).
Of several forms or readings the first, which is the usual one, is kept; tones are left out. Only the 6,763 characters of GB 2312 are
spoken: a brand that wants to be read uses no others.
"""

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from pypinyin import lazy_pinyin

DATA = Path(__file__).parent.parent / "pipeline/matching/data"


def simplified() -> Iterator[tuple[str, str]]:
    """Yield (traditional, simplified) characters."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    for line in filter(None, table.splitlines()):
        traditional, forms = line.split("\t")
        if traditional != (first := forms.split(" ")[0]):
            yield traditional, first


def spoken() -> Iterator[tuple[str, str]]:
    """Yield (character, reading) of GB 2312, in whose code the characters begin at row 0xB0."""
    codes = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    for char in (code.decode("gb2312", errors="ignore") for code in codes):
        if char:
            yield char, lazy_pinyin(char, v_to_u=False)[0]


def write(name: str, source: str, rows: Iterable[tuple[str, str]]) -> None:
    """Write a table, with the version that it was made from."""
    lines = [f"# From {source} {version(source)}; see the LICENSE beside this file.", *("\t".join(row) for row in sorted(rows))]
    (DATA / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write("hanzi.tsv", "opencc-python-reimplemented", simplified())
    write("pinyin.tsv", "pypinyin", spoken())
