from typing import Any

import pytest

from pipeline.codec import encode
from pipeline.events.notice import NoticeOutcome
from pipeline.flow import TOPICS
from pipeline.kafka.messages import message, source_of, written_by
from pipeline.stages.record import Output, Record
from tests.build import START, at


def outcome(**fields: Any) -> NoticeOutcome:
    return NoticeOutcome(
        **{
            "notice_id": "C1",
            "notifier_id": "N1",
            "seller_id": "S1",
            "listing_id": "L1",
            "outcome": "received",
            "code": "received",
            "hint": "",
            "automated": True,
            "decided_at": START,
            "handled_in": 0,
            "policy_version": "1",
            **fields,
        }
    )


def headers_of(event: NoticeOutcome) -> dict[str, bytes]:
    made = message(Output("notice-outcomes", event.notifier_id, event, Record("events.matched", 3, 0, b"")), encode(event), "here")
    assert made.key == b"N1"
    return dict(made.headers)


def test_outcomes_of_one_notice_have_ids_of_their_own_and_the_same_ones_each_time() -> None:
    events = [outcome(), outcome(seller_id="S2"), outcome(outcome="refused", code="incomplete"), outcome(decided_at=at(days=1))]
    ids = [headers_of(event)["ce_id"] for event in events]
    assert len(set(ids)) == len(events)
    assert ids == [headers_of(event)["ce_id"] for event in events]
    assert headers_of(events[-1])["ce_time"] == b"2016-03-02T08:00:00Z"


def test_headers_say_which_partition_wrote_a_message() -> None:
    source = source_of("flagging", 12)
    event = outcome()
    made = message(Output("notice-outcomes", "N1", event, Record("events.matched", 12, 0, b"")), encode(event), source)
    assert written_by(made.headers) == 12


@pytest.mark.parametrize(
    "source", [b"", b"12", b"/takedown-pipeline/flagging/x", b"/takedown-pipeline/flagging/1/2", b"/else/flagging/1", None]
)
def test_what_others_wrote_has_no_writer(source: bytes | None) -> None:
    assert written_by([("ce_id", b"/takedown-pipeline/flagging/1"), ("ce_source", source)]) is None
    assert written_by([]) is None


def test_only_outcomes_of_notices_are_written_by_another_key_than_the_sequence() -> None:
    assert [topic.name for topic in TOPICS.values() if topic.rekeyed] == ["notice-outcomes"]
