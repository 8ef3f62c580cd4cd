from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.flow import STAGES
from pipeline.local.errors import InputError
from pipeline.local.evaluate import ALONE, Evaluation, evaluate, from_signals_alone
from pipeline.local.inputs import files_of
from pipeline.local.judged import run_through
from pipeline.local.observer import Observer
from pipeline.local.partition import Partition
from pipeline.local.references import read_references
from pipeline.local.truths import read_truth
from tests.build import at, listing, right, write_topics

RIGHTS = [right(), right(right_id="R2", brand_id="B2", brand="Adidas")]


def evaluated(home: Path, *offers: tuple[str, dict[str, Any]], **fields: Any) -> Evaluation:
    """Evaluate (title, truth) pairs, each a listing of its own."""
    listings = [listing(title, listing_id=f"L{number}", event_time=at(hours=number), **fields) for number, (title, _) in enumerate(offers)]
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
    counts = {"n": 5, "found": 4, "right": 2, "true": 3}
    assert scores == {**counts, "precision": 0.5, "recall": 0.6667, "f1": 0.5714, "first_right": 0.3333}


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
    counts = {"n": 6, "takedowns": 3, "reviews": 1, "review_share": 0.1667, "counterfeit": 3, "genuine": 2}
    assert scores == {**counts, "precision": 0.5, "recall": 0.6667, "genuine_touched": 0.5}


def test_what_the_truth_does_not_know_is_left_out(tmp_path: Path) -> None:
    result = evaluated(tmp_path, ("Nike", {}))
    assert {"brand_match", "people", "duplicates", "calibration"}.isdisjoint(result.as_json())
    assert set(result.flagging) == {"n", "takedowns", "reviews", "review_share"}
    assert result.misses == []


def test_brake_and_enforcement_are_off(tmp_path: Path) -> None:
    fakes = [("Nike 1:1", {"counterfeit": True})] * 600
    assert evaluated(tmp_path, *fakes).flagging["takedowns"] == 600


def test_misses_are_told_with_what_was_found(tmp_path: Path) -> None:
    result = evaluated(
        tmp_path,
        ("Adidas shoes", {"brand_ids": ["B1"]}),
        ("Scarf", {"brand_ids": ["B2"]}),
        ("Nike 1:1", {"counterfeit": False}),
        ("Nike Air", {"counterfeit": True}),
        ("Nike", {"brand_ids": ["B1"], "counterfeit": False}),
    )
    whats = ["brand instead of another", "brand missed", "genuine, taken down", "counterfeit, cleared"]
    assert [(miss.what, miss.listing_id) for miss in result.misses] == [(what, f"L{number}") for number, what in enumerate(whats)]
    assert [miss.title for miss in result.misses] == ["Adidas shoes", "Scarf", "Nike 1:1", "Nike Air"]
    assert (found := result.misses[0].found) is not None
    assert (found.text, found.field, found.start, found.end, found.method) == ("Adidas", "title", 0, 6, "exact")
    assert result.brands == {"B1": "Nike", "B2": "Adidas"}
    assert result.as_json()["misses"] == dict.fromkeys(sorted(whats), 1)


def test_a_cleared_listing_has_its_score_from_the_state_of_flagging(tmp_path: Path) -> None:
    misses = evaluated(
        tmp_path,
        ("Nike Air", {"counterfeit": True}),
        ("case for Nike", {"counterfeit": True}),
        ("Scarf", {"counterfeit": True}),
        ("Nike 1:1", {"counterfeit": False}),
    ).misses
    plain, reference, scarf, taken_down = (miss.best for miss in misses)
    assert plain is not None and plain.signals == ()  # noqa: PT018
    assert reference is not None and reference.codes == ("reference_use",)  # noqa: PT018
    assert scarf is None
    assert taken_down is not None and taken_down.lead == "replica_vocabulary"  # noqa: PT018
    assert [miss.reason for miss in misses] == ["nothing but the brand", "reference_use", "names no right", "replica_vocabulary"]


