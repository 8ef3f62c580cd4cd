"""Reads the tables of `data/`: word lists, kinds of goods, brands."""

import gzip
import tomllib
from importlib.resources import files
from typing import Any

import orjson


def read_toml(name: str) -> dict[str, Any]:
    """Return a table of the data folder."""
    return tomllib.loads((files("pipeline.simulate") / "data" / name).read_text(encoding="utf-8"))


def read_rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of a packed list of the data folder."""
    packed = (files("pipeline.simulate") / "data" / name).read_bytes()
    return [orjson.loads(line) for line in gzip.decompress(packed).splitlines()]
