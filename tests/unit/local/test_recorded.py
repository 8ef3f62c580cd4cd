from pathlib import Path

from msgspec.structs import replace

from pipeline.local.lines import Lines
from pipeline.local.recorded import sequence
from tests.build import listing, sequenced, sequenced_tick, write_topics


def test_each_partition_has_offsets_of_its_own(tmp_path: Path) -> None:
    ticks = [replace(sequenced_tick(), partition=number) for number in (0, 2, 5)]
    offers = [sequenced(listing(seller_id=seller)) for seller in ("S1", "S2", "S3")]
    events = [ticks[0], offers[0], offers[1], ticks[1], ticks[2], offers[2]]
    write_topics(tmp_path, {"events.unique": events})
    records = list(sequence(Lines(tmp_path / "events.unique.jsonl")))
    assert [(record.partition, record.offset) for record in records] == [(0, 0), (0, 1), (0, 2), (2, 0), (5, 0), (5, 1)]
    assert [record.key for record in records] == [None, "S1", "S2", None, None, "S3"]
    assert [record.event for record in records] == events
