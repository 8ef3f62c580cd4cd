from typing import Any

import pytest

from pipeline.events.listing import Image
from pipeline.stages.fingerprint import content_hash, text_fingerprint
from tests.build import at, listing


@pytest.mark.parametrize(
    "change", [{"listing_id": "L2"}, {"seller_id": "S2"}, {"event_time": at(days=1)}, {"version": 9}, {"change": "updated"}]
)
def test_the_content_is_what_is_offered_and_not_the_record_about_it(change: dict[str, Any]) -> None:
    assert content_hash(listing(**change)) == content_hash(listing())


@pytest.mark.parametrize("change", [{"title": "Red"}, {"price": "1"}, {"images": (Image("u"),)}, {"attributes": {"a": "b"}}, {"stock": 1}])
def test_anything_that_is_offered_makes_another_content(change: dict[str, Any]) -> None:
    assert content_hash(listing(**change)) != content_hash(listing())


def test_the_order_of_attributes_says_nothing() -> None:
    assert content_hash(listing(attributes={"a": "1", "b": "2"})) == content_hash(listing(attributes={"b": "2", "a": "1"}))


@pytest.mark.parametrize("title", ["blue WOOL scarf!!", "Ｂｌｕｅ wool scarf", "Blue-wool, scarf", "bluewool scarf"])
def test_the_same_letters_are_the_same_title(title: str) -> None:
    assert text_fingerprint(listing(title)) == text_fingerprint(listing("Blue wool scarf"))


@pytest.mark.parametrize(("one", "other"), [("Blue wool scarf", "Blue wool scarf 2"), ("!!!", "???")])
def test_other_letters_are_another_title(one: str, other: str) -> None:
    assert text_fingerprint(listing(one)) != text_fingerprint(listing(other))
