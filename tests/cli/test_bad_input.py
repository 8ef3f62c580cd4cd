"""Bad input, a bad policy, a full disk, Ctrl-C: one clear message, a documented exit code, and nothing half-written."""

import ctypes
import gzip
import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.flow import OUTPUTS, REFERENCES
from pipeline.policy.loader import default_text
from tests.build import FAKE, at, contents, listing, right, tick, write_topics
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


def dangling(source: Path) -> None:
    (source / "listings.jsonl").unlink()
    (source / "listings.jsonl").symlink_to("/nowhere")


def empty_archive(source: Path) -> None:
    (source / "rights.jsonl").unlink()
    (source / "rights.jsonl.gz").touch()


def another_ending(source: Path) -> None:
    (source / "rights.jsonl").rename(source / "rights.csv")


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
        (dangling, "listings.jsonl: cannot be read: No such file or directory"),
        (empty_archive, "is cut off or damaged (it is empty)"),
        (another_ending, "rights.csv: is named for the topic rights, but only .jsonl"),
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


def test_a_policy_that_is_no_text_is_exit_code_5(source: Path, tmp_path: Path) -> None:
    policy = tmp_path / "mine.toml"
    policy.write_bytes(b'version = "1"\n# \xff')
    ended = takedown("policy", "check", policy)
    assert ended.returncode == 5
    assert "mine.toml:2: file: is not UTF-8" in ended.stderr


def test_policies_of_which_none_is_good_are_exit_code_5(source: Path, out: Path) -> None:
    write_topics(source, {"policies": [b"{}", b'{"version":"1"}']})
    ended = takedown("replay", source, "--out", out)
    assert ended.returncode == 5
    assert "policies.jsonl:2: $: Object missing required field `text`" in ended.stderr


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


def test_a_disk_that_takes_no_more_of_a_simulation_is_exit_code_6(out: Path) -> None:
    limited = takedown("simulate", out, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)))
    assert limited.returncode == 6
    assert "cannot be written" in limited.stderr
    assert list(out.parent.iterdir()) == []


def test_a_simulation_replaces_only_a_simulation_and_only_with_force(source: Path, out: Path) -> None:
    assert takedown("simulate", out, "--listings", 50).returncode == 0
    before = contents(out)
    refused = takedown("simulate", out, "--listings", 60)
    assert refused.returncode == 6
    assert "exists already; name another place, or overwrite it with --force" in refused.stderr
    assert contents(out) == before
    assert takedown("simulate", out, "--listings", 60, "--force").returncode == 0
    assert contents(out) != before
    assert "no simulation wrote it" in takedown("simulate", source, "--force").stderr


def test_the_input_is_not_deleted(source: Path) -> None:
    assert takedown("replay", source, "--out", source / "out").returncode == 0
    source.rename(moved := source.parent / "moved")
    refused = takedown("replay", moved, "--out", moved / "out", "--force")
    assert (refused.returncode, "lies in the folder that is read" in refused.stderr) == (6, True)
    (moved / "out" / "in").mkdir()
    (moved / "listings.jsonl").rename(moved / "out" / "in" / "listings.jsonl")
    refused = takedown("replay", moved / "out" / "in", "--out", moved / "out", "--force")
    assert (refused.returncode, "holds the folder that is read" in refused.stderr) == (6, True)
    assert (moved / "out" / "in" / "listings.jsonl").is_file()


def test_the_folder_one_is_in_is_refused_at_the_start(source: Path, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    refused = takedown("replay", source, "--out", ".", cwd=tmp_path / "here")
    assert refused.returncode == 6
    assert "is the folder that you are in" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here", "in"]


def test_many_partitions_do_with_the_files_that_a_process_may_open(source: Path, out: Path) -> None:
    offers = [listing(FAKE, listing_id=f"L{number}", seller_id=f"S{number}") for number in range(200)]
    strays = [listing(listing_id=f"X{number}", seller_id=f"S{number}", event_time=at(days=9)) for number in range(200)]
    write_topics(source, {"listings": [*offers, *strays], "clock": [tick()]})
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1024))  # noqa: E731
    ended = takedown("replay", source, "--out", out, "--partitions", 1024, "--json", preexec_fn=few)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert (figures["topics"]["takedowns"]["out"], figures["dead_letters"]) == (200, {"from-the-future": 200})
    offsets = [json.loads(line)["offset"] for line in (out / "dead-letters.jsonl").read_bytes().splitlines()]
    assert offsets == list(range(200, 400))


