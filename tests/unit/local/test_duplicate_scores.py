from pathlib import Path

import orjson
import pytest

from pipeline.events.listing import Image, Listing
from pipeline.local.duplicate_scores import score_duplicates
from pipeline.local.evaluate import evaluate
from tests.build import listing, right, write_topics

TITLES = {
    "a": "Nike Air Max sneakers for men white",
    "b": "Nike Air Max sneakers for men white new",  # a copy, and true
    "c": "Nike Air sneakers for women",  # similar, and false
    "d": "Blue wool scarf",
    "e": "Azure muffler of wool",  # missed
    "f": "Nike Air Max sneakers for men white",  # of no group
}
GROUPS = {"a": "1", "b": "1", "c": "2", "d": "3", "e": "3"}


def offered() -> list[Listing]:
    return [listing(title, listing_id=name, seller_id=name) for name, title in TITLES.items()]


def test_pairs_are_scored_by_grade() -> None:
    scores = score_duplicates(offered(), GROUPS).as_json()
    assert (scores["n"], scores["pairs"]) == (5, 2)
    assert scores["copy"] == {"found": 1, "precision": 1.0, "recall": 0.5, "f1": 0.6667}
    assert scores["similar"] == {"found": 3, "precision": 0.3333, "recall": 0.5, "f1": 0.4}


def test_the_index_is_compared_with_all_pairs() -> None:
    assert score_duplicates(offered(), GROUPS).as_json()["index"] == {
        "recall": 1.0,
        "sampled_pairs": 10,
        "entries": 5,
        "places_an_entry": 24.0,
    }


def test_what_the_index_misses_is_told() -> None:
    images = [(Image("u", f"{0xA5A5A5A5A5A5A5A5 ^ bits:016x}"),) for bits in (0, 3)]
    far = [listing("Nike shoe", listing_id=f"{number}", images=each) for number, each in enumerate(images)]
    scores = score_duplicates([*far, listing("Puma hat", listing_id="x")], {"0": "g", "1": "g", "x": "h"})
    assert scores.as_json()["index"]["recall"] == 1.0
    scores.met = 0
    assert scores.as_json()["index"]["recall"] == 0.0


def test_nothing_is_nothing() -> None:
    assert score_duplicates([], {}).as_json()["copy"] == {"found": 0, "precision": 0.0, "recall": 0.0, "f1": 0.0}


@pytest.mark.parametrize("known", [True, False])
def test_evaluate_scores_them_where_the_truth_knows_groups(tmp_path: Path, known: bool) -> None:
    truths = [orjson.dumps({"listing_id": name, **({"duplicate_group": GROUPS[name]} if known else {})}) for name in GROUPS]
    result = evaluate(write_topics(tmp_path, {"listings": [*offered(), b"{"], "rights": [right()], "truth": truths})).as_json()
    assert ("duplicates" in result) is known
    if known:
        assert result["duplicates"]["copy"]["found"] == 1
