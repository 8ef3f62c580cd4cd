"""`takedown evaluate`: what it shows, writes and compares."""

import csv
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import orjson
import pytest

from tests.build import at, listing, right, write_topics
from tests.cli.command import takedown

OFFERS = (
    ("shop:1", "Nike 1:1", {"brand_ids": ["B1"], "counterfeit": True}),
    ("shop:2", "Nike Air", {"brand_ids": ["B1"], "counterfeit": True}),
    ("shop:x:3", "Nike 高仿", {"brand_ids": ["B1"], "counterfeit": False}),
    ("other:1", "=Adidas", {"brand_ids": ["B1"], "counterfeit": False}),
    ("L5", "Scarf", {"brand_ids": [], "counterfeit": False}),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("evaluated") / "set")


def made(home: Path, offers: tuple[tuple[str, str, dict[str, object]], ...] = OFFERS, **fields: object) -> Path:
    """Write a set."""
    rights = [right(**fields), right(right_id="R2", brand_id="B2", brand="Adidas")]
    listings = [
        listing(title, listing_id=name, seller_id=f"S{number}", event_time=at(hours=number))
        for number, (name, title, _) in enumerate(offers)
    ]
    truths = [orjson.dumps({"listing_id": name, **truth}) for name, _, truth in offers]
    return write_topics(home, {"listings": listings, "rights": rights, "truth": truths})


def test_scores_are_shown_in_all_and_by_parts_with_what_was_taken_for_what(folder: Path) -> None:
    shown = takedown("evaluate", folder).stdout
    titles = ("Brand match by language", "Brand match by source", "by method", "by field", "Decisions by source", "Signals", "Calibration")
    assert all(title in shown for title in titles)
    assert "1 x brand instead of another: Adidas (B2); true: Nike (B1)" in shown
    assert "found 'Adidas' in title[1:7] (exact, Adidas)" in shown
    down = r"1 x genuine, taken down: replica_vocabulary\n      shop:x:3: Nike 高仿\n        best score \+\d\.\d+: replica_vocabulary \+"
    assert re.search(down, shown)
    assert "1 x counterfeit, cleared: nothing but the brand\n      shop:2: Nike Air\n        best score -" in shown
    silent = takedown("evaluate", folder, "--examples", 0).stdout
    assert "Calibration" in silent
    assert "Wrong decisions" not in silent


def test_json_says_which_set_it_is_and_what_it_was_made_with(folder: Path) -> None:
    scores = json.loads(takedown("evaluate", folder, "--json").stdout)
    assert (scores["set"]["name"], scores["set"]["listings"], scores["set"]["truths"]) == ("set", 5, 5)
    assert set(scores["versions"]) == {"program", "policy"}
    assert scores["by_source"]["flagging"]["shop"]["takedowns"] == 2
    assert scores["misses"] == {"brand instead of another": 1, "counterfeit, cleared": 1, "genuine, taken down": 1}


def test_misses_are_written_to_a_table(folder: Path, tmp_path: Path) -> None:
    ended = takedown("evaluate", folder, "--misses", tmp_path / "misses.csv")
    assert ended.stderr == f"3 misses written to {tmp_path / 'misses.csv'}\n"
    with (tmp_path / "misses.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["listing_id"], row["title"]) for row in rows] == [
        ("other:1", "'=Adidas"), ("shop:2", "Nike Air"), ("shop:x:3", "Nike 高仿"),
    ]  # fmt: skip
    assert takedown("evaluate", folder, "--misses", tmp_path / "misses.csv").returncode == 6
    assert takedown("evaluate", folder, "--misses", tmp_path / "misses.csv", "--force").returncode == 0


def test_calibration_is_drawn_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        assert takedown("evaluate", folder, "--plot", tmp_path / name).returncode == 0
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert ET.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")


def test_where_nothing_is_known_to_be_fake_nothing_is_drawn(tmp_path: Path) -> None:
    source = made(tmp_path / "set", OFFERS[2:])
    ended = takedown("evaluate", source, "--plot", tmp_path / "a.svg")
    assert (ended.returncode, "nothing can be drawn" in ended.stderr, (tmp_path / "a.svg").exists()) == (4, True, False)


def test_what_is_compared_with_itself_is_no_worse(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(takedown("evaluate", folder, "--json").stdout, encoding="utf-8")
    ended = takedown("evaluate", folder, "--compare", tmp_path / "old.json")
    assert (ended.returncode, "0 of " in ended.stdout, "worse" in ended.stdout) == (0, True, False)
    compared = json.loads(takedown("evaluate", folder, "--compare", tmp_path / "old.json", "--json").stdout)["compared"]
    assert {change["difference"] for change in compared} == {0}


def test_a_fall_beyond_the_tolerance_has_its_own_exit_code(folder: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text(takedown("evaluate", folder, "--json").stdout, encoding="utf-8")
    source = made(tmp_path / "set", brand="Nikon")  # the same listings and truth, another registry
    ended = takedown("evaluate", source, "--compare", old)
    assert ended.returncode == 13
    assert "brand_match.recall" in ended.stderr
    assert "worse" in ended.stdout
    assert takedown("evaluate", source, "--compare", old, "--tolerance", 1).returncode == 0


@pytest.mark.parametrize(("content", "message"), [("{", "is no JSON"), ("{}", "holds no scores"), ('{"flagging":{}}', "which set")])
def test_what_is_no_evaluation_is_refused(folder: Path, tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "old.json").write_text(content, encoding="utf-8")
    ended = takedown("evaluate", folder, "--compare", tmp_path / "old.json")
    assert (ended.returncode, message in ended.stderr, ended.stdout) == (4, True, "")


def test_an_evaluation_of_another_set_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(takedown("evaluate", folder, "--json").stdout, encoding="utf-8")
    ended = takedown("evaluate", made(tmp_path / "set", OFFERS[1:]), "--compare", tmp_path / "old.json")
    assert (ended.returncode, "is of another set: 'set' with 5 listings" in ended.stderr) == (4, True)


def test_options_that_make_no_sense_are_wrong_usage(folder: Path, tmp_path: Path) -> None:
    same = tmp_path / "same"
    assert takedown("evaluate", folder, "--tolerance", 0.1).returncode == 2
    assert takedown("evaluate", folder, "--compare", same, "--tolerance", "nan").returncode == 2  # nothing is worse by more than that
    assert takedown("evaluate", folder, "--misses", same, "--plot", same).returncode == 2
    assert takedown("evaluate", folder, "--compare", same, "--plot", same).returncode == 2
    assert takedown("evaluate", folder, "--misses", folder / "truth.jsonl", "--force").returncode == 6


def test_names_from_outside_are_printed_as_they_are(tmp_path: Path) -> None:
    offers = (("[red]:x:\u202e1", "Nike :smile: [bold]Air", {"brand_ids": ["B2"], "counterfeit": True}),)
    shown = takedown("evaluate", made(tmp_path / "set", offers)).stdout
    assert "[red]:x:\\u202e1: Nike :smile: [bold]Air" in shown
    assert "  [red]  " in shown
