from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from pipeline.codec import encode
from pipeline.events.appeal import Appeal
from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.notice import NoticeOutcome
from pipeline.events.ruling import DecidedBy, Ruling
from pipeline.events.sequence import MatchedListing, SequencedAppeal, SequencedListing, SequencedNotice
from pipeline.events.takedown import Takedown
from pipeline.events.value import Value
from pipeline.local.chronology import Event, time_of
from pipeline.local.errors import DamagedError, InputError
from pipeline.local.explain import Chain, UnknownIdError, explain
from pipeline.local.lines import OUTPUT_LIMIT
from pipeline.local.replay import Plan, replay
from tests import story
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


# -- what people said, and were told


STORY = [
    "MatchedListing",
    "SequencedNotice",
    "NoticeOutcome received",
    "Review",
    "SequencedRuling counterfeit",
    "Takedown notice",
    "SellerWarning",
    "NoticeOutcome accepted",
    "SequencedAppeal",
    "NoticeOutcome forwarded",
    "Reinstatement deadline",
    "SequencedRuling uphold",
    "Takedown ruling",
    "SequencedRuling reverse",
    "Reinstatement ruling",
    "Reinstatement cascade",
    "Reinstatement cascade",
    "NoticeOutcome reversed",
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story.replayed(tmp_path_factory.mktemp("story"))


def told_as(chain: Chain) -> list[str]:
    """Return the events of a chain, each by its kind and by what tells it from others of its kind."""
    shades = ("outcome", "verdict", "cause", "source")
    return [
        " ".join([type(event).__name__, *(getattr(event, shade) for shade in shades if hasattr(event, shade))]) for event in chain.events
    ]


@pytest.mark.parametrize(
    ("ident", "kind"), [(story.LISTING, "listing"), (story.NOTICE, "notice"), (story.APPEAL, "appeal"), ("S1", "seller")]
)
def test_the_whole_story_is_told_by_whatever_id(told: Path, ident: str, kind: str) -> None:
    chain = explain(told, ident)
    assert chain.kind == kind
    assert told_as(chain) == STORY


def test_a_takedown_has_the_question_and_the_notice_before_it(told: Path) -> None:
    first, second = story.events(told, "takedowns")
    (review,) = story.events(told, "reviews")
    assert told_as(explain(told, first["takedown_id"])) == STORY
    assert second["renews"] == first["takedown_id"]
    its_own = [each for each in STORY if each != "SellerWarning"]
    its_own.remove("Reinstatement cascade")  # of the warning, which rests on the first one
    assert told_as(explain(told, second["takedown_id"])) == its_own
    assert told_as(explain(told, review["review_id"]))[:5] == STORY[:5]


def test_what_came_to_nothing_says_why(told: Path, tmp_path: Path) -> None:
    first, _ = story.events(told, "takedowns")
    late = story.appeal(at(days=300), appeal_id="LATE", takedown_id=first["takedown_id"])
    clock = listing("Blue wool scarf", listing_id="L8", seller_id="S9", event_time=at(days=301))
    home = copytree(told.with_name("out-in"), tmp_path / "in")
    for topic, more in (("appeals", late), ("listings", clock)):
        with (home / f"{topic}.jsonl").open("ab") as lines:
            lines.write(encode(more) + b"\n")
    replay(Plan(home, tmp_path / "out"))
    assert explain(told, first["takedown_id"]).faults == {}
    chain = explain(tmp_path / "out", first["takedown_id"])
    ((event, fault),) = chain.faults.items()
    assert isinstance(event, SequencedAppeal)
    assert (event.appeal_id, chain.events[-1], fault.code) == ("LATE", event, "appeal-too-late")


def test_what_people_write_is_in_no_chain(told: Path) -> None:
    assert not [path.name for path in told.iterdir() if b"Zoe" in path.read_bytes()]


def made_of(home: Path, **topics: list[Any]) -> Path:
    """Return the outputs of these topics; a listing comes last, long after, so that deadlines fire."""
    last = listing("Blue wool scarf", listing_id="L9", seller_id="S9", event_time=at(days=60))
    topics = {"rights": [right(notifier_ids=("HOLDER",))], **topics, "listings": [*topics.get("listings", []), last]}
    replay(Plan(write_topics(home / "in", topics), home / "out"))
    return home / "out"


def test_a_notice_that_is_taken_back_has_its_retraction_and_the_retraction_its_notice(tmp_path: Path) -> None:
    again = story.notice(at(days=2), notice_id="BACK", kind="retraction", retracts="N1")
    out = made_of(tmp_path, listings=[listing("Nike Air Max 90")], notices=[story.notice(at(days=1), notice_id="N1"), again])
    expected = ["MatchedListing", "SequencedNotice", "NoticeOutcome received", "Review"]
    expected += ["SequencedNotice", "NoticeOutcome received", "NoticeOutcome retracted", "NoticeOutcome accepted"]
    assert told_as(explain(out, "N1")) == told_as(explain(out, "BACK")) == expected


def test_a_refusal_has_the_complaint_about_it(tmp_path: Path) -> None:
    complaint = story.appeal(at(days=2), appeal_id="A1", notice_id="N1", notifier_id="HOLDER")
    ruling = Ruling("R1", "S1", at(days=3), "reverse", DecidedBy("reviewer", "P1"), appeal_id="A1")
    out = made_of(
        tmp_path,
        listings=[listing("Nike Air Max 90")],
        notices=[story.notice(at(days=1), notice_id="N1", accurate=False)],
        appeals=[complaint],
        rulings=[ruling],
    )
    expected = ["MatchedListing", "SequencedNotice", "NoticeOutcome received", "NoticeOutcome refused", "SequencedAppeal"]
    expected += ["SequencedRuling reverse", "Takedown notice", "SellerWarning", "NoticeOutcome reversed"]
    assert told_as(explain(out, "N1")) == told_as(explain(out, "A1")) == told_as(explain(out, "L1")) == expected


def test_a_notice_about_a_listing_that_never_came_is_explained_by_the_id_that_it_named(tmp_path: Path) -> None:
    out = made_of(tmp_path, notices=[story.notice(at(days=1), notice_id="N1", listing_id="NEVER")])
    expected = ["SequencedNotice", "NoticeOutcome received", "NoticeOutcome refused"]
    assert told_as(explain(out, "NEVER")) == told_as(explain(out, "N1")) == expected


def test_who_says_the_same_again_has_the_notice_that_was_first(tmp_path: Path) -> None:
    twice = [story.notice(at(days=day), notice_id=f"N{day}") for day in (1, 2)]
    out = made_of(tmp_path, listings=[listing("Nike Air Max 90")], notices=twice)
    told_of = [event.notice_id for event in explain(out, "N2").events if isinstance(event, NoticeOutcome)]
    assert sorted(told_of) == ["N1", "N1", "N2", "N2"]
    assert sorted(event.notice_id for event in explain(out, "N1").events if isinstance(event, NoticeOutcome)) == ["N1", "N1"]


def test_the_same_ids_at_different_sellers_and_of_different_kinds_are_told_apart(tmp_path: Path) -> None:
    """Everything that anybody may name is called X here."""
    offers = [listing("Nike Air Max 90", listing_id="X", seller_id=seller) for seller in ("X", "Y")]
    notices = [story.notice(at(days=1), notice_id="X", listing_id="X", seller_id=seller, accurate=seller == "Y") for seller in ("X", "Y")]
    complaint = story.appeal(at(days=2), appeal_id="X", seller_id="X", notice_id="X", notifier_id="HOLDER")
    out = made_of(tmp_path, listings=offers, notices=notices, appeals=[complaint])
    assert explain(out, "X").kind == "listing"
    assert {event.seller_id for event in explain(out, "X", "notice").events if isinstance(event, SequencedNotice)} == {"X", "Y"}
    of_one = ["MatchedListing", "SequencedNotice", "NoticeOutcome received", "NoticeOutcome refused", "SequencedAppeal"]
    assert told_as(explain(out, "X", "appeal")) == told_as(explain(out, "X", "seller")) == of_one
    with pytest.raises(UnknownIdError, match="holds no takedown 'X'"):
        explain(out, "X", "takedown")
