from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.local.errors import InputError
from pipeline.local.score_comparison import Change, compared, fallen, read_scores

FILE = Path("old.json")
SET = {"name": "s", "listings": 2, "truths": 2, "digest": "d"}


def scores(**parts: Any) -> dict[str, Any]:
    """Return the scores of one set."""
    return {
        "set": SET,
        "versions": {"program": "1"},
        "flagging": {"n": 2, "takedowns": 1, "precision": 0.5, "genuine_touched": 0.1},
        **parts,
    }


FIGURES = st.dictionaries(
    st.sampled_from(["precision", "recall", "n", "brier"]), st.integers() | st.floats(allow_nan=False, allow_infinity=False), max_size=4
)


@given(
    st.dictionaries(st.sampled_from(["brand_match", "duplicates", "by_method", "people"]), FIGURES | st.dictionaries(st.text(), FIGURES))
)
def test_what_is_compared_with_itself_shows_no_difference(parts: dict[str, Any]) -> None:
    changes = compared(FILE, scores(**parts), scores(**parts))
    assert all(change.difference == 0 and change.old == change.new for change in changes)
    assert fallen(changes, 0.0) == []


def test_each_measure_is_told_before_now_and_by_how_much() -> None:
    changes = compared(
        FILE, scores(by_method={"exact": {"precision": 0.9}}), scores(brand_match={"recall": 0.75}, misses={"brand missed": 3})
    )
    assert {change.measure: (change.old, change.new, change.difference) for change in changes if change.old != change.new} == {
        "by_method.exact.precision": (0.9, None, None),
        "brand_match.recall": (None, 0.75, None),
        "misses.brand missed": (None, 3, None),
    }


@pytest.mark.parametrize(
    ("measure", "old", "new", "fall"),
    [
        ("flagging.precision", 0.9, 0.8, 0.1),
        ("flagging.precision", 0.8, 0.9, 0.0),
        ("brand_match.first_right", 0.9, 0.89, 0.01),
        ("duplicates.copy.recall", 0.2, 0.1, 0.1),
        ("duplicates.similar.index_recall", 1.0, 0.9, 0.1),
        ("flagging.genuine_touched", 0.0, 0.01, 0.01),
        ("flagging.review_share", 0.02, 0.01, 0.0),
        ("calibration.expected_error", 0.1, 0.3, 0.2),
        ("people.sellers.honest_closed", 0, 1, 1),
        ("flagging.takedowns", 10, 2, 0.0),  # nobody can say whether that is better
        ("by_language.flagging.en.precision", 1.0, 0.0, 0.0),  # of a part
        ("flagging.precision", 0.9, None, 0.0),
    ],
)
def test_a_fall_is_what_makes_the_whole_set_worse(measure: str, old: float, new: float | None, fall: float) -> None:
    change = Change(measure, old, new)
    assert change.fall == pytest.approx(fall)
    assert bool(fallen([change], 0.0)) == bool(fall)
    assert fallen([change], fall) == []  # as much as the tolerance is good


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b"[]", "holds no scores"),
        (b'{"flagging":1}', "holds no scores"),
        (b'{"flagging":{}}', "does not say of which set"),
        (b'{"flagging":{},"set":{"digest":1}}', "does not say of which set"),
    ],
)
def test_what_is_no_evaluation_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "old.json").write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_scores(tmp_path / "old.json")


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.json"):
        with pytest.raises(InputError, match="cannot be read"):
            read_scores(path)


def test_an_evaluation_of_another_set_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_bytes(orjson.dumps(scores()))
    old = read_scores(tmp_path / "old.json")
    assert compared(FILE, old, scores())
    with pytest.raises(InputError, match="is of another set: 's' with 2 listings"):
        compared(FILE, old, {**scores(), "set": {**SET, "digest": "e"}})
    assert compared(FILE, old, {**scores(), "set": {**SET, "name": "moved"}})  # a folder may be called otherwise
