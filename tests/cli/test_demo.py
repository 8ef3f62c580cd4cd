"""`make demo` chooses what it explains from the outputs, the same every time."""

from pathlib import Path

import pytest

from scripts.demo import chosen, put_back
from tests import story
from tests.build import listing, right, write_topics
from tests.cli.command import takedown


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story.replayed(tmp_path_factory.mktemp("story"))


def test_it_tells_of_one_of_each_kind_and_of_a_listing_that_was_put_back(told: Path) -> None:
    kinds = dict(chosen(told))
    assert list(kinds) == ["takedown", "warning", "listing"], "no store was closed"
    assert kinds["takedown"] == story.events(told, "takedowns")[0]["takedown_id"]
    assert kinds["listing"] == story.LISTING
    for kind, ident in kinds.items():
        assert takedown("explain", told, ident, "--as", kind).returncode == 0


def test_what_people_ruled_on_afterwards_comes_first_and_what_is_not_offered_again_is_left_out(told: Path, tmp_path: Path) -> None:
    (back,) = put_back(told)
    others = [{**back, "takedown_id": f"another {name}", "listing_id": name} for name in ("L0", "REMOVED", "SWEPT")]
    outcomes = [*story.events(told, "notice-outcomes")]
    accepted = next(event for event in outcomes if event["outcome"] == "accepted")
    topics = {
        "reinstatements": [*others, *story.events(told, "reinstatements")],
        "notice-outcomes": [*outcomes, *({**accepted, "takedown_id": other["takedown_id"]} for other in others)],
        "events.unique": [{"kind": "listing", "listing": {"listing_id": "REMOVED", "change": "removed"}}],
        "takedowns": [{"listing_id": "SWEPT", "source": "closure"}],
    }
    write_topics(tmp_path, topics)
    assert [event["listing_id"] for event in put_back(tmp_path)] == [story.LISTING, "L0"]


def test_where_nothing_was_decided_there_is_nothing_to_tell(tmp_path: Path) -> None:
    source = write_topics(tmp_path / "in", {"listings": [listing("Blue wool scarf")], "rights": [right()]})
    assert takedown("replay", source, "--out", tmp_path / "out").returncode == 0
    assert list(chosen(tmp_path / "out")) == []
