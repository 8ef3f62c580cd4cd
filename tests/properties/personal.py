"""What people write, with a mark in every field that must stay where it came in; and ways in which such a record is no good."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from hypothesis import strategies as st

from tests.build import at

MARK = "zqzmark"  # and then what bears it
Event = dict[str, Any]
SELLERS = ("S0", "S1", "S2")
_ENUMERATED = {"notices": "kind", "rulings": "verdict", "appeals": "grounds"}
_MOMENT = 60 * 24 * 30  # minutes in which all of it comes
_TOO_LONG = 30_000  # characters


def mark(name: str) -> str:
    """Return a text that holds the mark."""
    return f"Ann said: {MARK}-{name} at home"


def notice(number: int, seller: str, listing: str, minute: int, **fields: Any) -> Event:
    """Return a notice that is marked wherever a person writes."""
    return {
        "notice_id": f"C{number}",
        "notifier_id": f"N{number % 3}",
        "seller_id": seller,
        "listing_id": listing,
        "event_time": at(minutes=minute).isoformat(),
        "kind": ("counterfeit", "trademark", "design")[number % 3],
        "right_id": "R1",
        "good_faith": True,
        "accurate": True,
        "explanation": mark("explanation"),
        "contact": {"name": mark("name"), "email": f"{MARK}-email@example.com"},
        "url": f"https://example.com/{MARK}-url",
        "evidence": [f"https://example.com/{MARK}-evidence", mark("second")],
        **fields,
    }


def ruling(number: int, seller: str, minute: int, **fields: Any) -> Event:
    """Return a ruling with a marked note; `fields` name its subject."""
    return {
        "ruling_id": f"G{number}",
        "seller_id": seller,
        "event_time": at(minutes=minute).isoformat(),
        "verdict": "reverse",
        "decided_by": {"kind": "reviewer", "id": "P1"},
        "note": mark("note"),
        **fields,
    }


def appeal(number: int, seller: str, minute: int, **fields: Any) -> Event:
    """Return an appeal with a marked statement and evidence; `fields` name its subject."""
    return {
        "appeal_id": f"A{number}",
        "seller_id": seller,
        "event_time": at(minutes=minute).isoformat(),
        "grounds": "genuine",
        "statement": mark("statement"),
        "evidence": [f"https://example.com/{MARK}-proof"],
        **fields,
    }


Damage = Callable[[str, Event], bytes]


def whole(_topic: str, event: Event) -> bytes:
    return orjson.dumps(event)


def without(name: str) -> Damage:
    def damage(_topic: str, event: Event) -> bytes:
        return orjson.dumps({key: value for key, value in event.items() if key != name})

    return damage


def marked_enumeration(topic: str, event: Event) -> bytes:
    return orjson.dumps({**event, _ENUMERATED[topic]: mark("enumeration")})


def marked(name: str) -> Damage:
    """Put a text where something else belongs."""

    def damage(_topic: str, event: Event) -> bytes:
        return orjson.dumps({**event, name: mark(name)})

    return damage


def nested(_topic: str, event: Event) -> bytes:
    """Put every marked text a level too deep."""
    return orjson.dumps({key: {mark("key"): value} if MARK in str(value) else value for key, value in event.items()})


def too_long(_topic: str, event: Event) -> bytes:
    return orjson.dumps(
        {key: value + "x" * _TOO_LONG if isinstance(value, str) and MARK in value else value for key, value in event.items()}
    )


def unknown_field(_topic: str, event: Event) -> bytes:
    return orjson.dumps({mark("field"): mark("value"), **event})


def cut_off(_topic: str, event: Event) -> bytes:
    return orjson.dumps(event)[:-9]


def not_utf8(_topic: str, event: Event) -> bytes:
    return orjson.dumps(event).replace(MARK.encode(), MARK.encode() + b"\xff")


def only_a_text(_topic: str, _event: Event) -> bytes:
    return orjson.dumps(mark("text"))


def no_json(_topic: str, _event: Event) -> bytes:
    return mark("line").encode()


DAMAGES: tuple[Damage, ...] = (
    *(whole,) * 8,  # most are good
    without("event_time"),
    without("seller_id"),
    *(marked(name) for name in ("event_time", "contact", "evidence", "good_faith", "decided_by", "language", "jurisdiction")),
    marked_enumeration,
    nested,
    too_long,
    unknown_field,
    cut_off,
    not_utf8,
    only_a_text,
    no_json,
)


def lines(subjects: Mapping[str, Mapping[str, list[str]]], listings: list[tuple[str, str]]) -> st.SearchStrategy[dict[str, list[bytes]]]:
    """Return notices, rulings and appeals as lines: about listings and measures that there are, and others; good ones and bad ones.

    `subjects`: by seller, the ids of its measures by the name of the field that names one.
    """
    return st.lists(
        st.tuples(
            st.sampled_from(["notices", "notices", "rulings", "appeals"]),
            st.sampled_from(listings),
            st.integers(0, _MOMENT),
            st.sampled_from(DAMAGES),
            st.integers(0, 9),
            st.booleans(),
        ),
        min_size=1,
        max_size=30,
    ).map(lambda drawn: dict(_by_topic(drawn, subjects)))


def _by_topic(drawn: list[Any], subjects: Mapping[str, Mapping[str, list[str]]]) -> Iterator[tuple[str, list[bytes]]]:
    made: dict[str, list[tuple[int, bytes]]] = {"notices": [], "rulings": [], "appeals": []}
    for number, (topic, (seller, listing), minute, damage, which, twice) in enumerate(drawn):
        event = _event(topic, number, seller, listing, minute, which, subjects[seller])
        made[topic] += [(minute, damage(topic, event))] * (2 if twice else 1)
    for topic, written in made.items():
        yield topic, [line for _, line in sorted(written, key=lambda each: each[0])]


def _event(topic: str, number: int, seller: str, listing: str, minute: int, which: int, subjects: Mapping[str, list[str]]) -> Event:
    if topic == "notices":
        retraction = {"kind": "retraction", "retracts": f"C{which}"} if which == number - 1 else {}
        return notice(number, seller, listing, minute, **retraction)
    fields = [name for name in subjects if topic == "rulings" or name != "review_id"] or ["takedown_id"]
    name = fields[which % len(fields)]
    ids = subjects.get(name) or ["none"]
    subject = {name: ids[which % len(ids)]}
    if topic == "appeals":
        return appeal(number, seller, minute, **subject)
    verdict = ("counterfeit", "genuine", "uphold", "reverse", "inconclusive")[which % 5]
    return ruling(number, seller, minute, verdict=verdict, **subject)
