"""Builds events and records for tests: sensible where a test does not care."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from xxhash import xxh3_64_hexdigest

from pipeline.codec import encode
from pipeline.events.clock import Tick
from pipeline.events.listing import Listing
from pipeline.events.match import Match
from pipeline.events.policy_record import PolicyRecord
from pipeline.events.right import Right
from pipeline.events.ruling import DecidedBy, DeciderKind, Verdict
from pipeline.events.sequence import (
    MatchedListing,
    Offsets,
    SequencedAppeal,
    SequencedListing,
    SequencedNotice,
    SequencedRuling,
    SequencedTick,
    SlimListing,
)
from pipeline.policy.loader import default_text, parse
from pipeline.policy.model import Policy
from pipeline.stages.fingerprint import content_hash, text_fingerprint
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import History

START = datetime(2016, 3, 1, 8, 0, tzinfo=UTC)
FAKE = "Nike Air Max 90 莆田 1:1 replica"


def at(**after: float) -> datetime:
    """Return the time so long after START: at(days=1, minutes=3)."""
    return START + timedelta(**after)


def listing(title: str = "Blue wool scarf", **fields: Any) -> Listing:
    """Return a listing of seller S1."""
    return Listing(
        **{
            "listing_id": "L1",
            "seller_id": "S1",
            "event_time": START,
            "change": "listed",
            "version": 1,
            "title": title,
            **fields,
        }
    )


def right(**fields: Any) -> Right:
    """Return the trademark Nike."""
    return Right(**{"right_id": "R1", "brand_id": "B1", "brand": "Nike", "kind": "trademark", "holder": "Nike Inc.", **fields})


def default_policy(**changes: Any) -> Policy:
    """Return the default policy, changed: default_policy(brake={"per_right": 1})."""
    policy = parse(default_text(), "default.toml")
    for part, values in changes.items():
        old = getattr(policy, part)
        policy = policy.model_copy(update={part: old.model_copy(update=values) if isinstance(values, dict) else values})
    return policy


def closing_at_once() -> PolicyRecord:
    """Return the default policy, but for the question before a closure."""
    text = default_text()
    asking = "ask_before_closure = true "
    assert asking in text
    return PolicyRecord("at-once", text.replace(asking, "ask_before_closure = false"))


def history(*rights: Right, policy: Policy | None = None) -> History:
    """Return reference data of these rights and a policy; by default one that closes a store without asking."""
    made = History()
    for one in rights:
        made.add_right(one)
    made.add_policy(policy or default_policy(enforcement={"ask_before_closure": False}))
    return made


def records(events: Iterable[Any], topic: str = "listings", start: int = 0) -> list[Record]:
    """Return events as records of one partition."""
    return [Record(topic, 0, number, encode(event), event, key=_key(event)) for number, event in enumerate(events, start)]


def _key(event: Any) -> str | None:
    return getattr(event, "seller_id", None) or getattr(getattr(event, "listing", None), "seller_id", None)


def tick(when: datetime = START) -> Tick:
    """Return a tick as it comes from outside."""
    return Tick(when)


def sequenced_tick(when: datetime = START, rights: int = 1, policies: int = 1, standings: int = 0) -> SequencedTick:
    """Return a tick as dedupe passes it on."""
    return SequencedTick("tick", when, 0, Offsets(rights, policies, standings))


def sequenced(one: Listing, when: datetime | None = None) -> SequencedListing:
    """Return a listing as dedupe passes it on."""
    return SequencedListing("listing", when or one.event_time, content_hash(one), text_fingerprint(one), one)


def matched(one: Listing, *matches: Match) -> MatchedListing:
    """Return a listing as brand-match passes it on, where it touches a right."""
    return MatchedListing("listing", one.event_time, text_fingerprint(one), matches, one)


def slim(one: Listing) -> SlimListing:
    """Return a listing as brand-match passes it on, where it touches none."""
    phashes = tuple(image.phash for image in one.images if image.phash)
    return SlimListing("slim", one.event_time, one.listing_id, one.seller_id, one.version, one.change, text_fingerprint(one), phashes)


def ruling(verdict: Verdict, when: datetime = START, by: DeciderKind = "reviewer", **subject: Any) -> SequencedRuling:
    """Return a ruling of seller S1 as dedupe passes it on: ruling("genuine", review_id=...)."""
    ident = subject.pop("ruling_id", f"{verdict}-{next(iter(subject.values()))}")
    return SequencedRuling("ruling", when, ident, subject.pop("seller_id", "S1"), verdict, DecidedBy(by, "P1"), **subject)


def appeal(when: datetime = START, **subject: Any) -> SequencedAppeal:
    """Return an appeal of seller S1 as dedupe passes it on: appeal(takedown_id=...)."""
    ident = subject.pop("appeal_id", f"A-{next(iter(subject.values()))}")
    return SequencedAppeal("appeal", when, ident, subject.pop("seller_id", "S1"), "genuine", 10, **subject)


def notice(when: datetime = START, **fields: Any) -> SequencedNotice:
    """Return a notice against listing L1 of seller S1 as dedupe passes it on: complete, and of the holder of Nike."""
    given = {
        "notice_id": "N1",
        "notifier_id": "HOLDER",
        "seller_id": "S1",
        "listing_id": "L1",
        "claim": "counterfeit",
        "explained": 20,
        "right_id": "R1",
        "good_faith": True,
        "accurate": True,
        "notifier_kind": "rights_holder",
        **fields,
    }
    said = "|".join(str(given.get(name)) for name in ("notifier_id", "listing_id", "claim", "explained", "right_id", "retracts"))
    return SequencedNotice(**{"kind": "notice", "at": when, "complaint": xxh3_64_hexdigest(said.encode()), **given})


def match(found: str = "Nike", start: int = 0, **fields: Any) -> Match:
    """Return a match of the trademark Nike in the title."""
    return Match(
        **{
            "right_id": "R1",
            "brand_id": "B1",
            "field": "title",
            "start": start,
            "end": start + len(found),
            "found": found,
            "alias": "Nike",
            "method": "exact",
            "score": 1.0,
            **fields,
        }
    )


def events_of(outputs: Outputs, topic: str) -> list[Any]:
    """Return the events that were emitted to a topic."""
    return [output.event for output in outputs.events if output.topic == topic]


def write_topics(folder: Path, topics: Mapping[str, Sequence[Any]]) -> Path:
    """Write topics as a replay reads them: events, or lines of bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for topic, events in topics.items():
        lines = [event if isinstance(event, bytes) else encode(event) for event in events]
        (folder / f"{topic}.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
