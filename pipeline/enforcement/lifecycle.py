"""The life of a takedown: one table of what can happen to it in which state, and who may do it."""

from typing import Literal

State = Literal["issued", "appealed", "upheld", "put_back", "reversed"]
Move = Literal["appeal", "uphold", "put_back", "reverse"]

TRANSITIONS: dict[tuple[State, Move], State] = {
    ("issued", "appeal"): "appealed",
    ("issued", "reverse"): "reversed",
    ("appealed", "uphold"): "upheld",
    ("appealed", "put_back"): "put_back",
    ("appealed", "reverse"): "reversed",
    ("put_back", "uphold"): "upheld",
    ("put_back", "reverse"): "reversed",
    ("upheld", "appeal"): "appealed",
    ("upheld", "reverse"): "reversed",
}
HIGHER = frozenset({"court", "authority", "dispute_body"})  # who alone may reverse what was upheld
FIRST: State = "issued"


class IllegalMoveError(ValueError):
    """What is asked of a takedown cannot happen in its state, or not by whom it was asked."""


def moved(state: State, move: Move, by: str) -> State:
    """Return the state after a move. `by`: the kind of who decided it, or `appellant` or `deadline`. Raises IllegalMoveError.

    How often an appeal may be made is the policy's.
    """
    after = TRANSITIONS.get((state, move))
    if after is None:
        raise IllegalMoveError(f"a takedown that is {state} has no way to {move}")
    if (state, move) == ("upheld", "reverse") and by not in HIGHER:
        raise IllegalMoveError(f"what was upheld is reversed by {', '.join(sorted(HIGHER))} only, not by a {by}")
    return after
