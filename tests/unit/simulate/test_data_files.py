"""The packed list of brands is what its licence and README say."""

import gzip
from importlib.resources import files

from pipeline.simulate.data_files import read_rows, read_toml


def test_each_brand_has_an_id_a_name_and_a_category_of_the_index() -> None:
    rows = read_rows("brands.jsonl.gz")
    assert len(rows) == 8125
    assert len({row["brand_id"] for row in rows}) == 8125
    for row in rows:
        assert set(row) <= {"brand_id", "name", "aliases", "category"}
        assert row["brand_id"]
        assert row["name"]
        assert not row["category"].startswith("x/")
        assert not row["brand_id"].startswith("x:")


def test_the_packed_list_has_no_time_and_is_small() -> None:
    packed = (files("pipeline.simulate") / "data" / "brands.jsonl.gz").read_bytes()
    assert packed[4:8] == b"\0\0\0\0"
    assert len(packed) < 600_000
    assert gzip.decompress(packed).endswith(b"\n")


def test_the_licence_is_beside_it() -> None:
    text = (files("pipeline.simulate") / "data" / "LICENSE-name-suggestion-index").read_text(encoding="utf-8")
    assert "name-suggestion-index contributors" in text
    assert "Redistributions in binary form must reproduce" in text


def test_famous_brands_have_distinct_names() -> None:
    names = [table["name"] for table in read_toml("famous.toml")["brands"]]
    assert len(set(names)) == len(names) >= 80
