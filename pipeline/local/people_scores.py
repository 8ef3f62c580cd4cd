"""How right it all was for people: scores of a run's decisions against the truth. Pure: outputs and truth in, figures out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from pipeline.events.takedown import Takedown
from pipeline.local.story import Story
from pipeline.local.truths import PersonTruth

DISHONEST = "counterfeiter"
REPEATED = "repeated"  # the same complaint again: not well done, but well formed
HOUR = 3600
Standing = Literal["accepted", "refused", "already_down", "retracted"]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of sellers and listings: sellers of each by honesty, and listings that are counterfeits or genuine."""

    honest: Mapping[str, bool]  # by seller
    counterfeit: Mapping[str, bool]  # by listing
    notices: Mapping[str, PersonTruth]  # by notice; retractions are none

    def is_wrong(self, takedown: Takedown) -> bool | None:
        """Tell whether a takedown hit genuine goods, or went with the store of an honest seller; None where that is not known."""
        if takedown.source == "closure":
            return self.honest.get(takedown.seller_id)
        fake = self.counterfeit.get(takedown.listing_id)
        return None if fake is None else not fake


@dataclass(frozen=True, slots=True)
class PeopleScores:
    """The figures, by part: `sellers`, `regimes`, `notices` (by who sent them and what they were worth), `questions` (by ending)."""

    sellers: dict[str, int]
    regimes: dict[str, dict[str, float]]
    notices: dict[str, dict[str, float]]
    questions: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return all as one JSON object."""
        return {"sellers": self.sellers, "regimes": self.regimes, "notices": self.notices, "questions": self.questions}


def score(story: Story, known: Known, regime_of: Callable[[Takedown], str], ended: Mapping[str, int]) -> PeopleScores:
    """Score a run. `regime_of` says under which regime an appeal against a takedown would be handled, `ended` how questions ended."""
    return PeopleScores(sellers(story, known), regimes(story, known, regime_of), notices(story, known), dict(ended))


def sellers(story: Story, known: Known) -> dict[str, int]:
    """Count honest sellers who were ever warned, restricted or suspended, or closed; the last two should be none."""
    steps: dict[str, set[str]] = {}
    for warning in story.warnings:
        steps.setdefault("warned" if warning.step == "warning" else "suspended", set()).add(warning.seller_id)
    closed = {closure.seller_id for closure in story.closures}
    return {
        "honest": sum(known.honest.values()),
        "honest_warned": _honest(steps.get("warned", ()), known),
        "honest_suspended": _honest(steps.get("suspended", ()), known),
        "honest_closed": _honest(closed, known),
    }


def _honest(seller_ids: Iterable[str], known: Known) -> int:
    return sum(known.honest.get(seller_id, False) for seller_id in seller_ids)


def regimes(story: Story, known: Known, regime_of: Callable[[Takedown], str]) -> dict[str, dict[str, float]]:
    """Count, by regime, takedowns, those that were wrong, and of them those put back by a deadline and those reversed.

    `share` and `median_hours` are of reversals: a put-back is no finding.
    """
    back, lifted = story.reversed(), story.put_back()
    groups: dict[str, list[tuple[Takedown, bool | None]]] = {}
    for takedown in story.takedowns:
        groups.setdefault(regime_of(takedown), []).append((takedown, known.is_wrong(takedown)))
    figures: dict[str, dict[str, float]] = {}
    for name, group in sorted(groups.items()):
        wrong = [takedown for takedown, is_wrong in group if is_wrong]
        hours = [
            (back[one.takedown_id].decided_at - one.decided_at).total_seconds() / HOUR for one in wrong if one.takedown_id in back
        ]  # fmt: skip
        figures[name] = {
            "takedowns": len(group),
            "wrong": len(wrong),
            "put_back": sum(one.takedown_id in lifted for one in wrong),
            "reversed": len(hours),
            "share": _share(len(hours), len(wrong)),
        }
        if hours:
            figures[name]["median_hours"] = round(median(hours), 1)
    return figures


def notices(story: Story, known: Known) -> dict[str, dict[str, float]]:
    """Count the final outcomes of notices by who sent them and what they were worth; `share`: accepted of accepted and refused."""
    counts: dict[str, Counter[str]] = {}
    for outcome in story.final_outcomes():
        if outcome.notice_id in known.notices:
            counts.setdefault(_group(known.notices[outcome.notice_id]), Counter())[outcome.outcome] += 1
    amendments = (outcome for outcome in story.outcomes if outcome.amendment and outcome.notice_id in known.notices)
    amended = Counter(_group(known.notices[outcome.notice_id]) for outcome in amendments)
    return {name: _outcomes(counted, amended[name]) for name, counted in sorted(counts.items())}


def _group(truth: PersonTruth) -> str:
    """Return the group of a notice: who sent it, and whether it was right, right but not well formed, or wrong."""
    if not truth.rightful:
        return f"{truth.by}:wrongful"
    return f"{truth.by}:rightful" if truth.flaw in (None, REPEATED) else f"{truth.by}:flawed"


def _outcomes(counted: Mapping[str, int], amended: int) -> dict[str, float]:
    kinds: tuple[Standing, ...] = ("accepted", "refused", "already_down", "retracted")
    figures: dict[str, float] = {kind: counted.get(kind, 0) for kind in kinds}
    decided = figures["accepted"] + figures["refused"]
    return {**figures, "amended": amended, "share": _share(figures["accepted"], decided)}


def _share(part: float, whole: float) -> float:
    """Return a share rounded to four places; 0 of nothing is 0."""
    return round(part / whole, 4) if whole else 0.0
