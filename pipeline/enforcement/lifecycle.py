"""The life of a takedown: one table of what can happen to it in which state, and who may do it."""

from typing import Literal

State = Literal["issued", "appealed", "upheld", "reversed"]
Move = Literal["appeal", "uphold", "reverse"]

TRANSITIONS: dict[tuple[State, Move], State] = {
    ("issued", "appeal"): "appealed",
    ("issued", "reverse"): "reversed",
    ("appealed", "uphold"): "upheld",
    ("appealed", "reverse"): "reversed",
    ("upheld", "reverse"): "reversed",
}
HIGHER = frozenset({"court", "authority", "dispute_body"})  # who alone may reverse what was upheld
FIRST: State = "issued"


class IllegalMoveError(ValueError):
    """What is asked of a takedown cannot happen in its state, or not by whom it was asked."""


def moved(state: State, move: Move, by: str) -> State:
    """Return the state after a move. `by`: the kind of who decided it, or `seller`. Raises IllegalMoveError."""
    after = TRANSITIONS.get((state, move))
    if after is None:
        raise IllegalMoveError(f"a takedown that is {state} has no way to {move}")
    if state == "upheld" and by not in HIGHER:
        raise IllegalMoveError(f"what was upheld is reversed by {', '.join(sorted(HIGHER))} only, not by a {by}")
    return after
