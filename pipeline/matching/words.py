"""The words of all names: what a disguise is looked for behind, and tables of them."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Words(frozenset[str]):
    """Folded words. What is worked out from them is kept with them, so that it goes when they go, and no set is ever compared."""

    short: frozenset[str] = frozenset()  # names of one word, too short to be among the words: two or three letters, two Chinese characters
    _tables: dict[Callable[..., Any], Any]

    def table(self, make: Callable[["Words"], T]) -> T:
        """Return what a function makes of the words; it is made once."""
        tables = self.__dict__.setdefault("_tables", {})
        if make not in tables:
            tables[make] = make(self)
        return cast("T", tables[make])
