"""What tests of people are given: a scene, listings, and decisions about them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.events.decision import Reason
from pipeline.events.enforcement import StoreClosure
from pipeline.events.listing import Listing
from pipeline.events.notice import Notice, NoticeOutcome
from pipeline.events.review import Assignee, Review
from pipeline.events.takedown import Takedown
from pipeline.simulate.brands import brands
from pipeline.simulate.people.people import People
from pipeline.simulate.people.scene import Said, Scene
from pipeline.simulate.people.speakers import Speakers
from pipeline.simulate.truth import Truth

START = datetime(2016, 1, 1, tzinfo=UTC)
END = START + timedelta(days=90)
BRANDS = brands(120)
BRAND = BRANDS[0]
REASON = Reason("prior", -4.0, "where it starts")


def at(**after: float) -> datetime:
    return START + timedelta(**after)


def scene(seed: int = 1) -> Scene:
    return Scene(seed, START)


def speakers(seed: int = 1) -> Speakers:
    return Speakers(BRANDS, seed, START, 90)


def people(seed: int = 1) -> People:
    return People(BRANDS, seed, START, 90)


def listing(name: str = "L1", **changes: Any) -> Listing:
    return Listing(**{
        "listing_id": name, "seller_id": "S1", "event_time": START, "change": "listed", "version": 1, "title": f"{BRAND.name} shoes",
        "marketplace": "us", **changes,
    })  # fmt: skip


def fake(name: str = "L1", **changes: Any) -> Truth:
    return Truth(**{
        "listing_id": name, "brand_ids": (BRAND.brand_id,), "duplicate_group": "G1", "counterfeit": True, "kind": "counterfeiter",
        "seller_id": "S1", **changes,
    })  # fmt: skip


def genuine(name: str = "L1", **changes: Any) -> Truth:
    return fake(name, **{"counterfeit": False, "kind": "second_hand", **changes})


def takedown(name: str = "L1", **changes: Any) -> Takedown:
    return Takedown(**{
        "takedown_id": f"takedown-{name}", "listing_id": name, "listing_version": 1, "seller_id": "S1", "brand_ids": (BRAND.brand_id,),
        "right_ids": (f"tm-{BRAND.brand_id}",), "decided_at": START, "source": "own_initiative", "detection": "automated",
        "decision": "automated", "ground": "illegal", "policy_version": "1", "registry_version": "1", "score": 3.0, "severity": "serious",
        "points": 12, "reasons": (REASON,), "appeal_until": at(days=180), **changes,
    })  # fmt: skip


def review(name: str = "L1", **changes: Any) -> Review:
    return Review(**{
        "review_id": f"review-{name}", "seller_id": "S1", "question": "counterfeit", "assignee": Assignee("team"), "priority": 5,
        "due_at": at(days=3), "opened_at": START, "right_ids": (f"tm-{BRAND.brand_id}",), "brand_ids": (BRAND.brand_id,),
        "reasons": (REASON,), "score": 0.4, "policy_version": "1", "registry_version": "1", "listing_id": name, **changes,
    })  # fmt: skip


def closure(**changes: Any) -> StoreClosure:
    return StoreClosure(**{
        "closure_id": "closure-1", "seller_id": "S1", "decided_at": START, "points": 48, "takedown_ids": ("takedown-L1",),
        "decision": "human", "policy_version": "1", "preset": "taobao", "epoch": 0, "swept": 0, **changes,
    })  # fmt: skip


def notice_of(said: Said) -> Notice:
    assert isinstance(said.event, Notice)
    return said.event


def outcome(said: Said, what: str, **changes: Any) -> NoticeOutcome:
    notice = notice_of(said)
    return NoticeOutcome(**{
        "notice_id": notice.notice_id, "notifier_id": notice.notifier_id, "seller_id": notice.seller_id,
        "listing_id": notice.listing_id, "outcome": what, "code": what, "hint": "", "automated": True, "decided_at": START,
        "handled_in": 0, "policy_version": "1", **changes,
    })  # fmt: skip


def played(one: Scene, until: datetime = END) -> list[Said]:
    """Let everything that is planned happen; return what was said, in its order."""
    while one.act(until, "listings"):
        pass
    return one.collect()
