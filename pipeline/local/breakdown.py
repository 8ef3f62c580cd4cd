"""Scores of parts of a set: by language, by source."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
F = TypeVar("F")


def by(group_of: Callable[[T], str], listings: Iterable[T], score: Callable[[Sequence[T]], F]) -> dict[str, F]:
    """Score each group on its own: the largest first, then by name. Each listing is in exactly one group."""
    groups: dict[str, list[T]] = {}
    for listing in listings:
        groups.setdefault(group_of(listing), []).append(listing)
    return {name: score(group) for name, group in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))}