@pytest.mark.parametrize(
    ("closed", "arguments", "code"),
    [
        ("in", ("replay", "in", "--out", "out"), 4),
        ("in", ("evaluate", "in"), 4),
        ("in", ("explain", "in", "L1"), 4),
        ("in/listings.jsonl", ("replay", "in", "--out", "out"), 4),
        ("in/listings.jsonl", ("evaluate", "in"), 4),
        ("in/truth.jsonl", ("evaluate", "in"), 4),
        ("old/takedowns.jsonl", ("explain", "old", "L1"), 4),
        ("mine.toml", ("replay", "in", "--out", "out", "--policy", "mine.toml"), 4),
        ("mine.toml", ("evaluate", "in", "--policy", "mine.toml"), 4),
        ("mine.toml", ("policy", "check", "mine.toml"), 4),
        ("mine.toml", ("rights", "load", "mine.toml"), 4),
        ("mine.toml", ("policy", "publish", "--settings", "mine.toml"), 8),
        ("old", ("replay", "in", "--out", "old"), 6),
        ("old", ("simulate", "old"), 6),
    ],
)
def test_what_may_not_be_read_is_no_wrong_usage(source: Path, closed: str, arguments: tuple[str, ...], code: int) -> None:
    home = source.parent
    write_topics(source, {"truth": []})
    (home / "mine.toml").write_text(default_text(), encoding="utf-8")
    write_topics(home / "old", dict.fromkeys((*OUTPUTS, *REFERENCES, "dead-letters"), ()))
    (home / closed).chmod(0)
    ended = takedown(*arguments, cwd=home, preexec_fn=as_an_ordinary_user)
    (home / closed).chmod(0o700)
    assert ended.returncode == code
    assert closed in ended.stderr
    assert "Permission denied" in ended.stderr
    assert "Traceback" not in ended.stderr


def as_an_ordinary_user() -> None:
    """Let root not read what its permissions forbid; an ordinary user cannot do that anyway."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


STOPS = [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"), (signal.SIGHUP, 129, "hung up")]


@pytest.mark.parametrize(("number", "code", "message"), STOPS)
def test_being_stopped_leaves_nothing(tmp_path: Path, out: Path, number: signal.Signals, code: int, message: str) -> None:
    source = tmp_path / "endless"
    source.mkdir()
    os.mkfifo(source / "listings.jsonl")  # a file that never ends
    running = started("replay", source, "--out", out)
    with (source / "listings.jsonl").open("wb") as endless:
        endless.write(b"{}\n")
        endless.flush()
        wait_for(lambda: out.parent.exists() and any(out.parent.iterdir()))
        running.send_signal(number)
        _, complaint = running.communicate(timeout=60)
    assert running.returncode == code
    assert message in complaint
    assert "nothing was written" in complaint
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize(("number", "code", "message"), STOPS)
def test_being_stopped_while_simulating_leaves_nothing(out: Path, number: signal.Signals, code: int, message: str) -> None:
    running = started("simulate", out, "--listings", "10000000")
    wait_for(lambda: out.parent.exists() and any(path.stat().st_size for path in out.parent.glob("*/listings.jsonl")))
    running.send_signal(number)
    _, complaint = running.communicate(timeout=60)
    assert (running.returncode, complaint) == (code, f"error: {message}; nothing was written\n")
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize(("number", "code", "message"), STOPS)
def test_being_stopped_while_evaluating(tmp_path: Path, number: signal.Signals, code: int, message: str) -> None:
    source = write_topics(tmp_path / "endless", {"truth": []})
    os.mkfifo(source / "listings.jsonl")
    running = started("evaluate", source)
    with (source / "listings.jsonl").open("wb"):
        running.send_signal(number)
        _, complaint = running.communicate(timeout=60)
    assert (running.returncode, complaint) == (code, f"error: {message}\n")


@pytest.mark.parametrize("module", ["typer", "pipeline.cli.replay", "pipeline.local.replay"])
@pytest.mark.parametrize(("number", "code", "message"), STOPS)
def test_being_stopped_while_it_starts(tmp_path: Path, module: str, number: signal.Signals, code: int, message: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(SIGNALLED_AT_IMPORT.format(module=module, number=int(number)))
    ended = takedown("version", env={**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"}, preexec_fn=not_ignoring)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", f"error: {message}\n")


SIGNALLED_AT_IMPORT = """
import os
import sys

class Signals:
    def find_spec(self, name, path=None, target=None):
        if name == "{module}":
            os.kill(os.getpid(), {number})

sys.meta_path.insert(0, Signals())
"""


def started(*arguments: object) -> subprocess.Popen[str]:
    command = [str(TAKEDOWN), *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=not_ignoring)  # noqa: PLW1509 - no threads here


def not_ignoring() -> None:
    """Let the process be hung up, also where the tests run under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


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
