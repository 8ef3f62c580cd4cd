from pathlib import Path
from typing import Any

import pytest

from pipeline.codec import decode
from pipeline.events.right import Alias, Right
from pipeline.local.common_words import Bounds, Learnt, count, learnt, read_rights, taught
from pipeline.local.errors import InputError
from tests.build import listing, right, write_topics

BOUNDS = Bounds(least=3, sellers=3, share=0.25)
ORANGE = right(brand="Orange", aliases=("Tangerine", Alias("Clementine", "product_line")))


def words(folder: Path, *listings: Any, rights: tuple[Right, ...] = (ORANGE,), bounds: Bounds = BOUNDS) -> list[Learnt]:
    write_topics(folder, {"listings": list(listings), "rights": list(rights)})
    return learnt(rights, count(rights, folder), bounds)


def plain(word: str, times: int, sellers: int = 9, **fields: Any) -> list[Any]:
    return [listing(f"A warm {word} jacket", listing_id=f"{word}{n}", seller_id=f"S{n % sellers}", **fields) for n in range(times)]


def test_a_name_that_is_used_as_a_word_is_one(tmp_path: Path) -> None:
    (word,) = words(tmp_path, *plain("orange", 3), listing("Orange jacket of wool", listing_id="B"))
    assert (word.right_id, word.text, word.own, word.known) == ("R1", "Orange", True, False)
    assert dict(word.standing.places) == {"word": 3, "brand": 1}
    assert word.standing.sellers == {"S0", "S1", "S2"}


@pytest.mark.parametrize(
    "listings",
    [
        plain("orange", 2),
        plain("orange", 3, sellers=2),
        [*plain("orange", 3), *(listing("Orange jacket of wool", listing_id=f"B{n}") for n in range(2))],
        plain("orange", 3, brand="Orange"),
        plain("0range", 9),
        plain("clementine", 9),
        [listing("A warm orange jacket", listing_id="1", seller_id=f"S{n}") for n in range(9)],
        plain("orange", 9, change="removed"),
    ],
    ids=["too few", "one shop's habit", "too often a brand", "declared", "disguised", "product line", "one listing", "removed"],
)
def test_what_proves_nothing_teaches_nothing(tmp_path: Path, listings: list[Any]) -> None:
    assert words(tmp_path, *listings) == []


def test_a_title_that_repeats_a_word_says_no_more(tmp_path: Path) -> None:
    (word,) = words(tmp_path, *plain("orange orange", 3))
    assert word.standing.places["word"] == 3


def test_what_is_learnt_of_a_name_marks_the_right_and_of_an_alias_only_itself(tmp_path: Path) -> None:
    rights = (ORANGE, right(right_id="R2"))
    found = words(tmp_path, *plain("orange", 4), *plain("tangerine", 3), rights=rights)
    assert [(word.text, word.own) for word in found] == [("Orange", True), ("Tangerine", False)]
    marked, other = (decode(Right, line) for line in taught(rights, found))
    assert marked.common_word
    assert marked.aliases == (Alias("Tangerine", common_word=True), Alias("Clementine", "product_line"))
    assert other == rights[1]
    assert [decode(Right, line) for line in taught(rights, [])] == list(rights)


def test_what_was_marked_before_is_known(tmp_path: Path) -> None:
    known = right(brand="Orange", common_word=True)
    assert [word.known for word in words(tmp_path, *plain("orange", 3), rights=(known,))] == [True]


def test_a_registry_with_a_bad_line_is_not_written_again(tmp_path: Path) -> None:
    (tmp_path / "rights.jsonl").write_bytes(b'{"right_id": 1}\n')
    with pytest.raises(InputError, match="line 1"):
        read_rights(tmp_path / "rights.jsonl")
