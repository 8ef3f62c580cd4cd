"""What each verb prints."""

import json
import os
import subprocess
from importlib.metadata import version
from pathlib import Path

import orjson
import pytest

from pipeline.cli.exits import Exit
from pipeline.flow import TOPICS
from tests import story
from tests.build import FAKE, at, closing_at_once, contents, listing, right, write_topics
from tests.cli.command import TAKEDOWN, takedown

VERBS = (
    "replay",
    "explain",
    "simulate",
    "evaluate",
    "schema",
    "version",
    "policy",
    "policy check",
    "policy show",
    "worker",
    "reset",
    "dead-letters list",
    "rights learn",
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    fakes = [listing(FAKE, listing_id=f"F{week}", event_time=at(days=4 * week), price="9.90", currency="CNY") for week in range(6)]
    honest = [listing("Blue wool scarf", listing_id="H1", seller_id="S2", event_time=at(days=1)), b"{"]
    removed = [listing(FAKE, listing_id="F0", version=2, change="removed", event_time=at(days=22))]
    return write_topics(
        tmp_path_factory.mktemp("in"), {"listings": [*fakes, *honest, *removed], "rights": [right()], "policies": [closing_at_once()]}
    )


@pytest.fixture(scope="module")
def out(source: Path) -> Path:
    folder = source.parent / "out-of-verbs"
    assert takedown("replay", source, "--out", folder).returncode == 0
    return folder


def first(out: Path, topic: str) -> dict[str, str]:
    with (out / f"{topic}.jsonl").open() as lines:
        return dict(json.loads(lines.readline()))


@pytest.mark.parametrize("verb", VERBS)
def test_help_teaches_and_names_the_exit_codes(verb: str) -> None:
    shown = takedown(*verb.split(), "--help", env={"COLUMNS": "200", "PATH": "/usr/bin"})
    assert shown.returncode == 0
    assert "Usage" in shown.stdout
    assert "Exit codes" in shown.stdout


def test_completion_is_offered() -> None:
    assert "--install-completion" in takedown("--help").stdout


def test_exit_codes_are_documented() -> None:
    shown = " ".join(takedown("--help").stdout.split())
    assert all(f"{code.value} " in shown for code in Exit)


def test_replay_says_what_became_of_every_record(source: Path, tmp_path: Path) -> None:
    shown = takedown("replay", source, "--out", tmp_path / "out").stdout
    for word in ("dedupe", "brand-match", "flagging", "replica_vocabulary", "warning 1", "Conservation: 0", "not-json 1"):
        assert word in shown


def test_replay_as_json(source: Path, tmp_path: Path) -> None:
    figures = json.loads(takedown("replay", source, "--out", tmp_path / "out", "--json").stdout)
    assert figures["conservation"] == 0
    assert figures["topics"]["listings"] == {"in": 9, "out": 9}
    assert figures["topics"]["events.unique"]["in"] == figures["topics"]["events.unique"]["out"]
    assert figures["topics"]["takedowns"] == {"in": 0, "out": 6}
    assert figures["topics"]["policies"] == {"in": 1, "out": 1}
    assert set(figures["stages"]) == {"dedupe", "brand-match", "flagging"}
    assert figures["listings_per_second"] > 0
    assert figures["closures"] == 1


def test_a_recorded_replay_gives_the_same_files(out: Path, tmp_path: Path) -> None:
    assert takedown("replay", out, "--recorded", "--out", tmp_path / "again").returncode == 0
    assert contents(tmp_path / "again") == contents(out)


def test_explain_shows_the_evidence_in_the_listings_own_text(out: Path) -> None:
    takedown_id = first(out, "takedowns")["takedown_id"]
    shown = takedown("explain", out, takedown_id).stdout
    for word in (takedown_id, "[[Nike]] Air Max", "[[1:1 replica]]", "replica_vocabulary", "WARNING", "version 1"):
        assert word in shown


def test_explain_shows_what_a_closure_rests_on(out: Path) -> None:
    closure = first(out, "store-closures")
    shown = takedown("explain", out, closure["closure_id"]).stdout
    assert shown.count("TAKEDOWN") == len(closure["takedown_ids"])
    assert shown.count("[[1:1 replica]]") == len(closure["takedown_ids"])
    assert "STORE CLOSURE" in shown


@pytest.mark.parametrize(
    ("ident", "words"), [("F0", ("TAKEDOWN", "removed", "WARNING")), ("H1", ("touches no right",)), ("S1", ("STORE CLOSURE",))]
)
def test_explain_takes_listings_and_sellers(out: Path, ident: str, words: tuple[str, ...]) -> None:
    shown = takedown("explain", out, ident)
    assert shown.returncode == 0
    assert all(word in shown.stdout for word in words)


def test_explain_as_lines_of_json(out: Path) -> None:
    lines = takedown("explain", out, "F0", "--json").stdout.splitlines()
    assert [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story.replayed(tmp_path_factory.mktemp("story"))


@pytest.mark.parametrize(("ident", "kind"), [(story.NOTICE, "notice"), (story.APPEAL, "appeal"), (story.LISTING, "listing")])
def test_explain_tells_a_story_from_its_notice_to_the_end(told: Path, ident: str, kind: str) -> None:
    shown = takedown("explain", told, ident)
    assert shown.returncode == 0
    lines = [line for line in shown.stdout.splitlines() if line and not line.startswith("    ")]
    assert lines[0].startswith(f"{kind} ")
    heads = ["listing L1", "NOTICE N 1", "OUTCOME", "REVIEW", "RULING R-down", "TAKEDOWN", "WARNING", "OUTCOME", 'APPEAL A"1', "OUTCOME"]
    heads += ["PUT BACK", "RULING R-uphold", "TAKEDOWN", "RULING R-reverse", "GIVEN BACK", "GIVEN BACK", "GIVEN BACK", "AMENDMENT"]
    assert [line.split("  ")[1].startswith(head) for line, head in zip(lines[1:], heads, strict=True)] == [True] * len(heads), lines
    for words in (
        "counterfeit of right R1, by HOLDER (rights holder)",
        "11 characters, 0 pieces of evidence, declares: good faith, accurate",
        "accepted (accepted)",
        "told HOLDER after 1 day, 0:00:00, decided by people",
        "forwarded (appealed)",
        "until 2016-03-20 08:00:00",
        "The seller objects.",
        "which had been put back",
        'by the deadline after appeal A"1',
        "by ruling R-reverse",
        "reversed (reversed)",
    ):
        assert words in shown.stdout, words
    assert "\u202e" not in shown.stdout
    assert "N 1/é\\u202e" in shown.stdout
    assert "Zoe" not in shown.stdout


def test_explain_takes_an_id_for_what_it_is_said_to_be(told: Path) -> None:
    assert takedown("explain", told, "S1", "--as", "seller").stdout.startswith("seller S1")
    assert takedown("explain", told, "S1", "--as", "notice").returncode == 4
    wrong = takedown("explain", told, "S1", "--as", "oracle")
    assert wrong.returncode == 2
    assert "takedown, review, warning, closure, listing, notice, appeal, seller" in " ".join(wrong.stderr.replace("│", "").split())


def test_explain_says_what_it_does_not_know(out: Path) -> None:
    shown = takedown("explain", out, "nobody")
    assert shown.returncode == 4
    assert "'nobody'" in shown.stderr


def test_a_title_cannot_steer_the_terminal(tmp_path: Path) -> None:
    source = write_topics(tmp_path / "in", {"listings": [listing("Nike \x1b[2J 1:1 \u200b [bold]x[/bold]")], "rights": [right()]})
    takedown("replay", source, "--out", tmp_path / "out")
    shown = takedown("explain", tmp_path / "out", "L1").stdout
    assert "\x1b" not in shown
    assert "\\u001b[2J" in shown
    assert "\\u200b [bold]x[/bold]" in shown


def test_no_id_can_steer_the_terminal(tmp_path: Path) -> None:
    evil = "x\x9b31m\u202ey"
    offers = [listing(FAKE, listing_id=f"L{week}{evil}", seller_id=f"S{evil}", event_time=at(days=4 * week)) for week in range(5)]
    truths = [orjson.dumps({"listing_id": offer.listing_id, "brand_ids": [f"B2{evil}"], "counterfeit": False}) for offer in offers]
    rights = [right(right_id=f"R{evil}", brand_id=f"B{evil}")]
    source = write_topics(tmp_path / "in", {"listings": offers, "truth": truths, "rights": rights})
    assert takedown("replay", source, "--out", tmp_path / "out").returncode == 0
    for asked in (("explain", tmp_path / "out", f"S{evil}"), ("explain", tmp_path / "out", f"L0{evil}"), ("evaluate", source)):
        shown = takedown(*asked)
        assert shown.returncode == 0
        assert "\\u009b31m\\u202ey" in shown.stdout
        assert all(char.isprintable() or char == "\n" for char in shown.stdout)
    assert "\\u202e" in takedown("explain", tmp_path / "out", "\u202e").stderr
    assert "\\u202e" in takedown("replay", tmp_path / "no\u202ewhere", "--out", tmp_path / "new").stderr


def test_evidence_is_marked_in_the_version_and_the_sellers_listing_that_was_decided_on(tmp_path: Path) -> None:
    offers = [
        listing("Hat", listing_id="now", seller_id="S9", event_time=at(days=10)),
        listing(f"First {FAKE}"),
        listing(f"Another, second {FAKE}", version=2),
        listing(f"Theirs, which is longer {FAKE}", seller_id="S2"),
        listing("Hat", listing_id="then", seller_id="S9", event_time=at(days=20)),
    ]
    source = write_topics(tmp_path / "in", {"listings": offers, "rights": [right()]})
    assert takedown("replay", source, "--out", tmp_path / "out").returncode == 0
    shown = takedown("explain", tmp_path / "out", "L1").stdout
    assert shown.count("TAKEDOWN") == 3
    assert shown.count("[[") == shown.count("[[Nike]]") + shown.count("[[1:1 replica]]") + shown.count("[[莆田]]")
    for title in ("First", "Another, second", "Theirs, which is longer"):
        assert f"{title} [[Nike]] Air Max" in shown.replace("…", "")


def test_the_help_of_explain_shows_the_marks() -> None:
    assert "[[like this]]" in takedown("explain", "--help", env={**os.environ, "COLUMNS": "200"}).stdout


@pytest.mark.parametrize("topic", TOPICS)
def test_schema_prints_json_schema(topic: str) -> None:
    assert json.loads(takedown("schema", topic).stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("asked", ["version", "--version"])
def test_version(asked: str) -> None:
    assert takedown(asked).stdout.strip() == version("takedown-pipeline")


@pytest.mark.parametrize("offers", [1, 4000])
def test_who_has_read_enough_is_no_error(tmp_path: Path, offers: int) -> None:
    listings = [listing("Hat " * 20, version=1 + number, price=str(number)) for number in range(offers)]
    assert takedown("replay", write_topics(tmp_path / "in", {"listings": listings}), "--out", tmp_path / "out").returncode == 0
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run([TAKEDOWN, "explain", tmp_path / "out", "L1"], stdout=write, stderr=subprocess.PIPE, check=False, timeout=100)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_what_a_terminal_cannot_show_is_shown_as_code_points(out: Path) -> None:
    shown = takedown("explain", out, "F0", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "[[1:1 replica]]" in shown.stdout
    assert "\\u8386\\u7530" in shown.stdout


def test_the_default_policy_is_good(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(takedown("policy", "show").stdout, encoding="utf-8")
    checked = takedown("policy", "check", file)
    assert (checked.returncode, "good, version" in checked.stdout) == (0, True)


def test_policy_check_names_every_fault_at_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = takedown("policy", "show").stdout
    file.write_text(text.replace("base_rate =", "base_rat =").replace("lateness =", "latenes ="), encoding="utf-8")
    checked = takedown("policy", "check", file)
    assert checked.returncode == 5
    assert "decision.base_rat" in checked.stderr
    assert "times.latenes" in checked.stderr


def test_simulate_and_evaluate(tmp_path: Path) -> None:
    made = takedown("simulate", tmp_path / "market", "--listings", 1500, "--seed", 3)
    assert (made.returncode, "rulings.jsonl: " in made.stdout) == (0, True)
    scores = json.loads(takedown("evaluate", tmp_path / "market", "--json").stdout)
    assert {"set", "versions", "brand_match", "flagging", "people", "calibration", "by_language", "misses"} <= set(scores)
    assert set(scores["people"]) == {"sellers", "regimes", "notices", "questions"}
    assert {"n", "precision", "recall", "f1", "first_right"} <= set(scores["brand_match"])
    assert {"n", "takedowns", "review_share", "precision", "recall", "genuine_touched"} <= set(scores["flagging"])
    assert scores["flagging"]["takedowns"] > 0
    shown = takedown("evaluate", tmp_path / "market").stdout
    assert all(word in shown for word in ("precision", "honest_closed", "regime", "honest:rightful"))


def test_a_simulation_without_people_has_listings_rights_and_truth(tmp_path: Path) -> None:
    assert takedown("simulate", tmp_path / "market", "--listings", 200, "--no-people").returncode == 0
    assert {path.name for path in (tmp_path / "market").iterdir()} == {"listings.jsonl", "rights.jsonl", "truth.jsonl"}
    assert "people" not in json.loads(takedown("evaluate", tmp_path / "market", "--json").stdout)


def test_people_react_to_the_policy_that_is_given_and_a_replay_takes_it_over(tmp_path: Path) -> None:
    policy = tmp_path / "mine.toml"
    policy.write_text(takedown("policy", "show").stdout.replace('version = "2016.1"', 'version = "mine"'), encoding="utf-8")
    assert takedown("simulate", tmp_path / "market", "--listings", 400, "--policy", policy).returncode == 0
    assert takedown("replay", tmp_path / "market", "--out", tmp_path / "out").returncode == 0
    lines = (tmp_path / "out" / "takedowns.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["policy_version"] for line in lines} == {"mine"}


def test_a_policy_for_people_needs_people_and_must_be_good(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("prior = 1", encoding="utf-8")
    assert takedown("simulate", tmp_path / "market", "--policy", tmp_path / "bad.toml").returncode == 5
    assert takedown("simulate", tmp_path / "market", "--policy", tmp_path / "absent.toml").returncode == 4
    assert takedown("simulate", tmp_path / "market", "--no-people", "--policy", tmp_path / "bad.toml").returncode == 2
    assert not (tmp_path / "market").exists()


def test_evaluate_needs_the_truth(source: Path) -> None:
    ended = takedown("evaluate", source)
    assert ended.returncode == 4
    assert "holds no truth.jsonl" in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("in", "--to", "localhost:1", "--out", "out"),
        ("in", "--from", "localhost:1", "--out", "out"),
        ("in",),
        ("--out", "out"),
        ("in", "--to", "x"),
    ],
)
def test_a_replay_that_contradicts_itself_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert takedown("replay", *arguments).returncode == 2


def test_rights_learn_tells_and_writes_only_where_it_is_told_to(tmp_path: Path) -> None:
    offers = [listing(f"A warm orange jacket {n}", listing_id=f"L{n}", seller_id=f"S{n}") for n in range(20)]
    rights = [right(brand="Orange", holder="[bold]x[/bold]"), right(right_id="R[red]2")]
    source = write_topics(tmp_path / "in", {"listings": offers, "rights": rights})
    before = contents(source)
    told = takedown("rights", "learn", source / "rights.jsonl", "--over", source)
    assert "Orange" in told.stdout
    assert "1 of 1 names that were met are common words, 1 of them new: marked nowhere" in told.stdout
    assert contents(source) == before
    new = tmp_path / "new.jsonl"
    assert takedown("rights", "learn", source / "rights.jsonl", "--over", source, "--out", new).returncode == 0
    assert [json.loads(line).get("common_word", False) for line in new.read_text().splitlines()] == [True, False]
    assert takedown("rights", "learn", source / "rights.jsonl", "--over", source, "--out", new).returncode == Exit.OUTPUT
    assert "0 of them new" in takedown("rights", "learn", new, "--over", source).stdout