def test_looking_at_flagging_changes_nothing_that_it_does(tmp_path: Path) -> None:
    titles = ["Nike 1:1", "N1KE Air", "Scarf", "Nike 高仿"] * 5
    listings = [listing(title, listing_id=f"L{n}", event_time=at(hours=n)) for n, title in enumerate(titles)]
    folder = write_topics(tmp_path, {"listings": [*listings, b"{"], "rights": RIGHTS, "truth": [b'{"listing_id":"L0"}']})
    references = read_references(files_of(folder))
    references.history.alter_policies(from_signals_alone)
    states = []
    for watched in (False, True):
        observer = Observer(read_truth(folder), -4.0)
        stages = observer.stages(STAGES) if watched else STAGES
        partition = Partition(0, stages, references.history, observer, 7)
        run_through(folder, partition, ALONE, lambda *_: None)
        states.append([(run.tally, run.made, [list(run.store.scan(table, "", "\U0010ffff")) for table in run.stage.tables if table.ordered])
                       for run in partition.runs])  # fmt: skip
    assert states[0] == states[1]
    assert states[0][-1][0].decided


def test_languages_and_sources_are_scored_apart(tmp_path: Path) -> None:
    offers = [("tiki:1", "Nike", "vi"), ("tiki:2", "Áo Adidas", None), ("L3", "耐克鞋", None)]
    listings = [listing(title, listing_id=name, language=language) for name, title, language in offers]
    truths = [orjson.dumps({"listing_id": name, "brand_ids": ["B1"], "counterfeit": True}) for name, *_ in offers]
    made = evaluate(write_topics(tmp_path, {"listings": listings, "rights": RIGHTS, "truth": truths})).as_json()
    assert {name: part["right"] for name, part in made["by_language"]["brand_match"].items()} == {"vi": 1, "latin?": 0, "han?": 0}
    assert {name: part["n"] for name, part in made["by_source"]["flagging"].items()} == {"tiki": 2, "(none)": 1}
    assert {name: part["found"] for name, part in made["by_method"].items()} == {"exact": 2}


OFFERS = st.tuples(
    st.sampled_from(
        ["Nike shoes", "N1KE Air", "N.i.k.e", "Adidas Nike 1:1", "Scarf", "耐克 adidas", "Áo Nike", "case for Nike", "Adîdas 高仿"]
    ),
    st.fixed_dictionaries(
        {},
        optional={"brand_ids": st.sampled_from([[], ["B1"], ["B2"], ["B1", "B2"]]), "counterfeit": st.booleans()},
    ),
    st.sampled_from(["a:", "b:", ""]),
    st.sampled_from([None, "en", "zh"]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OFFERS, max_size=12))
def test_the_parts_add_up_to_the_whole(tmp_path: Path, offers: list[tuple[str, dict[str, Any], str, str | None]]) -> None:
    listings = [
        listing(title, listing_id=f"{source}{number}", language=language, event_time=at(hours=number))
        for number, (title, _, source, language) in enumerate(offers)
    ]
    truths = [orjson.dumps({"listing_id": one.listing_id, **offers[number][1]}) for number, one in enumerate(listings)]
    result = evaluate(write_topics(tmp_path, {"listings": listings, "rights": RIGHTS, "truth": truths}))
    parts, whole = result.parts, result.brand_match or {}
    for groups in (parts.brand_languages, parts.brand_sources):
        assert all(total(groups, count) == whole.get(count, 0) for count in ("n", "found", "right", "true"))
    for groups in (parts.methods, parts.fields):
        assert (total(groups, "found"), total(groups, "right")) == (whole.get("found", 0), whole.get("right", 0))
        assert total(groups, "right") + total(groups, "wrong") == whole.get("found", 0)
    for groups in (parts.languages, parts.sources):
        counts = ("n", "takedowns", "reviews", "counterfeit", "genuine")
        assert all(total(groups, count) == result.flagging.get(count, 0) for count in counts)
    assert total(parts.signals, "led") == result.flagging["takedowns"] + result.flagging["reviews"]
    assert total(parts.signals, "led_takedowns") == result.flagging["takedowns"]
    if result.calibration is not None:
        known = [truth for _, truth, *_ in offers if "counterfeit" in truth]
        assert sum(one.n for one in result.calibration.bins) == result.calibration.n == len(known) - result.calibration.unscored


def total(groups: dict[str, dict[str, float]], count: str) -> float:
    """Add up a count over groups."""
    return sum(figures.get(count, 0) for figures in groups.values())


@pytest.mark.parametrize(("line", "message"), [(b"{}", "line 1: "), (b"nonsense", "line 1: "), (b'{"listing_id":7}', "line 1: ")])
def test_a_truth_that_does_not_decode_names_its_line(tmp_path: Path, line: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(write_topics(tmp_path, {"listings": [], "truth": [line]}))


def test_without_truth_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no truth\.jsonl"):
        evaluate(write_topics(tmp_path, {"listings": []}))
