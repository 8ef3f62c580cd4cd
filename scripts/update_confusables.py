"""Make pipeline/matching/data/confusables.tsv from the Unicode Consortium's table.

python scripts/update_confusables.py confusables.txt   (from https://www.unicode.org/Public/security/latest/confusables.txt)

Kept are the characters outside of ASCII that look like one ASCII letter or digit: a brand's letters are what they imitate. Added are the
small capitals (ʙ, ʀ), which the source likens to other letters only, and whose names say what they are.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from unicodedata import name

TARGET = Path(__file__).parent.parent / "pipeline/matching/data/confusables.tsv"
_ROW = re.compile(r"([0-9A-F]+) ;\t([0-9A-F]+) ;\tMA\t")
_SMALL_CAPITAL = re.compile("LATIN LETTER SMALL CAPITAL ([A-Z])")
_HEADER = re.compile(r"# (Version|Date): (.+)")


def rows(text: str) -> Iterator[tuple[str, str]]:
    """Yield (character, ASCII letter or digit) in the order of the characters."""
    found = {chr(code): capital[1].lower() for code in range(0x250, 0xFFFF) if (capital := _SMALL_CAPITAL.fullmatch(name(chr(code), "")))}
    for row in filter(None, map(_ROW.match, text.splitlines())):
        if chr(int(row[2], 16)).isascii():
            found[chr(int(row[1], 16))] = chr(int(row[2], 16))
    for character in sorted(found):
        if not character.isascii() and found[character].isalnum():
            yield character, found[character]


def main(source: Path) -> None:
    """Write the table, with the version that it was made from."""
    text = source.read_text(encoding="utf-8-sig")
    header = [f"# {name}: {value}" for name, value in _HEADER.findall(text)]
    lines = [f"{ord(character):04X}\t{letter}" for character, letter in rows(text)]
    TARGET.write_text(
        "\n".join(["# From the Unicode Consortium's confusables.txt; see LICENSE-unicode.", *header, *lines]) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
