"""What is true is read line by line; what does not decode is named."""

from pathlib import Path

import pytest

from pipeline.local.errors import InputError
from pipeline.local.truths import PersonTruth, Truth, read_people_truth, read_truth


def test_listings_and_people_are_read_and_unknown_fields_passed_over(tmp_path: Path) -> None:
    (tmp_path / "truth.jsonl").write_text('{"listing_id":"L1","counterfeit":true,"kind":"honest","more":1}\n')
    (tmp_path / "truth-people.jsonl").write_text('{"what":"notice","id":"N1","by":"honest","rightful":true,"subject":"L1"}\n')
    assert read_truth(tmp_path) == {"L1": Truth("L1", None, True, None, "honest")}
    assert read_people_truth(tmp_path) == [PersonTruth("notice", "N1", "honest", rightful=True)]


def test_people_need_no_truth(tmp_path: Path) -> None:
    assert read_people_truth(tmp_path) is None


def test_a_line_about_people_that_does_not_decode_is_named(tmp_path: Path) -> None:
    (tmp_path / "truth-people.jsonl").write_text('{"what":"notice"}\n')
    with pytest.raises(InputError, match="line 1"):
        read_people_truth(tmp_path)
