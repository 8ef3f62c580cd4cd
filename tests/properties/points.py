"""What a seller's takedowns add up to, told once more from the words of the policy: whole lists, gone through from their beginning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from pipeline.policy.model import Preset, YearlyReset


@dataclass(frozen=True)
class Hit:
    """One takedown that counts: when it was made, its points, and its name for whoever asks."""

    at: datetime
    points: int
    name: str = ""


def living(hits: Sequence[Hit], preset: Preset, at: datetime) -> list[Hit]:
    """Return the hits that still count at a time, oldest first."""
    alive = [hit for hit in sorted(hits, key=lambda hit: hit.at) if hit.at <= at]
    if preset.reset is not None:
        since = year_begins(alive, preset, at)
        alive = [hit for hit in alive if hit.at >= since]
    if preset.lives is not None:
        alive = [hit for hit in alive if at - hit.at < preset.lives]
    return alive


def total(hits: Sequence[Hit], preset: Preset) -> int:
    """Return what hits that count add up to: those within `grouping` of the first one of their group add at most `cap` together."""
    if preset.grouping is None:
        return sum(hit.points for hit in hits)
    groups: list[list[Hit]] = []
    for hit in sorted(hits, key=lambda hit: hit.at):
        if groups and hit.at - groups[-1][0].at <= preset.grouping:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    sums = [sum(hit.points for hit in group) for group in groups]
    return sum(sums) if preset.cap is None else sum(min(each, preset.cap) for each in sums)


def year_begins(hits: Sequence[Hit], preset: Preset, at: datetime) -> datetime:
    """Return when the ledger began that holds at a time: the last turn of a year at which the points were not carried over."""
    if preset.reset is None or not hits:
        return datetime.min.replace(tzinfo=UTC)
    begun = datetime.min.replace(tzinfo=UTC)
    for turn in _turns(preset.reset, hits[0].at, at):
        standing = total([hit for hit in hits if begun <= hit.at < turn], preset)
        if not preset.reset.unless_from <= standing < preset.reset.unless_below:
            begun = turn
    return begun


def _turns(reset: YearlyReset, since: datetime, until: datetime) -> list[datetime]:
    """Return the turns of the year from one time to another, in the zone of the reset."""
    zone = timezone(timedelta(seconds=reset.utc_offset.total_seconds()))
    years = range(since.astimezone(zone).year + 1, until.astimezone(zone).year + 1)
    return [datetime(year, 1, 1, tzinfo=zone) for year in years]
