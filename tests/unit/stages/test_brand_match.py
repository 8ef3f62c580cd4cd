from typing import Any

import pytest

from pipeline.codec import decode, encode
from pipeline.events.dead_letter import Fault
from pipeline.events.listing import Image
from pipeline.events.right import Alias
from pipeline.events.sequence import MatchedListing, SlimListing
from pipeline.stages import brand_match
from pipeline.stages.brand_match import MOST_FOUND
from pipeline.stages.clock import BeforeFirstTickError
from pipeline.stages.record import Outputs, Record
from pipeline.state.memory import MemoryStore
from pipeline.state.view import View
from tests.build import START, at, events_of, history, listing, records, right, sequenced, sequenced_tick


def process(*events: Any, rights: tuple[Any, ...] = (right(),)) -> Outputs:
    given = records([sequenced_tick(rights=len(rights)), *events], "events.unique")
    return brand_match.process(given, View(MemoryStore(brand_match.TABLES)), history(*rights))


def matched(title: str, rights: tuple[Any, ...] = (right(),), **fields: Any) -> MatchedListing | SlimListing:
    _, event = events_of(process(sequenced(listing(title, **fields)), rights=rights), "events.matched")
    assert isinstance(event, MatchedListing | SlimListing)
    return event


def brands(title: str, rights: tuple[Any, ...] = (right(),), **fields: Any) -> list[str]:
    event = matched(title, rights, **fields)
    return [match.brand_id for match in event.matches] if isinstance(event, MatchedListing) else []


def test_a_match_names_right_field_place_alias_and_method() -> None:
    event = matched("Cheap N1KE shoes")
    assert isinstance(event, MatchedListing)
    (match,) = event.matches
    assert (match.right_id, match.field, match.start, match.end, match.found) == ("R1", "title", 6, 10, "N1KE")
    assert (match.alias, match.method, match.use, match.shadow) == ("Nike", "leetspeak", "brand", False)


def test_every_text_is_read_and_the_title_says_most() -> None:
    event = matched("Nike", description="Nike", brand="Nike", attributes={"品牌": "Nike"}, images=(Image("u", text="Nike"),))
    assert isinstance(event, MatchedListing)
    assert [match.field for match in event.matches] == ["title", "brand", "images[0].text", "attributes.品牌", "description"]


def test_what_is_found_is_cut_to_what_the_schema_allows() -> None:
    title = "N" + "\u200b" * 1500 + "ike"
    event = matched(title, attributes={"a": title})
    assert isinstance(event, MatchedListing)
    assert decode(MatchedListing, encode(event)) == event
    assert {(one.start, one.end, len(one.found)) for one in event.matches} == {(0, len(title), MOST_FOUND)}


def test_what_touches_no_right_goes_on_as_a_slim_record() -> None:
    image = Image("u", "a5" * 8)
    event = matched("Blue wool scarf", images=(image, Image("v")), version=4)
    assert isinstance(event, SlimListing)
    assert (event.seller_id, event.listing_id, event.version, event.phashes) == ("S1", "L1", 4, ("a5" * 8,))


def test_a_removal_is_slim_whatever_it_names() -> None:
    event = matched("Nike", change="removed")
    assert isinstance(event, SlimListing)
    assert event.change == "removed"


@pytest.mark.parametrize(
    ("fields", "offered", "touched"),
    [
        ({}, None, True),
        ({"territories": ("CN",)}, None, True),
        ({"territories": ("CN",)}, ("CN", "DE"), True),
        ({"territories": ("CN",)}, ("DE",), False),
        ({"valid_from": at(days=1)}, None, False),
        ({"valid_from": START}, None, True),
        ({"valid_until": START}, None, False),
        ({"valid_until": at(days=1)}, None, True),
        ({"status": "withdrawn"}, None, False),
        ({"status": "shadow"}, None, True),
        ({"kind": "design"}, None, False),
    ],
)
def test_a_right_counts_where_and_when_it_holds(fields: dict[str, Any], offered: tuple[str, ...] | None, touched: bool) -> None:
    assert (brands("Nike", (right(**fields),), territories=offered) == ["B1"]) == touched


def test_a_shadow_right_says_so() -> None:
    event = matched("Nike", (right(status="shadow"),))
    assert isinstance(event, MatchedListing)
    assert event.matches[0].shadow


