"""What holds for every stage: however a sequence is cut, the same comes out and the same is remembered."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import decode, encode
from pipeline.events.sequence import MatchedListing, SequencedListing
from pipeline.events.texts import text_of
from pipeline.flow import STAGES, Stage
from tests.build import events_of, records
from tests.properties.marketplace import closing_streams, cut, cuts, streams
from tests.properties.runs import Run, sequence_of

every_stage = pytest.mark.parametrize(("number", "stage"), list(enumerate(STAGES)), ids=[stage.name for stage in STAGES])
any_stream = st.one_of(streams(), closing_streams())


@every_stage
@given(data=st.data(), stream=any_stream)
def test_the_cut_into_chunks_changes_nothing(number: int, stage: Stage, data: st.DataObject, stream: list[Any]) -> None:
    given_records = sequence_of(stream, number)
    whole, parts = Run(stage), Run(stage)
    whole.feed(given_records)
    for chunk in cut(given_records, data.draw(cuts(len(given_records)))):
        parts.feed(chunk)
    assert parts.everything() == whole.everything()


@every_stage
@given(stream=any_stream)
def test_every_record_has_one_disposition(number: int, stage: Stage, stream: list[Any]) -> None:
    run = Run(stage)
    run.feed(sequence_of(stream, number))
    assert run.outputs.tally.residual == 0
    assert run.outputs.tally.dead.total() == 0


@given(stream=closing_streams())
def test_the_closing_streams_close_a_store(stream: list[Any]) -> None:
    flagging = Run(STAGES[2])
    flagging.feed(sequence_of(stream, 2))
    closures = events_of(flagging.outputs, "store-closures")
    assert "S0" in {closure.seller_id for closure in closures}
    swept = [takedown for takedown in events_of(flagging.outputs, "takedowns") if takedown.source == "closure"]
    assert swept, "fakes that come after the closure are swept"


@given(stream=streams())
def test_a_redelivery_of_everything_is_dropped(stream: list[Any]) -> None:
    run = Run(STAGES[0])
    run.feed(records(stream))
    again = run.feed(records(stream))
    listings = [event for event in events_of(again, "events.unique") if isinstance(event, SequencedListing)]
    assert listings == []


@given(stream=streams())
def test_what_is_written_reads_the_same(stream: list[Any]) -> None:
    for number, stage in enumerate(STAGES):
        run = Run(stage)
        run.feed(sequence_of(stream, number))
        for output in run.outputs.events:
            assert decode(type(output.event), encode(output.event)) == output.event


@given(stream=streams())
def test_evidence_lies_within_the_text(stream: list[Any]) -> None:
    for record in sequence_of(stream, 2):
        if isinstance(record.event, MatchedListing):
            for match in record.event.matches:
                text = text_of(record.event.listing, match.field)
                assert text is not None
                assert text[match.start : match.end] == match.found


@given(stream=any_stream)
def test_no_takedown_rests_on_circumstances_alone(stream: list[Any]) -> None:
    flagging = Run(STAGES[2])
    flagging.feed(sequence_of(stream, 2))
    for takedown in events_of(flagging.outputs, "takedowns"):
        if takedown.source == "own_initiative":
            codes = {reason.code for reason in takedown.reasons if reason.weight > 0}
            assert codes & {"replica_vocabulary", "brand_disguised"}
            assert sum(reason.weight for reason in takedown.reasons) == pytest.approx(takedown.score, abs=1e-3)


@given(stream=any_stream)
def test_a_store_closes_once_and_ids_are_unique(stream: list[Any]) -> None:
    flagging = Run(STAGES[2])
    flagging.feed(sequence_of(stream, 2))
    for topic, name in (
        ("takedowns", "takedown_id"),
        ("store-closures", "seller_id"),
        ("seller-warnings", "warning_id"),
        ("reviews", "review_id"),
    ):
        ids = [getattr(event, name) for event in events_of(flagging.outputs, topic)]
        assert len(ids) == len(set(ids))
