"""Make pipeline/simulate/data/brands.jsonl.gz anew from a list of brands. The same every time.

python scripts/build_brands.py BRANDS_JSONL [OUT]

Kept are the rows that stem from the name-suggestion-index (BSD-3-Clause), and of rows that were merged with other lists only what the
index itself gives: the name, aliases in Latin letters, and categories of its own.
"""

import gzip
import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCE = "name-suggestion-index"
OTHER_LISTS = "x/"  # prefix of categories that other lists added
TARGET = Path(__file__).parent.parent / "pipeline" / "simulate" / "data" / "brands.jsonl.gz"


def build(source: Path, target: Path) -> int:
    """Write the packed list; return the number of brands."""
    rows = list(kept(source))
    text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    with target.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        packed.write(text.encode())
    return len(rows)


def kept(source: Path) -> Iterator[dict[str, Any]]:
    """Yield what is kept of each brand of the index."""
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if SOURCE in sources(row):
                yield brand(row)


def sources(row: dict[str, Any]) -> list[str]:
    """Return the lists that a row was merged from."""
    return row.get("sources") or [row["source"]]


def brand(row: dict[str, Any]) -> dict[str, Any]:
    """Return id, name, aliases and category of a brand."""
    merged = len(sources(row)) > 1
    aliases = [alias for alias in row["aliases"] if not merged or is_latin(alias)]
    category = next((one for one in row["categories"] if not one.startswith(OTHER_LISTS)), "")
    return {"brand_id": row["brand_id"], "name": row["name"], **({"aliases": aliases} if aliases else {}), "category": category}


def is_latin(text: str) -> bool:
    """Tell whether all letters of a text are Latin ones."""
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in text if letter.isalpha())


if __name__ == "__main__":
    print(f"{build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else TARGET)} brands")
