"""A seller's ledger: the hits that count, the steps that they led to, and the points that they add up to.

Points are never kept: they follow from the hits, the time and the preset, so whoever has the hits can recompute them.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone

from msgspec.structs import replace

from pipeline.events.value import Value
from pipeline.policy.model import Preset, YearlyReset


class Hit(Value, frozen=True):
    """A takedown that counts against its seller."""

    takedown_id: str
    at: datetime
    points: int
    contested: bool = False  # inside its appeal: it counts, but to no closure
    suspended: bool = False  # put back by a deadline: it does not count, until somebody decides
    human: bool = False  # people have decided it, or upheld it


class StepTaken(Value, frozen=True):
    """A warning, restriction or suspension that was issued, and the points that it needs."""

    code: str
    at: datetime
    warning_id: str
    needed: int
    preset: str | None = None  # by whose rules


class Ledger(Value, frozen=True):
    """What stands against a seller in one epoch of its store. `listed` and `down` count listings for the share that a step may ask for."""

    hits: tuple[Hit, ...] = ()
    steps: tuple[StepTaken, ...] = ()
    epoch: int = 0
    listed: int = 0
    down: int = 0
    closure_id: str | None = None
    closed_at: datetime | None = None
    closure_needed: int = 0
    closure_preset: str | None = None
    closure_question: str | None = None  # the review that asks whether the store closes
    appeals_won: int = 0
    appeals_lost: int = 0

    def with_hit(self, hit: Hit) -> "Ledger":
        """Add a hit, in the order of time."""
        return replace(self, hits=tuple(sorted((*self.hits, hit), key=lambda one: one.at)))

    def without_hit(self, takedown_id: str) -> "Ledger":
        """Take back what a takedown cost."""
        return replace(self, hits=tuple(hit for hit in self.hits if hit.takedown_id != takedown_id))

    def contested(self, takedown_id: str) -> "Ledger":
        """Note that an appeal against a takedown has begun."""
        return self._with(takedown_id, contested=True)

    def suspended(self, takedown_id: str) -> "Ledger":
        """Note that a takedown was put back: its points do not count until somebody decides."""
        return self._with(takedown_id, contested=False, suspended=True)

    def upheld(self, takedown_id: str) -> "Ledger":
        """Note that people have upheld a takedown: it counts in full."""
        return self._with(takedown_id, contested=False, suspended=False, human=True)

    def _with(self, takedown_id: str, **changes: bool) -> "Ledger":
        return replace(self, hits=tuple(replace(hit, **changes) if hit.takedown_id == takedown_id else hit for hit in self.hits))

    def uncontested(self) -> "Ledger":
        """Return the ledger without the hits that are inside their appeal."""
        return replace(self, hits=tuple(hit for hit in self.hits if not hit.contested))

    def without_step(self, warning_id: str) -> "Ledger":
        """Take back a step."""
        return replace(self, steps=tuple(step for step in self.steps if step.warning_id != warning_id))

    def closed(self, closure_id: str, at: datetime, needed: int, preset: str) -> "Ledger":
        """Return the ledger of a store that closes, with the points that this needs by the rules of a preset."""
        return replace(self, closure_id=closure_id, closed_at=at, closure_needed=needed, closure_preset=preset, closure_question=None)

    def reopened(self) -> "Ledger":
        """Return the ledger of a store that is open again: a new epoch begins."""
        return replace(self, closure_id=None, closed_at=None, closure_needed=0, closure_preset=None, epoch=self.epoch + 1)

    def with_step(self, step: StepTaken) -> "Ledger":
        """Add a step."""
        return replace(self, steps=(*self.steps, step))

    def newest(self, at: datetime) -> datetime:
        """Return the time up to which the ledger is known, after a hit at some time: a late hit comes behind newer ones."""
        return max(at, self.hits[-1].at) if self.hits else at


def living_hits(ledger: Ledger, now: datetime, preset: Preset) -> tuple[Hit, ...]:
    """Return the hits that count at a time: come by then, not outlived, not wiped by a yearly reset, and not put back."""
    since = living_since(ledger, now, preset)
    return tuple(filter(_living(since, now), ledger.hits))


def points(ledger: Ledger, now: datetime, preset: Preset) -> int:
    """Return what the hits add up to at a time."""
    since = living_since(ledger, now, preset)
    return _total(ledger.hits, preset, _living(since, now))


def points_given(ledger: Ledger, at: datetime, preset: Preset) -> int:
    """Return what the hits that are not reversed added up to at a time, those included that a deadline has put back since."""
    kept = replace(ledger, hits=tuple(replace(hit, suspended=False) for hit in ledger.hits))
    return points(kept, at, preset)


def _total(hits: Iterable[Hit], preset: Preset, counts: Callable[[Hit], bool]) -> int:
    """Add up the hits that count. Those of one group count once, at most up to the cap; a group stays one when its first hit outlives."""
    groups = ([hit for hit in group if counts(hit)] for group in _groups(hits, preset.grouping))
    return sum(_group_points(group, preset) for group in groups if group)


def _group_points(group: list[Hit], preset: Preset) -> int:
    worth = max(hit.points for hit in group)
    return worth if preset.cap is None else min(worth, preset.cap)


def _groups(hits: Iterable[Hit], within: timedelta | None) -> list[list[Hit]]:
    """Cut hits into groups: each hit that comes within a time after the first of its group belongs to it. No time: each is its own."""
    groups: list[list[Hit]] = []
    for hit in hits:
        if within is not None and groups and hit.at - groups[-1][0].at < within:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    return groups


def living_since(ledger: Ledger, now: datetime, preset: Preset) -> datetime:
    """Return the time from which on hits and steps count."""
    outlived = now - preset.lives if preset.lives is not None else datetime.min.replace(tzinfo=UTC)
    return max(outlived, _last_reset(ledger, now, preset, preset.reset)) if preset.reset else outlived


def _last_reset(ledger: Ledger, now: datetime, preset: Preset, reset: YearlyReset) -> datetime:
    """Return the latest turn of a year that wiped the ledger; one that found points between the bounds did not."""
    since = datetime.min.replace(tzinfo=UTC)
    for turn in _turns_of_year(ledger, now, reset):
        carried = _total(ledger.hits, preset, _between(since, turn))
        if not reset.unless_from <= carried < reset.unless_below:
            since = turn
    return since


def _living(since: datetime, now: datetime) -> Callable[[Hit], bool]:
    return lambda hit: since <= hit.at <= now and not hit.suspended


def _between(since: datetime, until: datetime) -> Callable[[Hit], bool]:
    return lambda hit: since <= hit.at < until and not hit.suspended


def _turns_of_year(ledger: Ledger, now: datetime, reset: YearlyReset) -> list[datetime]:
    """Return each 1 January between the first hit and now, in the zone of the reset."""
    if not ledger.hits:
        return []
    zone = timezone(reset.utc_offset)
    first, last = ledger.hits[0].at.astimezone(zone).year + 1, now.astimezone(zone).year
    return [datetime(year, 1, 1, tzinfo=zone) for year in range(first, last + 1)]
