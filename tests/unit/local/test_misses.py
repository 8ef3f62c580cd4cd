import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.local.brand_scores import Named
from pipeline.local.decision_scores import Decided
from pipeline.local.misses import (
    ASKED,
    BESIDE,
    CLEARED,
    COLUMNS,
    DOWN,
    INSTEAD,
    MISSED,
    NONE,
    Miss,
    as_csv,
    brand_misses,
    decision_misses,
    tame,
)
from pipeline.local.seen import Best, Found, Seen, Signal
from pipeline.stages.verdict import Outcome

FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def found(brand_id: str, text: str = "Nike") -> Found:
    """Return a brand that was found in the title."""
    return Found(brand_id, "title", 0, len(text), text, text, "exact", ("exact",))


@pytest.mark.parametrize(
    ("true", "brands", "misses"),
    [
        ({"B1"}, ["B1"], []),
        (set(), [], []),
        ({"B1"}, [], [(MISSED, ("B1",), None)]),
        ({"B1"}, ["B2"], [(INSTEAD, ("B1",), "B2")]),
        ({"B1"}, ["B1", "B2"], [(BESIDE, ("B1",), "B2")]),
        (set(), ["B2", "B3"], [(NONE, (), "B2"), (NONE, (), "B3")]),
        ({"B1", "B4"}, ["B1", "B2"], [(INSTEAD, ("B4",), "B2")]),
        ({"B1", "B4"}, ["B1"], [(MISSED, ("B4",), None)]),
    ],
)
def test_each_difference_between_brands_is_one_miss(true: set[str], brands: list[str], misses: list[tuple[str, tuple[str], str]]) -> None:
    listing = Named("L1", frozenset(true), Seen("en", tuple(map(found, brands)), title="T"))
    assert [(one.what, one.true, one.found and one.found.brand_id) for one in brand_misses([listing])] == misses


@pytest.mark.parametrize(
    ("counterfeit", "outcome", "what"),
    [
        (True, "clear", CLEARED),
        (True, "review", None),
        (True, "takedown", None),
        (False, "clear", None),
        (False, "review", ASKED),
        (False, "takedown", DOWN),
        (None, "takedown", None),
    ],
)
def test_a_wrong_decision_is_a_miss(counterfeit: bool | None, outcome: Outcome, what: str | None) -> None:
    misses = list(decision_misses([Decided("L1", counterfeit, Seen("en", outcome=outcome))]))
    assert [one.what for one in misses] == ([what] if what else [])


def test_the_table_holds_each_miss() -> None:
    best = Best(-1.8, (Signal("brand_disguised", "goods", 2.2), Signal("seller_record", "circumstance", 1.0)))
    misses = [Miss(INSTEAD, "shop:1", "en", 'Nike, "new"', ("B1", "B3"), found("B2")), Miss(CLEARED, "L2", "han?", "耐克", best=best)]
    head, first, second = csv.reader(StringIO("".join(as_csv(misses))))
    assert tuple(head) == COLUMNS
    assert dict(zip(head, first, strict=True)) == {
        "what": INSTEAD, "listing_id": "shop:1", "source": "shop", "language": "en", "true_brands": "B1 B3", "found_brand": "B2",
        "method": "exact", "field": "title", "start": "0", "end": "4", "found": "Nike", "alias": "Nike", "score": "", "signals": "",
        "title": 'Nike, "new"',
    }  # fmt: skip
    assert (second[0], second[2], second[12], second[13]) == (CLEARED, "(none)", "-1.8", "brand_disguised seller_record")


@given(st.text(), st.sampled_from(("", " ", "\u3000", "\u200b", "\x00")), st.sampled_from(FORMULAS))
def test_no_cell_from_outside_begins_a_formula(text: str, before: str, start: str) -> None:
    evil = before + start + text
    miss = Miss(INSTEAD, evil, evil, evil, (evil,), Found(evil, evil, 0, 1, evil, evil, "exact", ()))
    (_, row) = csv.reader(StringIO("".join(as_csv([miss]))))
    for column, cell in zip(COLUMNS, row, strict=True):
        if column not in ("what", "method", "start", "end", "score", "signals"):
            assert not cell.lstrip().startswith(FORMULAS), (column, cell)
            assert cell.isprintable()


def test_what_begins_no_formula_stays_as_it_is() -> None:
    assert [tame(text) for text in ("Nike -50%", "1:1", "", "耐克")] == ["Nike -50%", "1:1", "", "耐克"]
    assert tame("=1+1") == "'=1+1"
    assert tame("a\nb") == "a\\u000ab"
