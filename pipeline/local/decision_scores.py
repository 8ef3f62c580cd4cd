"""How right decisions were, in all and by the signals that led to them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.local.seen import Seen
from pipeline.local.shares import share, share_if_any

Figures = dict[str, float]
JUDGED = ("precision", "recall", "genuine_touched")


@dataclass(frozen=True, slots=True)
class Decided:
    """A listing that the truth knows, and what was decided; `counterfeit` is None where only other things are known of it."""

    listing_id: str
    counterfeit: bool | None
    seen: Seen

    @property
    def down(self) -> bool:
        """Whether it was taken down."""
        return self.seen.outcome == "takedown"

    @property
    def touched(self) -> bool:
        """Whether it was taken down or asked about."""
        return self.seen.outcome != "clear"


def decision_scores(listings: Sequence[Decided]) -> Figures:
    """Score decisions: precision of takedowns; recall of counterfeits taken down or asked about; genuine ones touched by either.

    Without a counterfeit or genuine listing only what was decided is counted; 0 of nothing is 0.
    """
    figures = decision_figures(listings)
    return figures if "counterfeit" not in figures else {**figures, **{measure: figures.get(measure, 0.0) for measure in JUDGED}}


def decision_figures(listings: Sequence[Decided]) -> Figures:
    """Return the same figures; a share of nothing is left out."""
    down, touched = [one for one in listings if one.down], [one for one in listings if one.touched]
    asked = len(touched) - len(down)
    figures: Figures = {"n": len(listings), "takedowns": len(down), "reviews": asked, "review_share": share(asked, len(listings))}
    fakes, genuine = _of(listings, fake=True), _of(listings, fake=False)
    if not fakes and not genuine:
        return figures
    right, wrong = _of(down, fake=True), _of(down, fake=False)
    return {
        **figures,
        "counterfeit": fakes,
        "genuine": genuine,
        **share_if_any("precision", right, right + wrong),
        **share_if_any("recall", _of(touched, fake=True), fakes),
        **share_if_any("genuine_touched", _of(touched, fake=False), genuine),
    }


def _of(listings: Iterable[Decided], *, fake: bool) -> int:
    """Count the listings that are known to be counterfeit, or genuine."""
    return sum(one.counterfeit is fake for one in listings)


def by_signal(listings: Sequence[Decided]) -> dict[str, Figures]:
    """Score each signal: in how many listings' best score it was, and how often it led to a takedown or a question.

    `precision` is the share of counterfeits among those that it led to and of which that is known.
    """
    signalled = [one for one in listings if one.seen.best and (one.seen.best.signals or one.touched)]
    codes = sorted({code for one in signalled if one.seen.best for code in (*one.seen.best.codes, *_lead(one))})
    groups = {code: _signal(code, signalled) for code in codes}
    return dict(sorted(groups.items(), key=lambda group: (-group[1]["led"], -group[1]["found"], group[0])))


def _signal(code: str, listings: Iterable[Decided]) -> Figures:
    found = [one for one in listings if one.seen.best and code in one.seen.best.codes]
    led = [one for one in listings if code in _lead(one)]
    fakes, genuine = _of(led, fake=True), _of(led, fake=False)
    return {
        "found": len(found),
        "found_counterfeit": _of(found, fake=True),
        "found_genuine": _of(found, fake=False),
        "led": len(led),
        "led_takedowns": sum(one.down for one in led),
        "led_counterfeit": fakes,
        "led_genuine": genuine,
        **share_if_any("precision", fakes, fakes + genuine),
    }


def _lead(one: Decided) -> tuple[str, ...]:
    """Return the signal that led to a decision against a listing, if there was one."""
    return (one.seen.best.lead,) if one.touched and one.seen.best else ()
