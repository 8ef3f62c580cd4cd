"""The sample topics: what they show, and that they are replayed to the byte as they were before."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.local.replay import Plan, replay
from pipeline.local.summary import Summary
from pipeline.simulate.malformed import MALFORMED_KINDS, malformed
from scripts.build_golden import GOLDEN, digests
from scripts.build_samples import build
from tests.build import contents

SAMPLES = Path("samples")
WRONG = 1000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.fixture(scope="module")
def summary(home: Path) -> Summary:
    return replay(Plan(SAMPLES, home / "out"))


@pytest.fixture(scope="module")
def out(home: Path, summary: Summary) -> Path:
    assert summary.conservation == 0
    return home / "out"


def test_they_are_small_and_many() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) <= 1_000_000
    with gzip.open(SAMPLES / "listings.jsonl.gz") as lines:
        assert sum(1 for _ in lines) >= 5000


def test_they_are_what_the_simulator_makes(tmp_path: Path) -> None:
    build(tmp_path)
    assert contents(tmp_path) == {name: raw for name, raw in contents(SAMPLES).items() if name.endswith(".gz")}


def test_the_demo_has_everything_to_show(summary: Summary) -> None:
    decisions, dropped = summary.decisions, summary.stages["dedupe"].tally.dropped
    assert {"replica_vocabulary", "brand_disguised", "store_closed"} <= set(decisions.takedowns)
    assert set(decisions.sources) == {"own_initiative", "closure", "notice", "ruling"}
    assert set(decisions.warnings) == {"warning", "restriction"}
    assert decisions.closures >= 3
    assert summary.written["reviews"] >= 5
    assert {"repeated", "unchanged", "stale"} <= set(dropped)
    assert summary.stages["dedupe"].tally.facts["late"] > 0
    assert summary.dead_letters.total() >= 5


def test_the_replay_is_to_the_byte_what_it_was(out: Path) -> None:
    assert digests(out) == json.loads(GOLDEN.read_text(encoding="utf-8")), "if that is meant: make samples"


@pytest.mark.parametrize("chunk", [1, 7, 333])
def test_chunks_change_no_byte(out: Path, tmp_path: Path, chunk: int) -> None:
    replay(Plan(SAMPLES, tmp_path / "out", chunk=chunk))
    assert contents(tmp_path / "out") == contents(out)


def test_the_recorded_sequence_gives_the_same_bytes(out: Path, tmp_path: Path) -> None:
    replay(Plan(out, tmp_path / "again", recorded=True, chunk=77))
    assert contents(tmp_path / "again") == contents(out)


def test_malformed_lines_change_no_decision_and_each_has_its_dead_letter(out: Path, summary: Summary, tmp_path: Path) -> None:
    spoilt = replay(Plan(with_malformed_lines(tmp_path / "in"), tmp_path / "out"))
    assert spoilt.conservation == 0
    assert spoilt.dead_letters.total() == summary.dead_letters.total() + WRONG
    for topic in ("events.unique", "takedowns", "reviews", "seller-warnings", "store-closures", "reinstatements", "notice-outcomes"):
        assert (tmp_path / "out" / f"{topic}.jsonl").read_bytes() == (out / f"{topic}.jsonl").read_bytes()


def with_malformed_lines(folder: Path) -> Path:
    """Copy the samples, with malformed lines of every kind spread among the listings."""
    folder.mkdir()
    for path in SAMPLES.glob("*.gz"):
        (folder / path.name).write_bytes(path.read_bytes())
    lines = gzip.decompress((SAMPLES / "listings.jsonl.gz").read_bytes()).split(b"\n")
    step = len(lines) // WRONG
    for number in reversed(range(WRONG)):
        lines.insert(number * step, malformed(number % len(MALFORMED_KINDS), number))
    (folder / "listings.jsonl.gz").write_bytes(gzip.compress(b"\n".join(lines)))
    return folder


def test_ten_kinds_and_more_are_malformed() -> None:
    assert len(MALFORMED_KINDS) >= 10


def test_nothing_of_a_seller_is_decided_after_its_store_closed_but_by_the_closure(out: Path) -> None:
    closed = {closure["seller_id"]: closure for closure in events(out, "store-closures")}
    for takedown in events(out, "takedowns"):
        closure = closed.get(takedown["seller_id"])
        if closure is not None and takedown["decided_at"] > closure["decided_at"]:
            assert (takedown["source"], takedown["closure_id"]) == ("closure", closure["closure_id"])


def test_every_figure_of_a_closure_can_be_recomputed(out: Path) -> None:
    takedowns = {takedown["takedown_id"]: takedown for takedown in events(out, "takedowns")}
    for closure in events(out, "store-closures"):
        assert closure["points"] == sum(takedowns[ident]["points"] for ident in closure["takedown_ids"])
        swept = [
            one
            for one in takedowns.values()
            if one.get("closure_id") == closure["closure_id"] and one["decided_at"] == closure["decided_at"]
        ]
        assert closure["swept"] == len(swept)


def events(out: Path, topic: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / f"{topic}.jsonl").read_bytes().splitlines()]
