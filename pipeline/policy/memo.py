"""A memo of what was found in short texts: brands, attributes and stock phrases come again and again."""

from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")

_MOST, _LONGEST = 8_192, 64  # texts that are kept, and characters of a text that is


class Memo(Generic[V]):
    """Keeps what a pure function has found. It is given the function with each text: to hold it would keep its owner alive for ever."""

    def __init__(self) -> None:
        self._known: dict[str, V] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, text: str, find: Callable[[str], V]) -> V:
        """Return what there is in a text; it is looked for where it is not kept."""
        if len(text) > _LONGEST:
            return find(text)
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[text] = find(text)
        return found
