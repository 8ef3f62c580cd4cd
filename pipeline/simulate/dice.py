"""Chance, by concern: each concern has dice of its own, so that a change in one leaves the others as they were."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def dice(seed: int, concern: str) -> Random:
    """Return the dice of one concern."""
    return Random(f"{seed} {concern}")


def pick(chance: Random, items: Sequence[T]) -> T:
    """Return one of the items. Quicker than Random.choice, and as even as these lists need."""
    return items[int(chance.random() * len(items))]


def between(chance: Random, low: float, high: float) -> float:
    """Return a number from low to high."""
    return low + (high - low) * chance.random()
