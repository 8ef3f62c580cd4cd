"""The registry of rights, as it holds from one tick to the next."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from pipeline.events.right import Alias, Right
from pipeline.matching.index import BrandIndex
from pipeline.matching.name import Name
from pipeline.stages.bank import Bank


class Registry:
    """Rights by their id, and the index of the names in which trademarks are written."""

    def __init__(self, rights: Iterable[Right], version: str) -> None:
        self.version = version
        self.rights = {right.right_id: right for right in rights}
        self.named = tuple(right for right in self.rights.values() if right.kind == "trademark" and right.status != "withdrawn")

    def known(self, right_ids: Iterable[str]) -> tuple[Right, ...]:
        """Return the rights of these ids that there are."""
        return tuple(self.rights[right_id] for right_id in right_ids if right_id in self.rights)

    @cached_property
    def index(self) -> BrandIndex:
        """The search index; an owner in it is a position in `named`."""
        return BrandIndex(name for number, right in enumerate(self.named) for name in _names(number, right))

    @cached_property
    def bank(self) -> Bank:
        """The pictures that rights name."""
        return Bank(right for right in self.rights.values() if right.status != "withdrawn")


def _names(number: int, right: Right) -> Iterable[Name]:
    """Yield the brand and its aliases, each spelling once; one that is both on trial and not is not."""
    spellings: dict[str, Alias] = {right.brand: Alias(right.brand)}
    for alias in sorted(map(as_alias, right.aliases), key=lambda one: one.status == "shadow"):
        spellings.setdefault(alias.text, alias)
    for text, alias in spellings.items():
        common = alias.common_word or (right.common_word and alias.kind != "product_line")
        shadow = "shadow" in (right.status, alias.status)
        yield Name(text, number, alias.kind, text == right.brand, common, right.context, shadow=shadow)


def as_alias(alias: str | Alias) -> Alias:
    """Return an alias in its long form."""
    return alias if isinstance(alias, Alias) else Alias(alias)


def holds(right: Right, at: datetime, territories: tuple[str, ...]) -> bool:
    """Tell whether a right holds at a time where a listing is offered. No territories, of either, stand for everywhere."""
    return is_valid(right, at) and meets(right, territories)


def meets(right: Right, territories: tuple[str, ...]) -> bool:
    """Tell whether a right holds where a listing is offered. No territories, of either, stand for everywhere."""
    return not right.territories or not territories or not set(right.territories).isdisjoint(territories)


def is_valid(right: Right, at: datetime) -> bool:
    """Tell whether a right holds at a time."""
    return (right.valid_from is None or right.valid_from <= at) and (right.valid_until is None or at < right.valid_until)
