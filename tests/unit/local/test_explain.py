from pathlib import Path

import pytest

from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.sequence import MatchedListing, SequencedListing
from pipeline.events.takedown import Takedown
from pipeline.local.errors import InputError
from pipeline.local.explain import UnknownIdError, explain, time_of
from pipeline.local.replay import Plan, replay
from tests.build import FAKE, at, listing, right, write_topics


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("explain")
    fakes = [listing(FAKE, listing_id=f"F{week}", event_time=at(days=4 * week)) for week in range(5)]
    others = [listing("Blue wool scarf", listing_id="H1", event_time=at(hours=1)), listing("Hat", listing_id="S1", seller_id="S2")]
    replay(Plan(write_topics(home / "in", {"listings": [*fakes[:1], *others, *fakes[1:]], "rights": [right()]}), home / "out"))
    return home / "out"


def kinds(out: Path, ident: str) -> list[str]:
    return [type(event).__name__ for event in explain(out, ident).events]


def ids(out: Path, kind: type) -> list[str]:
    name = {Takedown: "takedown_id", SellerWarning: "warning_id", StoreClosure: "closure_id"}[kind]
    return [getattr(event, name) for event in explain(out, "F0").events + explain(out, "F3").events if isinstance(event, kind)]


def test_a_takedown_has_its_listing_before_and_its_steps_behind_it(out: Path) -> None:
    (first, *_) = ids(out, Takedown)
    assert kinds(out, first)[:3] == ["MatchedListing", "Takedown", "SellerWarning"]
    assert kinds(out, first)[-1] == "StoreClosure"


def test_a_warning_and_a_closure_have_the_takedowns_that_they_rest_on(out: Path) -> None:
    warning, closure = ids(out, SellerWarning)[0], ids(out, StoreClosure)[0]
    assert kinds(out, warning) == ["MatchedListing", "Takedown", "SellerWarning"]
    assert kinds(out, closure) == ["MatchedListing", "Takedown"] * 4 + ["StoreClosure"]


def test_a_swept_listing_leads_to_the_closure(out: Path) -> None:
    chain = explain(out, "H1")
    assert [type(event) for event in chain.events] == [SequencedListing, Takedown, StoreClosure]


def test_a_listing_goes_before_a_seller_of_the_same_name(out: Path) -> None:
    assert (explain(out, "S1").kind, explain(out, "S2").kind) == ("listing", "seller")


def test_a_chain_is_in_the_order_of_time(out: Path) -> None:
    times = [time_of(event) for event in explain(out, "F3").events]
    assert times == sorted(times)


def test_matches_are_shown_where_there_are_any(out: Path) -> None:
    assert isinstance(explain(out, "F0").events[0], MatchedListing)


def test_an_id_that_nothing_has_is_said_to_be_unknown(out: Path) -> None:
    with pytest.raises(UnknownIdError, match="'F'"):
        explain(out, "F")


def test_a_folder_that_no_replay_wrote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="that a replay wrote"):
        explain(tmp_path, "F0")
