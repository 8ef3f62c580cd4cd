"""Which step a takedown leads to: the lowest one that is reached and not yet taken."""

from datetime import datetime, timedelta

from pipeline.enforcement.ledger import Ledger, StepTaken, living_since, points
from pipeline.policy.model import Preset, Step

WARNING = "warning"  # the one step that takes nothing from a seller


def next_step(ledger: Ledger, now: datetime, preset: Preset) -> Step | None:
    """Return the step to take now; None where none is due. A takedown that crosses several takes the lowest only.

    A step that asks for a share which is not reached stands in no other's way. A hit inside its appeal counts to a warning
    only: what a seller loses meanwhile cannot be given back.
    """
    reached, certain = points(ledger, now, preset), points(ledger.uncontested(), now, preset)
    taken = {step.code for step in steps_in_force(ledger, now, preset)}
    due = (
        step
        for step in preset.steps
        if step.code not in taken and (reached if step.code == WARNING else certain) >= step.at and _share(ledger) >= step.min_share
    )
    return next(due, None)


def _share(ledger: Ledger) -> float:
    """Return the share of the seller's listings that were taken down."""
    return ledger.down / max(ledger.listed, ledger.down, 1)


def steps_in_force(ledger: Ledger, now: datetime, preset: Preset) -> list[StepTaken]:
    """Return the steps taken that still count: they live as long as the hits that led to them."""
    since = living_since(ledger, now, preset)
    return [step for step in ledger.steps if step.at >= since]


def is_excused(ledger: Ledger, first_seen: datetime, now: datetime, preset: Preset, grace: timedelta) -> bool:
    """Tell whether a hit does not count, because its listing was there before the last step took effect."""
    in_force = steps_in_force(ledger, now, preset)
    return bool(in_force) and first_seen < in_force[-1].at + grace
