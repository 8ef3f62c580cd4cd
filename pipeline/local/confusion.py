"""What was taken for what: misses of a kind together, the worst first. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.local.misses import ASKED, CLEARED, DOWN, Miss


@dataclass(frozen=True, slots=True)
class Confusion:
    """Misses of a kind: `true` brands and the `found` one, or the `reason` of wrong decisions; the worst examples first."""

    what: str
    true: tuple[str, ...]
    found: str | None
    reason: str
    misses: tuple[Miss, ...]

    @property
    def count(self) -> int:
        """How often it happened."""
        return len(self.misses)

    def as_json(self) -> dict[str, Any]:
        """Return what it is and how often it happened; examples stand in the table of misses."""
        about = {"true": self.true, "found": self.found} if self.what not in (DOWN, ASKED, CLEARED) else {"reason": self.reason}
        return {"what": self.what, **about, "count": self.count}


def brand_confusions(misses: Iterable[Miss]) -> list[Confusion]:
    """Group misses of brands by what was there and what was found: what happened most often first, then by name."""
    groups: dict[tuple[str, tuple[str, ...], str], list[Miss]] = {}
    for miss in misses:
        groups.setdefault((miss.what, miss.true, miss.found.brand_id if miss.found else ""), []).append(miss)
    found = [Confusion(what, true, brand or None, "", tuple(group)) for (what, true, brand), group in groups.items()]
    return sorted(found, key=lambda one: (-one.count, one.what, one.true, one.found or ""))


def decision_confusions(misses: Iterable[Miss]) -> list[Confusion]:
    """Group wrong decisions by the signals behind them: genuine goods taken down first, then those asked about, then counterfeits cleared.

    Within each what happened most often comes first; its examples by score, the highest first: of genuine goods the gravest, of
    counterfeits those that were nearest to being found.
    """
    groups: dict[tuple[str, str], list[Miss]] = {}
    for miss in misses:
        groups.setdefault((miss.what, miss.reason), []).append(miss)
    found = [Confusion(what, (), None, reason, _worst_first(group)) for (what, reason), group in groups.items()]
    order = (DOWN, ASKED, CLEARED)
    return sorted(found, key=lambda one: (order.index(one.what), -one.count, one.reason))


def _worst_first(misses: Sequence[Miss]) -> tuple[Miss, ...]:
    return tuple(sorted(misses, key=lambda miss: -miss.best.score if miss.best else float("inf")))
