"""The life of a takedown: one table, drawn as it is, and nothing beside it."""

from itertools import product
from typing import get_args

import pytest

from pipeline.enforcement.lifecycle import FIRST, HIGHER, TRANSITIONS, IllegalMoveError, Move, State, moved
from scripts.build_lifecycle import FILE, document


def test_what_is_not_in_the_table_is_a_named_error() -> None:
    for state, move in product(get_args(State), get_args(Move)):
        if (state, move) in TRANSITIONS:
            assert moved(state, move, "court") == TRANSITIONS[state, move]
        else:
            with pytest.raises(IllegalMoveError, match=f"a takedown that is {state} has no way to {move}"):
                moved(state, move, "court")


def test_every_state_is_reached_and_one_is_the_end() -> None:
    reached = {FIRST, *TRANSITIONS.values()}
    assert reached == set(get_args(State))
    assert reached - {state for state, _ in TRANSITIONS} == {"reversed"}


@pytest.mark.parametrize("by", ["reviewer", "brand", "seller"])
def test_what_was_upheld_needs_a_higher_one(by: str) -> None:
    with pytest.raises(IllegalMoveError, match=f"not by a {by}"):
        moved("upheld", "reverse", by)
    assert {moved("upheld", "reverse", higher) for higher in HIGHER} == {"reversed"}


def test_the_drawing_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run `make dashboards`"
