import gzip
import random
from pathlib import Path

import pytest
from backports import zstd

from pipeline.local.errors import InputError
from pipeline.local.lines import LINE_LIMIT, OUTPUT_LIMIT, Lines, TooLong, topic_of

TEXT = b"one\n\ntwo\n"


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("listings.jsonl", "listings"),
        ("events.unique.jsonl.gz", "events.unique"),
        ("rights.jsonl.zst", "rights"),
        ("README.md", None),
        ("listings.json", None),
    ],
)
def test_a_file_is_named_for_its_topic(name: str, topic: str | None) -> None:
    assert topic_of(Path(name)) == topic


@pytest.mark.parametrize(("suffix", "pack"), [("", bytes), (".gz", gzip.compress), (".zst", zstd.compress)])
def test_lines_come_without_their_ends(tmp_path: Path, suffix: str, pack: object) -> None:
    path = tmp_path / f"listings.jsonl{suffix}"
    path.write_bytes(pack(TEXT))  # type: ignore[operator]
    lines = Lines(path)
    assert list(lines) == [b"one", b"", b"two"]
    assert lines.read == lines.size
    assert b"".join(Lines(path).blocks()) == TEXT


def test_the_last_line_may_lack_its_end(tmp_path: Path) -> None:
    path = tmp_path / "listings.jsonl"
    path.write_bytes(b"one\ntwo")
    assert list(Lines(path)) == [b"one", b"two"]


@pytest.mark.parametrize("length", [LINE_LIMIT, LINE_LIMIT + 1, 3 * LINE_LIMIT])
def test_a_line_over_the_limit_is_read_over(tmp_path: Path, length: int) -> None:
    path = tmp_path / "listings.jsonl"
    path.write_bytes(b"x" * length + b"\nnext\n")
    first, second = Lines(path)
    assert second == b"next"
    if length <= LINE_LIMIT:
        assert first == b"x" * length
    else:
        assert isinstance(first, TooLong)
        assert first.length == length


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".zst", zstd.compress)])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, suffix: str, pack: object) -> None:
    path = tmp_path / f"listings.jsonl{suffix}"
    packed = pack(bytes(range(256)) * 1000)  # type: ignore[operator]
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match="cut off or damaged"):
        list(Lines(path))


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"listings.jsonl{suffix}"
    path.write_bytes(b"plain text, in spite of its name\n")
    with pytest.raises(InputError, match="cut off or damaged"):
        list(Lines(path))


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_an_empty_file_is_no_archive(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"listings.jsonl{suffix}"
    path.touch()
    with pytest.raises(InputError, match=r"cut off or damaged \(it is empty\)"):
        list(Lines(path))


def test_an_empty_file_that_is_not_packed_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "listings.jsonl"
    path.touch()
    assert list(Lines(path)) == []


def test_the_limit_is_the_reader_s(tmp_path: Path) -> None:
    path = tmp_path / "events.unique.jsonl"
    path.write_bytes(b"x" * (LINE_LIMIT + 1) + b"\n12345678\n")
    assert list(Lines(path, OUTPUT_LIMIT)) == [b"x" * (LINE_LIMIT + 1), b"12345678"]
    assert [str(line) for line in Lines(path, 7)] == [f"the line has {size} bytes, 7 are allowed" for size in (LINE_LIMIT + 1, 8)]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_it_is_known_how_far_a_file_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"listings.jsonl{suffix}"
    text = b"".join(random.Random(1).randbytes(1000).hex().encode() + b"\n" for _ in range(3000))
    path.write_bytes(gzip.compress(text) if suffix else text)
    lines = Lines(path)
    told = [lines.read] + [lines.read for _ in lines]
    assert told[0] == 0
    assert 0 < told[1] < lines.size / 2
    assert told == sorted(told)
    assert told[-1] <= lines.size == lines.read
