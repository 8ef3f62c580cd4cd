"""A story keeps each kind of decision, and what is asked of it."""

from datetime import timedelta
from typing import Any

from pipeline.events.notice import NoticeOutcome
from pipeline.events.reinstatement import Cause, Reinstatement
from pipeline.flow import STAGES
from pipeline.local.story import Story
from pipeline.stages.record import Output, Outputs, Record
from tests.build import START, listing, sequenced


def told(*events: Any) -> Story:
    story, cause = Story(), Record("clock", 0, 0, b"")
    story.take(STAGES[0], 0, [(Output("any", None, event, cause), b"") for event in events], Outputs())
    return story


def given_back(takedown_id: str | None, hours: int, cause: Cause = "ruling") -> Reinstatement:
    return Reinstatement(f"R{hours}", "S1", START + timedelta(hours=hours), cause, "1", "1", takedown_id=takedown_id)


def outcome(what: str, *, amendment: bool = False) -> NoticeOutcome:
    return NoticeOutcome("N1", "H", "S1", "L1", what, what, "", True, START, 0, "1", amendment)  # type: ignore[arg-type]


def test_a_put_back_is_no_reversal_and_the_return_of_a_closure_neither() -> None:
    story = told(given_back("T1", 2, "deadline"), given_back("T1", 5), given_back("T2", 6, "deadline"), given_back(None, 1))
    assert story.reversed() == {"T1": given_back("T1", 5)}
    assert story.put_back() == {"T1", "T2"}


def test_a_notice_has_one_final_outcome() -> None:
    story = told(outcome("received"), outcome("accepted"), outcome("forwarded"), outcome("reversed", amendment=True))
    assert list(story.final_outcomes()) == [outcome("accepted")]


def test_marketplaces_are_those_that_listings_name() -> None:
    story = told(sequenced(listing(listing_id="L1", marketplace="cn")), sequenced(listing(listing_id="L2")))
    assert story.marketplaces == {"L1": "cn"}
