"""The whole story of one listing, from a notice to its being put back, upheld after all and at last reversed: as files, and replayed."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from pipeline.events.appeal import Appeal
from pipeline.events.notice import Notice
from pipeline.events.ruling import DecidedBy, Ruling
from pipeline.local.replay import Plan, replay
from tests.build import at, listing, right, write_topics

NOTICE, APPEAL, LISTING = "N 1/é\u202e", 'A"1', "L1"  # ids from outside may be any text
REVIEWER, COURT = DecidedBy("reviewer", "P1"), DecidedBy("court", "C1")


def notice(when: datetime, **fields: Any) -> Notice:
    """Return a complete notice of the holder of Nike against listing L1 of seller S1."""
    given = {"notice_id": NOTICE, "notifier_id": "HOLDER", "seller_id": "S1", "listing_id": LISTING, "kind": "counterfeit"}
    said = {"right_id": "R1", "explanation": "Zoe saw it.", "good_faith": True, "accurate": True, "notifier_kind": "rights_holder"}
    return Notice(**{"event_time": when, **given, **said, **fields})


def appeal(when: datetime, **fields: Any) -> Appeal:
    """Return an appeal of seller S1."""
    return Appeal(**{"appeal_id": APPEAL, "seller_id": "S1", "event_time": when, "grounds": "genuine", "statement": "I am Zoe.", **fields})


def replayed(home: Path) -> Path:
    """Write the story's topics into a folder, and return what a replay makes of them.

    Ids of questions and takedowns are known when they are decided: so it is replayed as far as it is known, again and again.
    """
    clothes = "Nike Air Max 90"
    topics: dict[str, list[Any]] = {
        "rights": [right(notifier_ids=("HOLDER",))],
        "listings": [
            listing(clothes, marketplace="cn", attributes={"colour": "white"}, event_time=at()),
            listing("Blue wool scarf", listing_id="L9", seller_id="S9", event_time=at(days=90)),  # until then deadlines fire
        ],
        "notices": [notice(at(days=1))],
    }
    out = _replay(home, "asked", topics)
    (review,) = events(out, "reviews")
    topics["rulings"] = [Ruling("R-down", "S1", at(days=2), "counterfeit", REVIEWER, review_id=review["review_id"], note="Zoe is right.")]
    (down,) = events(_replay(home, "down", topics), "takedowns")
    topics["appeals"] = [appeal(at(days=4), takedown_id=down["takedown_id"])]
    topics["rulings"] += [
        Ruling("R-uphold", "S1", at(days=30), "uphold", REVIEWER, appeal_id=APPEAL),
        Ruling("R-reverse", "S1", at(days=40), "reverse", COURT, takedown_id=down["takedown_id"]),
    ]
    return _replay(home, "out", topics)


def _replay(home: Path, name: str, topics: dict[str, list[Any]]) -> Path:
    replay(Plan(write_topics(home / f"{name}-in", topics), home / name))
    return home / name


def events(out: Path, topic: str) -> Sequence[dict[str, Any]]:
    """Return the events of a topic."""
    return [orjson.loads(line) for line in (out / f"{topic}.jsonl").read_bytes().splitlines()]
