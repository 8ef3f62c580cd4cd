"""Bad input, a bad policy, a full disk, Ctrl-C: one clear message, a documented exit code, and nothing half-written."""

import gzip
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.build import FAKE, contents, listing, right, write_topics
from tests.cli.command import TAKEDOWN, takedown


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_topics(tmp_path / "in", {"listings": [listing(FAKE)], "rights": [right()]})


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "place" / "out"


def cut_off(source: Path) -> None:
    (source / "listings.jsonl").unlink()
    packed = gzip.compress(os.urandom(100_000))
    (source / "listings.jsonl.gz").write_bytes(packed[:50_000])


def emptied(source: Path) -> None:
    for path in source.iterdir():
        path.unlink()


def unreadable(source: Path) -> None:
    (source / "listings.jsonl").unlink()
    (source / "listings.jsonl").mkdir()


def unknown_topic(source: Path) -> None:
    (source / "lisitngs.jsonl").touch()


def absent(source: Path) -> None:
    emptied(source)
    source.rmdir()


def a_file(source: Path) -> None:
    absent(source)
    source.write_text("I am no folder")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (cut_off, "cut off or damaged"),
        (emptied, "holds no listings.jsonl"),
        (unreadable, "cannot be read"),
        (unknown_topic, "is of no known topic"),
        (absent, "No such file or directory"),
        (a_file, "Not a directory"),
    ],
)
def test_input_that_cannot_be_used_is_exit_code_4(source: Path, out: Path, spoil: Callable[[Path], None], message: str) -> None:
    spoil(source)
    ended = takedown("replay", source, "--out", out)
    assert ended.returncode == 4
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not out.parent.exists() or list(out.parent.iterdir()) == []


def test_a_bad_policy_is_exit_code_5_with_every_fault(source: Path, out: Path, tmp_path: Path) -> None:
    policy = tmp_path / "mine.toml"
    policy.write_text('version = ""\nlangauge = "en"\n[decision]\nprior = "low"\n', encoding="utf-8")
    ended = takedown("replay", source, "--out", out, "--policy", policy)
    assert ended.returncode == 5
    for fault in ("mine.toml:1: version", "mine.toml:2: langauge", "mine.toml:4: decision.prior"):
        assert fault in ended.stderr
    assert not out.exists()


def test_an_out_that_exists_is_exit_code_6(source: Path, out: Path) -> None:
    assert takedown("replay", source, "--out", out).returncode == 0
    before = contents(out)
    refused = takedown("replay", source, "--out", out)
    assert refused.returncode == 6
    assert "--force" in refused.stderr
    assert contents(out) == before
    assert takedown("replay", source, "--out", out, "--force").returncode == 0


def test_a_disk_that_takes_no_more_is_exit_code_6(source: Path, out: Path) -> None:
    write_topics(source, {"listings": [listing(FAKE, listing_id=f"L{number}", seller_id=f"S{number}") for number in range(5000)]})
    limited = takedown("replay", source, "--out", out, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)))
    assert limited.returncode == 6
    assert "cannot be written" in limited.stderr
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize(("number", "code", "message"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")])
def test_being_stopped_leaves_nothing(tmp_path: Path, out: Path, number: signal.Signals, code: int, message: str) -> None:
    source = tmp_path / "endless"
    source.mkdir()
    os.mkfifo(source / "listings.jsonl")  # a file that never ends
    running = subprocess.Popen([TAKEDOWN, "replay", source, "--out", out], stderr=subprocess.PIPE, text=True)
    with (source / "listings.jsonl").open("wb") as endless:
        endless.write(b"{}\n")
        endless.flush()
        wait_for(lambda: out.parent.exists() and any(out.parent.iterdir()))
        running.send_signal(number)
        _, complaint = running.communicate(timeout=60)
    assert running.returncode == code
    assert message in complaint
    assert list(out.parent.iterdir()) == []


def wait_for(happened: Callable[[], bool]) -> None:
    for _ in range(600):
        if happened():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within a minute")


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay",),
        ("replay", "in", "--out", "out", "--chunk", "0"),
        ("replay", "in", "--out", "out", "--recorded", "--policy", "p.toml"),
        ("replay", "in", "--out", "out", "--recorded", "--partitions", "2"),
        ("schema", "lisitngs"),
        ("simulate", "out", "--prevalence", "7"),
        ("nonsense",),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    ended = takedown(*arguments)
    assert ended.returncode == 2
    assert "Usage" in ended.stderr
