"""Zipf's law: the n-th most popular brand is asked for 1/n as often as the first."""

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Popularity(Generic[T]):
    """Picks items that stand in the order of their popularity."""

    def __init__(self, items: Sequence[T]) -> None:
        if not items:
            raise ValueError("there is nothing to pick from")
        self._items = items
        self._sums = list(accumulate(1 / rank for rank in range(1, len(items) + 1)))

    def at(self, share: float) -> T:
        """Return the item at a share, from 0 to below 1, of all demand."""
        return self._items[min(bisect(self._sums, share * self._sums[-1]), len(self._items) - 1)]

    def pick(self, chance: Random) -> T:
        """Return an item by chance."""
        return self.at(chance.random())
