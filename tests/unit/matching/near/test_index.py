from collections.abc import Sequence

from pipeline.events.listing import Image
from pipeline.matching.near.index import NearIndex
from tests.build import listing

TITLE = "Nike Air Max sneakers for men white"
PHASH = 0xA5A5A5A5A5A5A5A5


def names(found: Sequence[tuple[str, object]]) -> list[str]:
    return [name for name, _ in found]


def shown(bits: int = 0) -> tuple[Image, ...]:
    return (Image("u", f"{PHASH ^ bits:016x}"),)


def test_each_listing_is_compared_with_those_before_it() -> None:
    index = NearIndex()
    assert index.add("a", listing(TITLE)) == []
    assert [(name, likeness.grade) for name, likeness in index.add("b", listing(TITLE))] == [("a", "copy")]
    assert names(index.add("c", listing("Blue wool scarf", images=shown()))) == []
    assert [(name, likeness.grade) for name, likeness in index.add("d", listing("Red wool hat", images=shown(5)))] == [("c", "copy")]


def test_a_known_name_is_replaced() -> None:
    index = NearIndex()
    index.add("a", listing(TITLE))
    assert index.add("a", listing(TITLE)) == []
    index.add("a", listing("Blue wool scarf"))
    assert (index.add("b", listing(TITLE)), len(index)) == ([], 2)


def test_the_oldest_leaves_where_there_are_too_many() -> None:
    index = NearIndex(most_entries=2)
    for name in "abc":
        index.add(name, listing(TITLE))
    assert names(index.add("d", listing(TITLE))) == ["b", "c"]


def test_what_leaves_leaves_nothing() -> None:
    index = NearIndex(most_entries=1)
    index.add("a", listing(TITLE, images=(Image("u", f"{PHASH:016x}", "ab" * 32),)))
    index.add("b", listing("!!!"))
    assert (len(index), index.places) == (1, 0)
    assert index._buckets == {}
    assert index._crowds._sellers == {}


def test_a_full_bucket_forgets_its_oldest() -> None:
    index = NearIndex(most_in_bucket=3)
    for number in range(5):
        index.add(f"{number}", listing(TITLE))
    assert names(index.add("new", listing(TITLE))) == ["2", "3", "4"]


def test_a_picture_that_too_many_sellers_show_loses_its_weight_and_gets_it_back() -> None:
    index = NearIndex(most_sellers=2, most_entries=3)
    titles = ("Blue scarf", "Red hat", "Green bowl", "Garden chair", "Kitchen table")
    offered = [listing(f"{title} shop", seller_id=f"S{number}", images=shown()) for number, title in enumerate(titles)]
    found = [names(index.add(f"{number}", one)) for number, one in enumerate(offered)]
    assert found == [[], ["0"], ["0", "1"], [], []], "three show it when the fourth comes"
    index.add("x", listing("something else"))
    assert sorted(names(index.add("y", listing("Old lamp shop", images=shown())))) == ["3", "4"], "only two are left that do"


def test_one_seller_may_show_a_picture_as_often_as_it_likes() -> None:
    index = NearIndex(most_sellers=1)
    for number in range(4):
        index.add(f"{number}", listing(f"Lamp{number} shop", images=shown()))
    assert len(index.add("new", listing("Old lamp shop", images=shown()))) == 4
