"""Under which law an appeal is handled, and when what was taken down is put back by it."""

from collections.abc import Iterable
from datetime import datetime

from pipeline.events.takedown import Source
from pipeline.policy.model import AppealRule, Appeals, Regime


def regime(appeals: Appeals, source: Source, right_kinds: Iterable[str], marketplace: str | None, wish: Regime | None) -> Regime:
    """Return the regime of an appeal against a takedown: the first that fits, or, among those that fit, the one that is wished for.

    What was swept goes and comes with its store: only people give it back.
    """
    if source == "closure":
        return "dsa"
    kinds = frozenset(right_kinds)
    fitting = [rule.regime for rule in appeals.rules if _fits(rule, source, kinds, marketplace)]
    options = (*fitting, appeals.regime)
    return wish if wish is not None and wish in options else options[0]


def _fits(rule: AppealRule, source: Source, kinds: frozenset[str], marketplace: str | None) -> bool:
    """Tell whether all that a rule names fits."""
    return (
        (not rule.sources or source in rule.sources)
        and (not rule.right_kinds or (bool(kinds) and kinds.issubset(rule.right_kinds)))
        and (not rule.marketplaces or marketplace in rule.marketplaces)
    )


def put_back_at(appeals: Appeals, under: Regime, at: datetime) -> datetime | None:
    """Return when a takedown is put back that was appealed against at a time; None where only people decide."""
    if under == "cn":
        return at + appeals.cn.put_back_after
    return appeals.dmca.days.after(at, appeals.dmca.business_days) if under == "dmca" else None