def test_a_common_word_needs_its_context() -> None:
    apple = (right(brand="Apple", aliases=("iPhone",), common_word=True, context=("phone", "laptop")),)
    assert brands("Apple pie dish", apple) == []
    assert brands("Apple dish", apple, category="phone") == ["B1"]


def test_a_product_line_of_a_common_word_needs_none() -> None:
    apple = (right(brand="Apple", aliases=(Alias("iPhone", "product_line"),), common_word=True, context=("laptop",)),)
    assert brands("iPhone dish", apple) == ["B1"]


def test_the_newest_record_of_a_right_holds_from_the_tick_that_brings_it() -> None:
    renamed = (right(), right(brand="Adidas"))
    first, second = sequenced(listing("Nike Adidas", event_time=at(seconds=1))), sequenced(listing("Nike Adidas", event_time=at(minutes=2)))
    given = records([sequenced_tick(rights=1), first, sequenced_tick(at(minutes=1), rights=2), second], "events.unique")
    outputs = brand_match.process(given, View(MemoryStore(brand_match.TABLES)), history(*renamed))
    events = [event for event in events_of(outputs, "events.matched") if isinstance(event, MatchedListing)]
    assert [[match.found for match in event.matches] for event in events] == [["Nike"], ["Adidas"]]


def test_a_sequence_without_a_tick_is_refused() -> None:
    given = records([sequenced(listing("Nike"))], "events.unique")
    with pytest.raises(BeforeFirstTickError):
        brand_match.process(given, View(MemoryStore(brand_match.TABLES)), history(right()))


def test_what_did_not_decode_becomes_a_dead_letter() -> None:
    broken = Record("events.unique", 0, 1, b"{", fault=Fault("not-json", "cut off"))
    outputs = brand_match.process([broken], View(MemoryStore(brand_match.TABLES)), history(right()))
    assert [letter.stage for letter in outputs.dead_letters] == ["brand-match"]
    assert outputs.tally.residual == 0


def test_an_alias_on_trial_says_so_and_hides_no_name() -> None:
    event = matched("Nike Swoosh", (right(aliases=(Alias("Nike Swoosh", status="shadow"),)),))
    assert isinstance(event, MatchedListing)
    assert {(match.alias, match.shadow) for match in event.matches} == {("Nike", False), ("Nike Swoosh", True)}


def test_an_alias_that_is_also_on_trial_acts() -> None:
    event = matched("Swoosh", (right(aliases=(Alias("Swoosh", status="shadow"), "Swoosh")),))
    assert isinstance(event, MatchedListing)
    assert [match.shadow for match in event.matches] == [False]


def test_a_reference_says_what_it_is() -> None:
    event = matched("Perfume inspired by Nike")
    assert isinstance(event, MatchedListing)
    assert [(match.use, match.sense) for match in event.matches] == [("reference", "comparison")]


CONVERSE = right(right_id="R2", brand_id="B2", brand="Converse")


@pytest.mark.parametrize(("status", "expected"), [("active", ["B1"]), ("shadow", ["B1", "B2"])])
def test_a_words_capitals_are_a_models_where_another_right_names_the_maker_unless_it_is_on_trial(status: str, expected: list[str]) -> None:
    assert brands("Giày Nike Converse cổ cao", (right(status=status), CONVERSE)) == expected
    assert brands("Giày Converse cổ cao", (right(status=status), CONVERSE)) == ["B2"]


def test_a_word_of_chinese_is_believed_where_another_text_names_its_brand() -> None:
    apple = right(brand="iPhone", aliases=("苹果",))
    assert brands("新鲜水果苹果", (apple,)) == []
    assert brands("新鲜水果苹果", (apple,), description="iPhone") == ["B1", "B1"]


def test_an_alias_may_be_a_common_word_by_itself() -> None:
    zephyr = right(brand="Zephyrine", aliases=(Alias("Zonda", common_word=True),))
    assert brands("a warm zonda lamp", (zephyr,)) == []
    assert brands("Zonda lamp", (zephyr,)) == ["B1"]
    assert brands("a warm zephyrine lamp", (zephyr,)) == ["B1"]


def test_a_product_line_comes_after_a_makers_name() -> None:
    ipad = right(brand="Apple Inc", aliases=(Alias("iPad", "product_line"),))
    belkin = right(right_id="R2", brand_id="B2", brand="Belkin")
    assert brands("iPad holder of Belkin", (ipad, belkin)) == ["B2", "B1"]
