"""`takedown rights check` and `rights diff`: what they print, and how they end."""

import json
import subprocess
from pathlib import Path

import pytest

from pipeline.events.right import Alias
from tests.build import FAKE, listing, right, write_topics
from tests.cli.command import TAKEDOWN, takedown

ADIDAS = right(right_id="R2", brand_id="B2", brand="Adidas")
FAULTY = [right(aliases=("Adidas", "nk")), ADIDAS]


@pytest.fixture
def rights(tmp_path: Path) -> Path:
    return write_topics(tmp_path, {"rights": FAULTY}) / "rights.jsonl"


def test_faults_are_shown_with_their_fix_and_make_an_exit_code(rights: Path) -> None:
    ended = takedown("rights", "check", rights)
    assert ended.returncode == 11
    assert "line 1: Nike (R1): Adidas - the name of Adidas (R2)" in ended.stdout
    assert "alias-of-another: drop the alias" in ended.stdout
    assert "2 rights in 2 lines: 1 error, 1 warning, 0 notes." in ended.stdout
    assert ended.stderr == f"error: {rights}: 1 error\n"


@pytest.mark.parametrize(
    ("given", "strict", "code"), [((), False, 0), ((), True, 0), (("NIKE",), True, 0), (("nk",), False, 0), (("nk",), True, 11)]
)
def test_warnings_count_where_they_are_told_to_and_notes_never(tmp_path: Path, given: tuple[str, ...], strict: bool, code: int) -> None:
    file = write_topics(tmp_path, {"rights": [right(aliases=given)]}) / "rights.jsonl"
    assert takedown("rights", "check", file, *(["--strict"] if strict else [])).returncode == code


def test_faults_as_json_and_only_as_json(rights: Path) -> None:
    ended = takedown("rights", "check", rights, "--json", "--limit", 0)
    found = json.loads(ended.stdout)
    assert found["faults"] == {"error": 1, "warning": 1, "note": 0}
    assert [(kind["code"], kind["count"], kind["examples"]) for kind in found["kinds"]] == [
        ("alias-of-another", 1, []),
        ("short-alias", 1, []),
    ]


def test_a_mended_file_is_clean_and_says_what_was_done(rights: Path, tmp_path: Path) -> None:
    out = tmp_path / "mended.jsonl.zst"
    ended = takedown("rights", "check", rights, "--fixed", out)
    assert ended.returncode == 11
    assert f"Written to {out}: 1 alias-of-another dropped, 1 short-alias put in shadow." in ended.stdout
    assert takedown("rights", "check", out, "--strict").returncode == 0


def test_a_file_comes_through_a_pipe_as_well(rights: Path, tmp_path: Path) -> None:
    out = tmp_path / "mended.jsonl"
    piped = [str(TAKEDOWN), "rights", "check", "/dev/stdin", "--fixed", str(out)]
    ended = subprocess.run(piped, input=rights.read_bytes(), capture_output=True, check=False, timeout=100)
    assert ended.returncode == 11, ended.stderr
    assert takedown("rights", "check", out, "--strict").returncode == 0


def test_a_time_may_be_given_at_which_rights_are_to_hold(tmp_path: Path) -> None:
    file = write_topics(tmp_path, {"rights": [b'{"valid_until":"2016-07-01T00:00:00Z",' + b'"right_id":"R1","brand_id":"B1",'
        b'"brand":"Nike","kind":"trademark","holder":"N"}']}) / "rights.jsonl"  # fmt: skip
    assert "expired" in takedown("rights", "check", file).stdout
    assert "expired" not in takedown("rights", "check", file, "--at", "2016-06-30").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("absent.jsonl",), 4, "cannot be read"),
        (("rights.jsonl", "--fixed", "rights.jsonl"), 6, "is the file that is read"),
        (("rights.jsonl", "--fixed", "absent/out.jsonl"), 6, "cannot be written"),
        (("rights.jsonl", "--limit", "-1"), 2, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_done_is_said(rights: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    ended = takedown("rights", "check", *arguments, cwd=rights.parent)
    assert ended.returncode == code
    assert message in ended.stderr


def test_text_from_outside_cannot_steer_the_terminal(tmp_path: Path) -> None:
    file = write_topics(tmp_path, {"rights": [right(brand="[red]N\x1b[31mike", aliases=("12",))]}) / "rights.jsonl"
    printed = takedown("rights", "check", file).stdout
    assert "\x1b" not in printed
    assert "[red]N\\u001b[31mike" in printed


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = write_topics(tmp_path / "shop", {"listings": [listing(FAKE), listing("Swoosh 莆田 1:1 replica", listing_id="L2")]})
    for name, aliases in (("old", ()), ("new", ("Swoosh",)), ("trial", (Alias("Swoosh", status="shadow"),))):
        write_topics(tmp_path / name, {"rights": [right(aliases=aliases)]})
    return folder


def compare(shop: Path, old: str, new: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    files = (shop.parent / name / "rights.jsonl" for name in (old, new))
    return takedown("rights", "diff", *files, "--over", shop, *arguments)


def test_a_difference_is_shown_by_right_and_alias_with_examples(shop: Path) -> None:
    ended = compare(shop, "old", "new")
    assert ended.returncode == 0
    assert "aliases added: 1: Swoosh of Nike (R1)" in ended.stdout
    assert "Nike (R1), by Swoosh: newly taken down 1, newly matched 1" in ended.stdout
    assert "newly taken down: L2: Swoosh 莆田 1:1 replica" in ended.stdout
    assert "2 listings; something else is decided on 50.0000% of them." in ended.stdout


@pytest.mark.parametrize("limit", [("--most-takedowns", 0), ("--most-matches", 0), ("--most-share", 0.4)])
def test_a_limit_that_is_exceeded_is_named_and_has_a_code(shop: Path, limit: tuple[str, object]) -> None:
    ended = compare(shop, "old", "new", *limit)
    assert ended.returncode == 12
    assert limit[0] in ended.stderr
    assert compare(shop, "old", "trial", *limit).returncode == 0


def test_a_difference_as_json(shop: Path) -> None:
    found = json.loads(compare(shop, "new", "trial", "--json").stdout)
    assert {effect: number for effect, number in found["listings"].items() if number} == {"spared": 1, "unmatched": 1, "tried": 1}
    assert found["sellers"]["spared"] == 1
    assert found["trial"] == {"shadow-alias-takedown": 1}
    assert found["changes"]["aliases"] == [{"right_id": "R1", "brand": "Nike", "alias": "Swoosh", "change": "shadow"}]


def test_a_bad_registry_is_not_compared(shop: Path) -> None:
    write_topics(shop.parent / "bad", {"rights": [b"{}"]})
    ended = compare(shop, "old", "bad")
    assert ended.returncode == 4
    assert "line 1 is no right" in ended.stderr
