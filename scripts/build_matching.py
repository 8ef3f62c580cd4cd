"""Write docs/matching.md: how names are found in texts, and how much of each way of writing.

python -m scripts.build_matching [FILE]
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from pipeline.matching.fold import VERSION
from pipeline.matching.index import SCORES, BrandIndex
from pipeline.matching.name import Name
from pipeline.simulate.brands import brands
from scripts.spellings import CHINESE, LATIN, Write

DOCS = Path(__file__).parent.parent / "docs" / "matching.md"
TEXT = Path(__file__).parent / "matching.md"
NAMES = 200
_LEAST, _LEAST_CHINESE = 5, 3  # letters and characters of a name that is measured
_PLACES = {"first": "{} 2024 new", "inside": "two pieces {} 2024 new"}


class Found(NamedTuple):
    """How much of one way of writing is found: an example, and shares of the names by where they stand."""

    way: str
    example: str
    names: int
    shares: Mapping[str, float]


@cache
def measure() -> tuple[Found, ...]:
    """Return how much is found of each way of writing, over names of the registry that the program ships; chance has a seed."""
    known = brands(8_000)
    names = [Name(brand.name, number, own=True) for number, brand in enumerate(known)]
    names += [Name(alias.text, number, alias.kind) for number, brand in enumerate(known) for alias in brand.aliases]
    index = BrandIndex(names)
    latin = [
        name for name in names if name.own and name.text.isascii() and len(name.text) >= _LEAST and name.text.replace(" ", "").isalpha()
    ]
    chinese = [name for name in names if len(name.text) >= _LEAST_CHINESE and all("\u4e00" <= char <= "\u9fff" for char in name.text)]
    return (*_each(index, LATIN, latin), *_each(index, CHINESE, chinese))


def _each(index: BrandIndex, ways: Mapping[str, Write], names: Sequence[Name]) -> Iterator[Found]:
    chosen = Random(1).sample(names, min(NAMES, len(names)))
    return (_found(index, way, write, chosen) for way, write in ways.items())


def _found(index: BrandIndex, way: str, write: Write, names: Sequence[Name]) -> Found:
    chance = Random(1)
    written = [(name.owner, text) for name in names if (text := write(name.text, chance)) != name.text]
    shares = {
        place: sum(any(hit.owner == owner for hit in index.find(around.format(text))) for owner, text in written) / len(written)
        for place, around in _PLACES.items()
    }
    return Found(way, written[0][1], len(written), shares)


def document() -> str:
    """Return the document: the text, with its tables."""
    rows = [
        f"| {one.way} | `{one.example}` | {one.names} | " + " | ".join(f"{share:.0%}" for share in one.shares.values()) + " |"
        for one in measure()
    ]
    found = "\n".join(["| written with | example | names | found first in a text | found inside |", "|---|---|---|---|---|", *rows])
    scores = "\n".join(["| method | score |", "|---|---|", *(f"| {method} | {score} |" for method, score in SCORES.items())])
    return (
        TEXT.read_text(encoding="utf-8")
        .replace("<!-- version -->", str(VERSION))
        .replace("<!-- scores -->", scores)
        .replace("<!-- found -->", found)
    )


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS).write_text(document(), encoding="utf-8")
