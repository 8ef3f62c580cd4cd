from pathlib import Path

import pytest

from pipeline.codec import encode
from pipeline.local.errors import InputError
from pipeline.local.inputs import file_of, files_of, records
from pipeline.local.lines import LINE_LIMIT, Lines
from tests.build import START, listing, write_topics


def test_the_topics_of_a_folder_are_found_and_the_truth_ignored(tmp_path: Path) -> None:
    write_topics(tmp_path, {"listings": [], "rights": [], "truth": []})
    (tmp_path / "notes.txt").write_text("not a topic")
    for name in ("README.md", "Readme.jsonl", ".listings.jsonl.swp", "._rights.jsonl", "truth.csv"):
        (tmp_path / name).touch()
    assert set(files_of(tmp_path)) == {"listings", "rights"}


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "holds no listings.jsonl"),
        (("rights.jsonl",), "holds no listings.jsonl"),
        (("listings.jsonl", "lisitngs.jsonl"), "is of no known topic"),
        (("listings.jsonl", "listings.jsonl.gz"), "is a second file of the topic listings"),
        (("listings.jsonl", "takedowns.jsonl"), "--recorded"),
        (("listings.jsonl", "rights.jsonl.bz2"), "rights.jsonl.bz2: is named for the topic rights, but only .jsonl, .jsonl.gz, .jsonl.zst"),
        (("listings.jsonl", "rights.csv"), "is named for the topic rights"),
        (("listings.jsonl", "clock.json"), "is named for the topic clock"),
        (("Listings.JSONL",), "is named for the topic listings"),
        (("listings.jsonl", "listings.jsonl~"), "is named for the topic listings"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path, names: tuple[str, ...], message: str) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(InputError, match=message):
        files_of(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        files_of(tmp_path / "nowhere")


def test_a_folder_to_be_replayed_as_recorded_needs_a_sequence(tmp_path: Path) -> None:
    write_topics(tmp_path, {"listings": []})
    with pytest.raises(InputError, match=r"holds no events\.unique"):
        files_of(tmp_path, recorded=True)


def test_a_recorded_folder_may_hold_what_is_not_read_in_other_forms(tmp_path: Path) -> None:
    write_topics(tmp_path, {topic: [] for topic in ("events.unique", "rights", "policies", "dead-letters", "takedowns")})
    (tmp_path / "takedowns.csv").touch()
    assert "takedowns" in files_of(tmp_path, recorded=True)
    (tmp_path / "policies.toml").touch()
    with pytest.raises(InputError, match="is named for the topic policies"):
        files_of(tmp_path, recorded=True)


def test_a_file_is_found_by_its_topic(tmp_path: Path) -> None:
    (tmp_path / "truth.jsonl.gz").touch()
    assert file_of(tmp_path, "truth") == tmp_path / "truth.jsonl.gz"
    assert file_of(tmp_path, "listings") is None
    with pytest.raises(InputError, match="cannot be read"):
        file_of(tmp_path / "nowhere", "truth")


def test_lines_become_records_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "listings.jsonl"
    far = encode(listing()).replace(b"2016-03-01T08:00:00Z", b"2016-03-01T16:00:00+08:00")
    path.write_bytes(b"\n".join([far, b"", b"{", b"x" * (LINE_LIMIT + 1)]))
    good, empty, broken, long = records("listings", Lines(path))
    assert (good.key, good.offset, good.event.event_time) == ("S1", 0, START)
    assert [record.fault.code for record in (empty, broken, long) if record.fault] == ["empty", "not-json", "too-large"]
    assert broken.headers == {"file": "listings.jsonl", "line": "3"}
    assert (long.raw, long.digest is None) == (b"", False)
