from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from pipeline.events.appeal import Appeal
from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.ruling import DecidedBy, Ruling
from pipeline.events.sequence import MatchedListing, SequencedListing
from pipeline.events.takedown import Takedown
from pipeline.events.value import Value
from pipeline.local.errors import DamagedError, InputError
from pipeline.local.explain import Event, UnknownIdError, explain, time_of
from pipeline.local.lines import OUTPUT_LIMIT
from pipeline.local.replay import Plan, replay
from tests.build import FAKE, at, closing_at_once, listing, right, write_topics


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("explain")
    fakes = [listing(FAKE, listing_id=f"F{week}", event_time=at(days=4 * week)) for week in range(5)]
    others = [listing("Blue wool scarf", listing_id="H1", event_time=at(hours=1)), listing("Hat", listing_id="S1", seller_id="S2")]
    replay(
        Plan(
            write_topics(
                home / "in", {"listings": [*fakes[:1], *others, *fakes[1:]], "rights": [right()], "policies": [closing_at_once()]}
            ),
            home / "out",
        )
    )
    return home / "out"


def kinds(out: Path, ident: str) -> list[str]:
    return [type(event).__name__ for event in explain(out, ident).events]


def ids(out: Path, kind: type[Value]) -> list[str]:
    names: dict[type[Value], str] = {Takedown: "takedown_id", SellerWarning: "warning_id", StoreClosure: "closure_id"}
    return [getattr(event, names[kind]) for event in explain(out, "F0").events + explain(out, "F3").events if isinstance(event, kind)]


def test_a_takedown_has_its_listing_before_and_its_steps_behind_it(out: Path) -> None:
    (first, *_) = ids(out, Takedown)
    assert kinds(out, first)[:3] == ["MatchedListing", "Takedown", "SellerWarning"]
    assert kinds(out, first)[-1] == "StoreClosure"


def test_a_warning_and_a_closure_have_the_takedowns_that_they_rest_on(out: Path) -> None:
    warning, closure = ids(out, SellerWarning)[0], ids(out, StoreClosure)[0]
    assert kinds(out, warning) == ["MatchedListing", "Takedown", "SellerWarning"]
    taken_down = ["MatchedListing", "Takedown"]
    assert kinds(out, closure) == [*taken_down, "SellerWarning", *taken_down, "SellerWarning", *taken_down, *taken_down, "StoreClosure"]


def test_a_swept_takedown_has_all_that_its_closure_rests_on(out: Path) -> None:
    (swept,) = [event for event in explain(out, "H1").events if isinstance(event, Takedown)]
    shown = kinds(out, swept.takedown_id)
    assert shown.count("Takedown") == 4 + 1
    assert shown.count("SellerWarning") == 2
    assert shown.count("StoreClosure") == 1
    assert "SequencedListing" in shown


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


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        explain(tmp_path / "nowhere", "F0")


@pytest.mark.parametrize(
    ("topic", "damage", "why"),
    [
        ("events.unique", lambda line: line[:60], "it is not whole"),
        ("events.unique", lambda line: line.replace(b'"version":', b'"version":-'), "Expected `int` >= 0"),
        ("takedowns", lambda line: line[1:], "it is not whole"),
        ("takedowns", lambda line: line.replace(b'"seller_id"', b'"seler_id"'), "missing required field `seller_id`"),
        ("store-closures", lambda _: b"", "it is not whole"),
        ("store-closures", lambda _: b"{" + b"x" * OUTPUT_LIMIT + b"}", "bytes, 4194304 are allowed"),
    ],
)
def test_a_damaged_line_is_named(out: Path, tmp_path: Path, topic: str, damage: Callable[[bytes], bytes], why: str) -> None:
    home = copytree(out, tmp_path / "out")
    *lines, last = (home / f"{topic}.jsonl").read_bytes().splitlines()
    (home / f"{topic}.jsonl").write_bytes(b"".join(line + b"\n" for line in [*lines, damage(last)]))
    with pytest.raises(DamagedError, match=rf"{topic}.jsonl: line {len(lines) + 1} is damaged: .*{why}"):
        explain(home, "F4" if b"F4" in last else "F0")


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sellers use the same listing id; two versions come late, and are handled at the same tick."""
    home = tmp_path_factory.mktemp("at-once")
    early, late = {"event_time": at()}, {"event_time": at(days=10)}
    listings = [
        listing("Hat", listing_id="now", seller_id="S9", **late),
        listing(f"First {FAKE}", version=1, **early),
        listing(f"Another, second {FAKE}", version=2, **early),
        listing(f"Theirs, which is longer {FAKE}", seller_id="S2", **early),
        listing("Hat", listing_id="then", seller_id="S9", event_time=at(days=20)),
    ]
    replay(Plan(write_topics(home / "in", {"listings": listings, "rights": [right()], "policies": [closing_at_once()]}), home / "out"))
    return home / "out"


def test_what_is_handled_at_the_same_time_is_in_the_order_of_the_sequence(at_once: Path) -> None:
    chain = [event for event in explain(at_once, "S1").events if not isinstance(event, SellerWarning)]
    assert len({time_of(event) for event in chain}) == 1
    assert [(type(event), _version(event)) for event in chain] == [
        (kind, version) for version in (1, 2) for kind in (MatchedListing, Takedown)
    ]


def _version(event: Event) -> int | None:
    if isinstance(event, MatchedListing | SequencedListing):
        return event.listing.version
    return event.listing_version if isinstance(event, Takedown) else None


def test_a_warning_shows_every_version_that_it_rests_on(out: Path, tmp_path: Path) -> None:
    again = [listing(FAKE, listing_id="F0", version=1 + week, change="listed", event_time=at(days=4 * week)) for week in range(4)]
    replay(Plan(write_topics(tmp_path / "in", {"listings": again, "rights": [right()], "policies": [closing_at_once()]}), tmp_path / "out"))
    closure = next(event for event in explain(tmp_path / "out", "S1").events if isinstance(event, StoreClosure))
    chain = explain(tmp_path / "out", closure.closure_id)
    assert {_version(event) for event in chain.events if isinstance(event, Takedown)} <= {
        _version(event) for event in chain.events if isinstance(event, MatchedListing)
    }


def test_what_became_of_a_takedown_is_told_to_its_end(tmp_path: Path) -> None:
    fake = listing(FAKE, listing_id="F0", event_time=at(days=0))
    plan = Plan(
        write_topics(tmp_path / "in", {"listings": [fake], "rights": [right()], "policies": [closing_at_once()]}), tmp_path / "first"
    )
    replay(plan)
    takedown = next(event for event in explain(tmp_path / "first", "F0").events if isinstance(event, Takedown))
    court = DecidedBy("court", "C1")
    more: dict[str, list[Any]] = {
        "appeals": [Appeal("A1", "S1", at(days=2), "genuine", "My own name: Zoe.", takedown_id=takedown.takedown_id)],
        "rulings": [Ruling("R1", "S1", at(days=3), "reverse", court, appeal_id="A1", note="Tell Zoe.")],
    }
    replay(Plan(write_topics(tmp_path / "in", more), tmp_path / "second"))
    expected = ["MatchedListing", "Takedown", "SellerWarning", "SequencedAppeal", "SequencedRuling", "Reinstatement", "Reinstatement"]
    assert kinds(tmp_path / "second", takedown.takedown_id) == expected
    assert kinds(tmp_path / "second", "F0") == expected
    assert not [path.name for path in (tmp_path / "second").iterdir() if b"Zoe" in path.read_bytes()], "what people say stays where it was"
