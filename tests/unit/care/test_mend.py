import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest
from backports import zstd

from pipeline.care.check import check
from pipeline.care.mend import mend
from pipeline.codec import encode
from pipeline.events.right import Alias, AuthorisedSeller, RightImage
from pipeline.local.errors import InputError
from tests.build import START, right, write_topics

ADIDAS = right(right_id="R2", brand_id="B2", brand="Adidas")


def mended(folder: Path, *lines: Any, out: str = "mended.jsonl") -> tuple[list[Any], dict[str, int]]:
    file = write_topics(folder, {"rights": lines}) / "rights.jsonl"
    done = mend(file, folder / out, check(file, START))
    return [orjson.loads(line) for line in (folder / out).read_bytes().splitlines()], dict(done)


def test_what_is_anothers_or_stands_twice_goes_and_what_is_doubtful_is_put_on_trial(tmp_path: Path) -> None:
    given = right(aliases=("Adidas", "Swoosh", "swoosh", "中国", "Swoosh", Alias("universal", "nickname"), "90"))
    (nike, _), done = mended(tmp_path, given, ADIDAS)
    kept = ["Swoosh", "swoosh", {"text": "中国", "status": "shadow"}, {"text": "universal", "kind": "nickname", "status": "shadow"}]
    assert nike["aliases"] == kept
    assert done == {"alias-of-another": 1, "alias-twice": 1, "place-alias": 1, "everyday-alias": 2, "unsearchable-alias": 1}


def test_lines_that_hold_nothing_are_left_out(tmp_path: Path) -> None:
    lines, done = mended(tmp_path, right(brand="Old"), b"", b"{}", b"x" * (1024 * 1024 + 1), right())
    assert [line["brand"] for line in lines] == ["Nike"]
    assert done == {"invalid-line": 3, "duplicate-right": 1}


def test_images_sellers_and_context_lose_what_says_nothing(tmp_path: Path) -> None:
    good = RightImage("genuine", "d1c3a5966f0e78b2")
    given = right(
        images=(RightImage("genuine"), good, RightImage("genuine", "0" * 16), good),
        authorised_sellers=("S1", AuthorisedSeller("S1", ("DE",)), "S2"),
        common_word=True,
        context=("...", "shoe"),
    )
    ((nike,), _) = mended(tmp_path, given)
    assert [nike["images"], nike["authorised_sellers"], nike["context"]] == [
        [{"of": "genuine", "phash": "d1c3a5966f0e78b2"}],
        ["S1", "S2"],
        ["shoe"],
    ]


def test_a_picture_with_one_good_hash_stays(tmp_path: Path) -> None:
    half = RightImage("genuine", "0" * 16, "3c5a9e7d10f2846b" * 3 + "c4d1e2a98b760f35", 80)
    ((nike,), done) = mended(tmp_path, right(images=(half,)))
    assert len(nike["images"]) == 1
    assert done == {}


def test_all_else_stays_as_it_is(tmp_path: Path) -> None:
    strange = b'{ "brand":"Nike","brand_id":"B1", "right_id":"R1","kind":"trademark","holder":"N","theirs":123456789012345678901234567890 }'
    untouched = strange.replace(b"R1", b"R3")
    touched = strange[:-2] + b',"aliases":["Adidas",{"text":"nk","note":"theirs"}] }'
    mended(tmp_path, untouched, touched, ADIDAS)
    first, second, third = (tmp_path / "mended.jsonl").read_bytes().splitlines()
    assert (first, third) == (untouched, encode(ADIDAS))
    assert b'"theirs":123456789012345678901234567890' in second
    assert orjson.loads(second)["aliases"] == [{"text": "nk", "note": "theirs", "status": "shadow"}]


@pytest.mark.parametrize(("suffix", "unpack"), [(".jsonl.gz", gzip.decompress), (".jsonl.zst", zstd.decompress)])
def test_it_is_packed_as_its_name_says_and_the_same_each_time(tmp_path: Path, suffix: str, unpack: Any) -> None:
    file = write_topics(tmp_path, {"rights": [right(aliases=("nk",))]}) / "rights.jsonl"
    for name in ("first", "second"):
        mend(file, tmp_path / f"{name}{suffix}", check(file, START))
    first, second = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("first", "second"))
    assert first == second
    assert b'"status":"shadow"' in unpack(first)


def test_where_reading_fails_nothing_is_written(tmp_path: Path) -> None:
    file = write_topics(tmp_path, {"rights": [right()]}) / "rights.jsonl"
    report = check(file, START)
    packed = file.rename(tmp_path / "rights.jsonl.gz")
    with pytest.raises(InputError, match="damaged"):
        mend(packed, tmp_path / "out.jsonl", report)
    assert [path.name for path in tmp_path.iterdir()] == ["rights.jsonl.gz"]
