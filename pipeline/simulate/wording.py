"""The words of titles and descriptions other than brands and goods, by language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.simulate.data_files import read_toml


@dataclass(frozen=True, slots=True)
class Wording:
    """One language: templates of titles, and words to fill them."""

    title: str
    adjectives: tuple[str, ...]
    colours: tuple[str, ...]
    extras: tuple[str, ...]
    reference: tuple[str, ...]  # titles of accessories
    used: tuple[str, ...]
    genuine: tuple[str, ...]  # what honest sellers claim
    denials: tuple[str, ...]  # what honest sellers say about fakes, in words of that trade
    replica: tuple[str, ...]  # the vocabulary of the trade in replicas
    hints: tuple[str, ...]  # what its sellers say without saying it
    sentences: tuple[str, ...]
    innocent: tuple[str, ...]  # titles that sound like a brand or a replica, and are neither


@cache
def wording() -> Mapping[str, Wording]:
    """Return the wording of each language."""
    return {language: Wording(**_frozen(table)) for language, table in read_toml("wording.toml").items()}


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
