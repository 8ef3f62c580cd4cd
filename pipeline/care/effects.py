"""What two registries make of the same listings, and where they differ. What does not differ is not remembered."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Effect = Literal["taken_down", "spared", "asked", "unasked", "matched", "unmatched", "tried", "untried"]
Decided = Literal["takedown", "review"]
Names = dict[str, str]  # the name by which each right touches a listing

EFFECTS: Mapping[Effect, str] = {
    "taken_down": "newly taken down",
    "spared": "no longer taken down",
    "asked": "newly asked about",
    "unasked": "no longer asked about",
    "matched": "newly matched",
    "unmatched": "no longer matched",
    "tried": "newly matched on trial",
    "untried": "no longer matched on trial",
}
_DECISIONS: tuple[Effect, ...] = ("taken_down", "spared", "asked", "unasked")


class Key(NamedTuple):
    """A listing."""

    seller_id: str
    listing_id: str


@dataclass(slots=True)
class Seen:
    """What was made of a listing: by right, the alias that touches it best, the one on trial, and the decision.

    Of all its versions together: the gravest decision, and the alias that was seen first.
    """

    title: str
    used: Names = field(default_factory=dict)
    tried: Names = field(default_factory=dict)
    decided: dict[str, Decided] = field(default_factory=dict)

    def differs(self, other: "Seen") -> bool:
        """Tell whether something else was made of it, but for the alias."""
        return (self.used.keys(), self.tried.keys(), self.decided) != (other.used.keys(), other.tried.keys(), other.decided)

    def decide(self, right_id: str, decided: Decided) -> None:
        """Note a decision; a graver one stays."""
        if self.decided.get(right_id) != "takedown":
            self.decided[right_id] = decided

    def add(self, later: "Seen") -> None:
        """Take over what was made of a later version."""
        self.title = later.title or self.title
        self.used = {**later.used, **self.used}
        self.tried = {**later.tried, **self.tried}
        for right_id, decided in later.decided.items():
            self.decide(right_id, decided)

    @property
    def outcome(self) -> Decided | None:
        """The gravest decision on the listing."""
        return "takedown" if "takedown" in self.decided.values() else "review" if self.decided else None


@dataclass(slots=True)
class Row:
    """What a right does otherwise by one of its names: listings by effect, and examples of the gravest effects."""

    right_id: str
    brand: str
    alias: str
    counts: Counter[Effect] = field(default_factory=Counter)
    examples: dict[Effect, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))  # listing_id and title

    def as_json(self) -> dict[str, Any]:
        """Return the row as one JSON object."""
        names = {"right_id": self.right_id, "brand": self.brand, "alias": self.alias}
        return {**names, "counts": dict(self.counts), "examples": dict(self.examples)}

    @property
    def weight(self) -> tuple[int, ...]:
        """How much it does: takedowns first, then questions, then matches."""
        effects = list(EFFECTS)
        return tuple(self.counts[one] + self.counts[other] for one, other in zip(effects[::2], effects[1::2], strict=True))


class Effects:
    """Collects listings on which two registries differ, from their first difference on."""

    def __init__(self) -> None:
        self._differing: dict[Key, tuple[Seen, Seen]] = {}

    def compare(self, key: Key, old: Seen, new: Seen) -> None:
        """Take over what both made of a version of a listing."""
        known = self._differing.get(key)
        if known is not None:
            known[0].add(old)
            known[1].add(new)
        elif old.differs(new):
            self._differing[key] = (old, new)

    def listings(self) -> dict[Effect, set[Key]]:
        """Return the listings by what happens to them: one that is taken down for another right than before stays taken down."""
        found: dict[Effect, set[Key]] = {effect: set() for effect in EFFECTS}
        for key, (old, new) in self._differing.items():
            for effect in _of_listing(old, new):
                found[effect].add(key)
        return found

    def rows(self, brands: Mapping[str, str], most_examples: int) -> list[Row]:
        """Return what changes by right and name, the worst first. `brands`: what each right's brand is called."""
        rows: dict[tuple[str, str], Row] = {}
        for key, (old, new) in self._differing.items():
            for effect, right_id, alias in _by_right(old, new):
                row = rows.setdefault((right_id, alias), Row(right_id, brands[right_id], alias))
                row.counts[effect] += 1
                if len(row.examples[effect]) < most_examples:
                    row.examples[effect].append((key.listing_id, new.title or old.title))
        return sorted(rows.values(), key=lambda row: (*(-part for part in row.weight), row.right_id, row.alias))


def changes_decision(found: Mapping[Effect, set[Key]]) -> set[Key]:
    """Return the listings on which something else is decided."""
    return set().union(*(found[effect] for effect in _DECISIONS))


def _of_listing(old: Seen, new: Seen) -> Iterator[Effect]:
    was, now = old.outcome, new.outcome
    if was != now:
        yield from _decided(was, now)
    for effect, here, there in _touched(old, new):
        if here.keys() - there.keys():
            yield effect


def _decided(was: Decided | None, now: Decided | None) -> Iterator[Effect]:
    """Yield the effects of a decision in the place of another."""
    before: dict[Decided | None, Effect] = {"takedown": "spared", "review": "unasked"}
    after: dict[Decided | None, Effect] = {"takedown": "taken_down", "review": "asked"}
    yield from (effects[one] for effects, one in ((after, now), (before, was)) if one is not None)


def _by_right(old: Seen, new: Seen) -> Iterator[tuple[Effect, str, str]]:
    """Yield effect, right and the name that leads to it; what is no longer decided is so for the name that it was decided for."""
    for right_id in dict.fromkeys((*new.decided, *old.decided)):
        was, now = old.decided.get(right_id), new.decided.get(right_id)
        if was != now:
            for effect in _decided(was, now):
                side = old if effect in ("spared", "unasked") else new
                yield effect, right_id, side.used.get(right_id, "")
    for effect, here, there in _touched(old, new):
        yield from ((effect, right_id, here[right_id]) for right_id in here if right_id not in there)


def _touched(old: Seen, new: Seen) -> tuple[tuple[Effect, Names, Names], ...]:
    """Return each effect on matches, with the side that has what it is about, and the one that lacks it."""
    return (
        ("matched", new.used, old.used),
        ("unmatched", old.used, new.used),
        ("tried", new.tried, old.tried),
        ("untried", old.tried, new.tried),
    )
