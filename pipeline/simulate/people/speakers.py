"""Who speaks for which brand, with which temper and standing; and the rights that they name, rightly or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from pipeline.events.notice import NotifierKind
from pipeline.events.right import Right, RightKind
from pipeline.events.standing import NotifierStanding, Tier
from pipeline.simulate.brands import Brand
from pipeline.simulate.mixing import share
from pipeline.simulate.people.habits import habits
from pipeline.simulate.people.truth import Temper, Who
from pipeline.simulate.registry import holder, rights

SEARCHED = 60  # most popular brands, for whose names careless notifiers let a program search
_SHORTEST = 4  # letters of a name that is searched for


@dataclass(frozen=True, slots=True)
class Notifier:
    """One who sends notices."""

    notifier_id: str
    kind: NotifierKind
    who: Who


class Speakers:
    """Those who speak for brands, and the registry as they know it."""

    def __init__(self, brands: Sequence[Brand], seed: int, start: datetime, days: float) -> None:
        self._seed, self._brands = seed, brands
        self._start, self._days = start, days
        self.rights = tuple(rights(brands, seed, start, days))
        self._by_brand: dict[str, dict[RightKind, Right]] = {}
        for right in self.rights:
            self._by_brand.setdefault(right.brand_id, {})[right.kind] = right

    def rights_of(self, brand_id: str) -> dict[RightKind, Right]:
        """Return the rights of a brand by kind; none of a brand that the registry does not hold."""
        return self._by_brand.get(brand_id, {})

    def of(self, brand_id: str) -> tuple[Notifier, ...]:
        """Return who speaks for a brand: its holder, and perhaps an agency; nobody for a brand whose right names no notifier."""
        mark = self.rights_of(brand_id).get("trademark")
        if mark is None:
            return ()
        return tuple(Notifier(one, "rights_holder" if one == holder(brand_id) else "agent", self.temper(one)) for one in mark.notifier_ids)

    def temper(self, notifier_id: str) -> Temper:
        """Return the temper of one who speaks for a brand."""
        at, tempers = share(self._seed, "temper", notifier_id), habits().tempers
        if at < tempers.careless:
            return "careless"
        return "abusive" if at < tempers.careless + tempers.abusive else "honest"

    def standings(self) -> Iterator[NotifierStanding]:
        """Yield the standing of each who speaks for a brand and is not ordinary, as it stands at the start."""
        names = dict.fromkeys(name for right in self.rights if right.kind == "trademark" for name in right.notifier_ids)
        for name in names:
            tier = self._tier(name)
            if tier is not None:
                ends = self._start + timedelta(seconds=int(86_400 * self._days * habits().standings.suspended_for))
                yield NotifierStanding(name, tier, ends if tier == "suspended" else None)

    def _tier(self, name: str) -> Tier | None:
        """Return a standing; a fast track is earned, which does not say that it is deserved."""
        at, odds = share(self._seed, "standing", name), habits().standings
        match self.temper(name):
            case "honest":
                return "fast_track" if at < odds.fast_track_of_honest else None
            case "careless":
                return "fast_track" if at < odds.fast_track_of_careless else "warned" if at > 1 - odds.warned_of_careless else None
            case "abusive":
                return "fast_track" if at < odds.fast_track_of_abusive else "suspended" if at > 1 - odds.suspended_of_abusive else None

    def found_by_name(self, title: str) -> str | None:
        """Return the popular brand whose name stands in a title: what a program finds that knows no reference."""
        folded = title.casefold()
        return next((brand_id for name, brand_id in self._searched if name in folded), None)

    @cached_property
    def _searched(self) -> tuple[tuple[str, str], ...]:
        popular = self._brands[:SEARCHED]
        return tuple((brand.name.casefold(), brand.brand_id) for brand in popular if len(brand.name) >= _SHORTEST)

    @cached_property
    def inactive(self) -> tuple[Right, ...]:
        """The rights that are withdrawn or on trial."""
        return tuple(right for right in self.rights if right.status != "active")

    def expired(self, now: datetime) -> tuple[Right, ...]:
        """Return the rights that have ended, or do not hold yet."""
        return tuple(
            right
            for right in self.rights
            if right.status == "active"
            and ((right.valid_until is not None and right.valid_until <= now) or (right.valid_from is not None and right.valid_from > now))
        )

    def elsewhere(self, countries: Sequence[str]) -> tuple[Right, ...]:
        """Return the trademarks that hold in none of these countries."""
        return tuple(
            right
            for right in self.rights
            if right.kind == "trademark" and right.status == "active" and right.territories and not set(right.territories) & set(countries)
        )
