"""From signals to a verdict on one listing and one right: additive log-odds, so that every point of a score has a name."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from pipeline.events.decision import Reason
from pipeline.events.match import Match
from pipeline.events.right import Right
from pipeline.events.takedown import Severity
from pipeline.matching.guess import GUESSES
from pipeline.policy.model import Decision, Policy
from pipeline.policy.reasons import text
from pipeline.signals.case import Case, Finding, Group
from pipeline.signals.catalogue import SIGNALS

Outcome = Literal["takedown", "review", "clear"]


class Share(Struct, frozen=True):
    """What one signal adds to a score."""

    code: str
    group: Group
    weight: float
    finding: Finding


class Weighed(Struct, frozen=True, omit_defaults=True):
    """What is kept of a verdict: what the listing scored against a right when it was last looked at, and why."""

    right_id: str
    score: float
    shares: tuple[Share, ...]
    guessed: bool = False

    def carries_takedown(self, thresholds: Decision) -> bool:
        """Tell whether this alone would take the listing down."""
        return not self.guessed and outcome(self.score, self.shares, thresholds) == "takedown"


class Verdict(Struct, frozen=True):
    """What the signals say of a listing against a right. `score` is the policy's prior plus the weights of the shares."""

    right: Right
    outcome: Outcome
    score: float
    shares: tuple[Share, ...]
    shadow: tuple[str, ...]  # signals that were found but do not count yet
    guessed: bool = False  # nothing sure says that the listing names the brand, so it is a question at most

    @property
    def lead(self) -> str:
        """The code of the strongest signal about the goods; empty where there is none."""
        goods = [share for share in self.shares if share.group == "goods"]
        return max(goods, key=lambda share: share.weight).code if goods else ""

    @property
    def about_goods(self) -> bool:
        """Whether a signal about the goods speaks against the listing."""
        return about_goods(self.shares)

    @property
    def weighed(self) -> Weighed:
        """What is kept of it."""
        return Weighed(self.right.right_id, self.score, self.shares, self.guessed)


def about_goods(shares: Iterable[Share]) -> bool:
    """Tell whether a signal about the goods is among these."""
    return any(share.group == "goods" and share.weight > 0 for share in shares)


def weigh(case: Case) -> Verdict:
    """Ask every signal, add up what they say, and decide."""
    shares, shadow = [], []
    for code, group, detect in SIGNALS:
        setting = getattr(case.policy.signals, code)
        finding = detect(case) if setting.mode != "off" else None
        if finding is None:
            continue
        if setting.mode == "shadow":
            shadow.append(code)
        else:
            shares.append(Share(code, group, round(setting.weight * finding.strength, 4), finding))
    score = round(case.policy.decision.prior + sum(share.weight for share in shares), 4)
    decided, guessed = outcome(score, shares, case.policy.decision), _is_guessed(case.matches)
    if decided == "takedown" and guessed:
        decided = "review"  # whose brand it is must be sure before anything goes
    return Verdict(case.right, decided, score, tuple(shares), tuple(shadow), guessed)


def _is_guessed(matches: Iterable[Match]) -> bool:
    """Tell whether nothing but guesses says that the goods bear the brand, or are said to be like it: misspelt words, parts of names."""
    named = [match.method for match in matches if match.use == "brand" or match.sense == "comparison"]
    return bool(named) and GUESSES.issuperset(named)


def outcome(score: float, shares: Sequence[Share], thresholds: Decision) -> Outcome:
    """Decide: circumstances alone never take anything down: that needs a signal about the goods."""
    if score >= thresholds.takedown and about_goods(shares):
        return "takedown"
    return "review" if score >= thresholds.review else "clear"


def severity(score: float, policy: Policy) -> Severity:
    """Return how grave a takedown is, by the score that led to it."""
    return "serious" if score >= policy.decision.serious else "ordinary"


def right_ids(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """Return the rights of some verdicts, in their order."""
    return tuple(verdict.right.right_id for verdict in verdicts)


def reasons(verdict: Verdict, policy: Policy, language: str | None) -> tuple[Reason, ...]:
    """Return the reasons of a verdict, the starting point first: their weights add up to its score."""
    tongue, brand = language or policy.language, {"brand": verdict.right.brand}
    start = Reason("prior", policy.decision.prior, text("prior", tongue, policy.language, brand))
    return (start, *(_reason(share, tongue, policy.language, brand) for share in verdict.shares))


def _reason(share: Share, language: str, fallback: str, brand: dict[str, str]) -> Reason:
    words = {**share.finding.words, **brand}
    return Reason(share.code, share.weight, text(share.code, language, fallback, words), share.finding.evidence)
