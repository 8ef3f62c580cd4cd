"""What holds for the whole replay: files in, files out."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.events.clock import Tick
from pipeline.local.replay import Plan, replay
from tests.build import contents, write_topics
from tests.properties.marketplace import closing_streams, streams
from tests.properties.runs import RIGHTS

junk = st.sampled_from([b"{", b"", b"[]", b"\xff", b'{"listing_id":1}'])


def topics(stream: list[Any], wrong: list[bytes]) -> dict[str, list[Any]]:
    listings = [event for event in stream if not isinstance(event, Tick)]
    for number, line in enumerate(wrong):
        listings.insert(number * 3 % (len(listings) + 1), line)
    return {"listings": listings, "rights": [*RIGHTS, b"nonsense"]}


@settings(max_examples=25)
@given(
    stream=st.one_of(streams(), closing_streams()),
    wrong=st.lists(junk, max_size=5),
    chunk=st.integers(1, 9),
    partitions=st.integers(1, 3),
)
def test_chunks_and_the_recorded_sequence_give_the_same_bytes(stream: list[Any], wrong: list[bytes], chunk: int, partitions: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        source = write_topics(home / "in", topics(stream, wrong))
        whole = replay(Plan(source, home / "whole", partitions=partitions))
        parts = replay(Plan(source, home / "parts", chunk=chunk, partitions=partitions))
        again = replay(Plan(home / "whole", home / "again", chunk=chunk, recorded=True))
        assert whole.conservation == parts.conservation == again.conservation == 0
        assert whole.dead_letters.total() == len(wrong) + 1
        assert contents(home / "whole") == contents(home / "parts") == contents(home / "again")
