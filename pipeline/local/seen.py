"""What the flow said of a listing that the truth knows: the brands in it, what it scored, and what was decided."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.events.match import Match
from pipeline.signals.case import Group
from pipeline.stages.verdict import Outcome, Weighed

NO_SOURCE = "(none)"  # of an id that names none


@dataclass(frozen=True, slots=True)
class Found:
    """A brand that was found in a listing: where its best match stands and how it was found; `methods`: all that found it there."""

    brand_id: str
    field: str
    start: int
    end: int
    text: str
    alias: str
    method: str
    methods: tuple[str, ...]

    @property
    def place(self) -> str:
        """The field by its first name: `attributes.colour` is one of the `attributes`."""
        return self.field.partition(".")[0].partition("[")[0]


@dataclass(frozen=True, slots=True)
class Signal:
    """What one signal added to a score."""

    code: str
    group: Group
    weight: float


@dataclass(frozen=True, slots=True)
class Best:
    """The highest score that a listing had against a right, in log-odds, and the signals that made it."""

    score: float
    signals: tuple[Signal, ...] = ()

    @property
    def lead(self) -> str:
        """The code of the strongest signal about the goods that speaks against it, else of the strongest that does; `prior`: none."""
        against = [signal for signal in self.signals if signal.weight > 0]
        leads = [signal for signal in against if signal.group == "goods"] or against
        return max(leads, key=lambda signal: signal.weight).code if leads else "prior"

    @property
    def codes(self) -> tuple[str, ...]:
        """The signals by name, in the order of the catalogue."""
        return tuple(signal.code for signal in self.signals)


@dataclass(slots=True)
class Seen:
    """One listing. `best` is None where it names no right; `title` is kept only where flow and truth differ."""

    language: str
    brands: tuple[Found, ...] = ()  # the best first
    outcome: Outcome = "clear"
    best: Best | None = None
    title: str = ""


def brands_in(matches: Iterable[Match]) -> tuple[Found, ...]:
    """Return the brands that are named as such, each by its best match, in the order of the matches: the best first."""
    first: dict[str, Match] = {}
    methods: dict[str, dict[str, None]] = {}
    for match in matches:
        if match.use == "brand":
            first.setdefault(match.brand_id, match)
            methods.setdefault(match.brand_id, {})[match.method] = None
    return tuple(_found(match, tuple(methods[brand])) for brand, match in first.items())


def _found(match: Match, methods: tuple[str, ...]) -> Found:
    return Found(match.brand_id, match.field, match.start, match.end, match.found, match.alias, match.method, methods)


def best_of(right_ids: Iterable[str], weighed: Iterable[Weighed], prior: float) -> Best:
    """Return the best score against some rights, at least one; where nothing was found for or against one, that is the prior."""
    known = {one.right_id: one for one in weighed}
    return max((_scored(known.get(right_id), prior) for right_id in right_ids), key=lambda best: best.score)


def _scored(weighed: Weighed | None, prior: float) -> Best:
    if weighed is None:
        return Best(prior)
    return Best(weighed.score, tuple(Signal(share.code, share.group, share.weight) for share in weighed.shares))


def source_of(listing_id: str) -> str:
    """Return where a listing comes from: what stands before the first colon of its id."""
    source, colon, _ = listing_id.partition(":")
    return source if colon else NO_SOURCE
