"""Countries, languages and currencies, and what they are called in many languages. Source: Unicode CLDR (data/places.tsv)."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pipeline.matching.fold import pattern


@cache
def countries() -> frozenset[str]:
    """Return the codes of all countries: those of ISO 3166-1 alpha-2, and XK for Kosovo."""
    return frozenset(code for kind, code, *_ in _rows() if kind == "country")


@cache
def currencies() -> frozenset[str]:
    """Return the codes of ISO 4217, with those that are no longer used."""
    return frozenset(code for kind, code, *_ in _rows() if kind == "currency")


def place_called(name: str) -> str:
    """Return what country, region or language is called so, in some language, by its English name; empty where none is."""
    return _places().get(pattern(name), "")


@cache
def _places() -> dict[str, str]:
    """Return the English names of places and languages by what they are called, as it is searched."""
    found: dict[str, str] = {}
    for kind, _, english, *names in _rows():
        for name in names:
            found.setdefault(pattern(name), f"the language {english}" if kind == "language" else english)
    found.pop("", None)
    return found


def _rows() -> Iterator[list[str]]:
    """Yield kind, code, English name, and the names."""
    for line in files("pipeline.care").joinpath("data", "places.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")
