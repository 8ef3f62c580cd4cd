"""Two evaluations of the same set side by side: each measure before, now, and the difference."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from pipeline.local.errors import InputError

# What a fall is measured by: figures of the whole set. Those of its parts are shown, but small parts move by chance.
WHOLE = ("brand_match", "flagging", "duplicates", "calibration", "people.sellers")
HIGHER_IS_BETTER = ("precision", "recall", "f1", "first_right")  # how the names of such measures end
LOWER_IS_BETTER = ("review_share", "genuine_touched", "brier", "expected_error", "honest_warned", "honest_suspended", "honest_closed")
_NO_MEASURES = frozenset({"set", "versions", "confusion", "bins"})
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """A measure before and now; None: it is not there. `fall` is by how much it got worse, 0 where it did not or nobody can say."""

    measure: str
    old: float | None
    new: float | None

    @property
    def difference(self) -> float | None:
        """Now less before; None where it is on one side only."""
        return None if self.old is None or self.new is None else round(self.new - self.old, 4)

    @property
    def of_the_whole(self) -> bool:
        """Whether it is a measure of the whole set."""
        return self.measure.startswith(tuple(f"{part}." for part in WHOLE))

    @property
    def fall(self) -> float:
        """By how much the whole set is worse for it."""
        difference, name = self.difference or 0.0, self.measure.rpartition(".")[2]
        if not self.of_the_whole:
            return 0.0
        if name.endswith(HIGHER_IS_BETTER):
            return max(0.0, -difference)
        return max(0.0, difference) if name in LOWER_IS_BETTER else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return {**asdict(self), "difference": self.difference, "fall": self.fall}


def read_scores(path: Path) -> dict[str, Any]:
    """Read what an earlier `takedown evaluate --json` printed. Raises InputError where it is no such thing, and says what it is."""
    try:
        scores = orjson.loads(path.read_bytes())
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror or error}") from error
    except orjson.JSONDecodeError as error:
        raise InputError(path, f"is no JSON: {error}; name what takedown evaluate --json printed") from error
    if not isinstance(scores, dict) or not isinstance(scores.get("flagging"), dict):
        raise InputError(path, "is not what takedown evaluate --json prints: it holds no scores of flagging")
    if not isinstance(scores.get("set"), dict) or not isinstance(scores["set"].get("digest"), str):
        raise InputError(path, "does not say of which set it is; make it anew with this release")
    return scores


def compared(path: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Compare two evaluations, in the order of the new one; `path` is where the old one stands.

    Raises InputError where they are of two sets: other listings, or another truth.
    """
    was, now = old["set"], new["set"]
    if was["digest"] != now["digest"]:
        described = f"{was.get('name')!r} with {was.get('listings')} listings and {was.get('truths')} lines of truth"
        told = f"this one is {now['name']!r} with {now['listings']} and {now['truths']}"
        raise InputError(path, f"is of another set: {described}; {told}, and their lines differ")
    before, after = dict(_measures(old)), dict(_measures(new))
    return [Change(name, before.get(name), after.get(name)) for name in dict.fromkeys((*after, *before))]


def _measures(scores: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, float]]:
    """Yield all figures by their path: `flagging.recall`, `by_language.brand_match.en.recall`."""
    for name, value in scores.items():
        if name in _NO_MEASURES:
            continue
        if isinstance(value, Mapping):
            yield from _measures(value, f"{within}{name}.")
        elif isinstance(value, int | float):
            yield f"{within}{name}", value


def fallen(changes: Iterable[Change], tolerance: float) -> list[Change]:
    """Return the measures of the whole set that got worse by more than the tolerance."""
    return [change for change in changes if change.fall > tolerance + _ROUNDING]
