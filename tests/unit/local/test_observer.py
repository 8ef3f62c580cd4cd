"""What the observer notes of listings that change, that come twice, and that the truth does not know."""

from pathlib import Path
from typing import Any

import orjson

from pipeline.events.listing import Listing
from pipeline.local.evaluate import evaluate
from pipeline.local.observer import differs
from pipeline.local.seen import Best, Seen, brands_in
from pipeline.local.truths import Truth
from tests.build import at, listing, match, right, write_topics

SHADOW = right(right_id="R2", brand_id="B2", brand="Adidas", status="shadow")


def best_of(home: Path, *versions: Listing, **truth: Any) -> tuple[Best | None, str]:
    """Return the score and the title of a counterfeit that was cleared, or of a genuine listing that was not."""
    truths = [orjson.dumps({"listing_id": "L1", **truth})]
    (miss,) = evaluate(write_topics(home, {"listings": versions, "rights": [right(), SHADOW], "truth": truths})).misses
    return miss.best, miss.title


def version(number: int, title: str, **fields: Any) -> Listing:
    """Return a version of one listing."""
    return listing(title, version=number, event_time=at(days=number), **{"change": "listed" if number == 1 else "updated", **fields})


def test_of_several_versions_the_highest_score_counts(tmp_path: Path) -> None:
    low, high = "case for Nike", "Nike Air"  # a reference lowers the score
    for number, titles in enumerate(([low, high, low], [high, low], [low, high])):
        best, _ = best_of(tmp_path / str(number), *(version(n, title) for n, title in enumerate(titles, 1)), counterfeit=True)
        assert best is not None
        assert best.signals == ()


def test_a_right_on_trial_gives_no_score(tmp_path: Path) -> None:
    assert best_of(tmp_path / "a", version(1, "Adidas Air"), counterfeit=True)[0] is None
    best, _ = best_of(tmp_path / "b", version(1, "Adidas 1:1 case for Nike"), counterfeit=True)
    assert best is not None
    assert "reference_use" in best.codes


def test_what_was_taken_down_stays_so_where_it_is_offered_anew_and_asked_about(tmp_path: Path) -> None:
    versions = (version(1, "Nike 1:1"), version(2, "Nike 1:1", change="removed"), version(3, "N1KE Air", change="listed"))
    folder = write_topics(
        tmp_path, {"listings": versions, "rights": [right()], "truth": [b'{"listing_id":"L1","counterfeit":false}']}
    )  # fmt: skip
    result = evaluate(folder)
    assert (result.flagging["takedowns"], result.flagging["reviews"]) == (1, 0)
    assert [miss.what for miss in result.misses] == ["genuine, taken down"]


def test_what_the_truth_does_not_know_is_not_held(tmp_path: Path) -> None:
    listings = [listing("Nike 1:1", listing_id=f"L{number}", event_time=at(hours=number)) for number in range(3)]
    result = evaluate(write_topics(tmp_path, {"listings": listings, "rights": [right()], "truth": [b'{"listing_id":"L1"}']}))
    assert (result.flagging["n"], result.flagging["takedowns"]) == (1, 1)


def test_the_title_is_that_of_the_version_that_names_a_right(tmp_path: Path) -> None:
    assert best_of(tmp_path, version(1, "Scarf"), version(2, "Nike Air"), version(3, "Blue scarf"), counterfeit=True)[1] == "Nike Air"


def test_flow_and_truth_differ_on_what_is_known() -> None:
    nike = brands_in([match()])
    assert differs(Truth("L1", ("B2",)), Seen("en", nike))
    assert differs(Truth("L1", ()), Seen("en", nike))
    assert not differs(Truth("L1", ("B1",)), Seen("en", nike))
    assert not differs(Truth("L1"), Seen("en", nike, "takedown"))
    assert [differs(Truth("L1", counterfeit=fake), Seen("en", outcome="review")) for fake in (True, False)] == [False, True]
