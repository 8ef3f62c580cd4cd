"""What people write in notices, rulings and appeals stays in the topic that brought it, whatever is wrong with it."""

import logging
import tempfile
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from prometheus_client import generate_latest
from typer.testing import CliRunner

from pipeline.cli.main import app
from pipeline.codec import encode
from pipeline.flow import INPUTS, STAGES
from pipeline.local.inputs import files_of, records
from pipeline.local.merge import merged
from pipeline.local.output import OutputFolder
from pipeline.local.references import read_references
from pipeline.local.run import Run
from pipeline.local.watched import Watched
from tests.build import FAKE, at, listing, right, write_topics
from tests.properties.personal import DAMAGES, MARK, SELLERS, lines, marked_enumeration, notice, whole

OFFERS = [
    listing(title, listing_id=f"L{week}-{seller}", seller_id=seller, event_time=at(days=2 * week), price="9.90", currency="CNY")
    for week, title in enumerate((FAKE, "Nike Air Max 90", FAKE, "N1KE Air Max", "Blue wool scarf", FAKE))
    for seller in SELLERS
]
WORLD = {"listings": OFFERS, "rights": [right(notifier_ids=("N1",))], "notifier-standings": [b'{"notifier_id":"N1","tier":"fast_track"}']}
MEASURES = {
    "takedowns": "takedown_id",
    "reviews": "review_id",
    "seller-warnings": "warning_id",
    "store-closures": "closure_id",
}


def told(topics: Mapping[str, Any], home: Path) -> Iterator[tuple[str, bytes]]:
    """Run topics through all stages; yield all that anybody is told of it, each with its place."""
    files = files_of(write_topics(home / "in", topics))
    references = read_references(files)
    with OutputFolder(home / "out") as output:
        run = Run(STAGES, references, output)
        for record in merged({topic: records(topic, files[topic]) for topic in INPUTS if topic in files}):
            run.feed(record)
        summary = run.finish()
    assert summary.conservation == 0
    yield "summary", orjson.dumps(summary.as_json())
    yield "metrics", generate_latest(Watched(run).exposition.registry)
    for partition in run.partitions.values():
        for each in partition.runs:
            yield from _state(each)
    for path in sorted((home / "out").iterdir()):
        yield path.name, path.read_bytes()
    yield "originals", b"\n".join(_originals(home / "out" / "dead-letters.jsonl"))
    for ident in (*SELLERS, "C0", "A0", "G0"):
        for form in ((), ("--json",)):
            yield f"explain {ident}", CliRunner().invoke(app, ["explain", str(home / "out"), ident, *form]).output.encode()


def _state(run: Any) -> Iterator[tuple[str, bytes]]:
    for table in run.stage.tables:
        kept = run.store.read(table, run.store.keys(table))
        yield f"state {run.stage.name}.{table.name}", b"\n".join([*map(str.encode, kept), *kept.values()])


def _originals(letters: Path) -> Iterator[bytes]:
    """Yield the bytes that dead letters hold: encoded, nobody would find the mark in them."""
    for line in letters.read_bytes().splitlines():
        if (original := orjson.loads(line).get("original")) is not None:
            yield b64decode(original)


def not_in(text: bytes) -> bool:
    return MARK.encode() not in text.lower()


@cache
def subjects() -> Mapping[str, Mapping[str, list[str]]]:
    """Return the ids of the measures against each seller, as the world has them without what people write."""
    found: dict[str, dict[str, list[str]]] = {seller: {} for seller in SELLERS}
    with tempfile.TemporaryDirectory() as scratch:
        for _ in told(WORLD, Path(scratch)):
            pass
        for topic, name in MEASURES.items():
            for line in (Path(scratch) / "out" / f"{topic}.jsonl").read_bytes().splitlines():
                event = orjson.loads(line)
                found[event["seller_id"]].setdefault(name, []).append(event[name])
    return found


def written() -> st.SearchStrategy[dict[str, list[bytes]]]:
    return st.deferred(lambda: lines(subjects(), [(one.seller_id, one.listing_id) for one in OFFERS]))


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
@given(written=written())
def test_nothing_that_people_write_is_told(caplog: pytest.LogCaptureFixture, written: dict[str, list[bytes]]) -> None:
    caplog.clear()
    with tempfile.TemporaryDirectory() as scratch, caplog.at_level(logging.DEBUG):
        for place, text in told({**WORLD, **written}, Path(scratch)):
            assert not_in(text), place
    assert MARK not in caplog.text.lower()


def test_every_way_to_be_no_good_is_told_without_its_words(tmp_path: Path) -> None:
    """Each alone, so that no chance leaves one out; and most of them do lead to a dead letter."""
    letters = 0
    for number, damage in enumerate(DAMAGES):
        topics = {"notices": [damage("notices", notice(number, "S0", "L0-S0", 10))]}
        for place, text in told({**WORLD, **topics}, tmp_path / str(number)):
            assert not_in(text), (place, damage)
        letters += (tmp_path / str(number) / "out" / "dead-letters.jsonl").read_bytes().count(b'"notices"')
    assert letters > len(DAMAGES) / 3


def test_the_mark_would_be_found(tmp_path: Path) -> None:
    """In a listing, what is written is no secret: the places that are looked at do show it."""
    offers = [
        *OFFERS,
        listing(f"Nike 1:1 replica {MARK}", listing_id="L99", seller_id="S0"),
        marked_enumeration("notices", {"listing_id": "L98"}),
    ]
    found = {place for place, text in told({**WORLD, "listings": offers}, tmp_path) if not not_in(text)}
    assert found >= {"events.unique.jsonl", "events.matched.jsonl", "originals", "explain S0"}


def test_a_good_notice_is_passed_on(tmp_path: Path) -> None:
    """Else the tests above would prove nothing."""
    seen = dict(told({**WORLD, "notices": [whole("notices", notice(1, "S0", "L0-S0", 10))]}, tmp_path))
    assert b'"kind":"notice"' in seen["events.unique.jsonl"]
    assert b'"explained":' in seen["events.unique.jsonl"]
    assert encode(OFFERS[0]) in seen["events.unique.jsonl"]
