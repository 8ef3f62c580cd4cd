from pathlib import Path
from typing import Any

import orjson
import pytest

from pipeline.local.errors import InputError
from pipeline.local.evaluate import Evaluation, evaluate
from tests.build import at, listing, right, write_topics

RIGHTS = [right(), right(right_id="R2", brand_id="B2", brand="Adidas")]


def evaluated(home: Path, *offers: tuple[str, dict[str, Any]]) -> Evaluation:
    """Evaluate (title, truth) pairs, each a listing of its own."""
    listings = [listing(title, listing_id=f"L{number}", event_time=at(hours=number)) for number, (title, _) in enumerate(offers)]
    truths = [orjson.dumps({"listing_id": f"L{number}", **truth}) for number, (_, truth) in enumerate(offers)]
    return evaluate(write_topics(home, {"listings": listings, "rights": RIGHTS, "truth": truths}))


def test_brand_match_is_scored_by_pairs_of_listing_and_brand(tmp_path: Path) -> None:
    scores = evaluated(
        tmp_path,
        ("Nike shoes", {"brand_ids": ["B1"]}),  # right
        ("Adidas shoes", {"brand_ids": ["B1"]}),  # one wrong, one missed
        ("Adidas Nike", {"brand_ids": ["B1"]}),  # one right, one wrong; the best is wrong
        ("Scarf", {"brand_ids": []}),
        ("case for Nike", {"brand_ids": []}),  # a reference does not count
        ("Nike", {}),  # unknown: not scored
    ).brand_match
    assert scores == {"n": 5, "precision": 0.5, "recall": 0.6667, "f1": 0.5714, "first_right": 0.3333}


def test_decisions_are_scored_where_the_truth_is_known(tmp_path: Path) -> None:
    scores = evaluated(
        tmp_path,
        ("Nike 1:1", {"counterfeit": True}),  # taken down
        ("N1KE Air", {"counterfeit": True}),  # asked about
        ("Nike Air", {"counterfeit": True}),  # missed
        ("Nike 高仿", {"counterfeit": False}),  # a wrong takedown
        ("Nike Air", {"counterfeit": False}),
        ("Nike 莆田货", {}),
    ).flagging
    assert scores == {"n": 6, "takedowns": 3, "review_share": 0.1667, "precision": 0.5, "recall": 0.6667, "genuine_touched": 0.5}


def test_what_the_truth_does_not_know_is_left_out(tmp_path: Path) -> None:
    result = evaluated(tmp_path, ("Nike", {}))
    assert set(result.as_json()) == {"flagging"}
    assert set(result.flagging) == {"n", "takedowns", "review_share"}


def test_brake_and_enforcement_are_off(tmp_path: Path) -> None:
    fakes = [("Nike 1:1", {"counterfeit": True})] * 600
    assert evaluated(tmp_path, *fakes).flagging["takedowns"] == 600


def test_misses_are_shown_with_what_was_found(tmp_path: Path) -> None:
    misses = evaluated(tmp_path, ("Adidas shoes", {"brand_ids": ["B1"]}), ("Nike 1:1", {"counterfeit": False})).misses
    assert [miss.what for miss in misses] == ["brand wrong in 1 listings", "brand missed", "genuine, taken down"]
    assert misses[0].wrong == ("'Adidas' in title (exact, Adidas)",)
    assert misses[1].missed == ("B1",)


@pytest.mark.parametrize(("line", "message"), [(b"{}", "line 1: "), (b"nonsense", "line 1: "), (b'{"listing_id":7}', "line 1: ")])
def test_a_truth_that_does_not_decode_names_its_line(tmp_path: Path, line: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(write_topics(tmp_path, {"listings": [], "truth": [line]}))


def test_without_truth_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no truth\.jsonl"):
        evaluate(write_topics(tmp_path, {"listings": []}))
