"""No malformed line is a listing, each is broken in its own way, and none breaks the lines around it."""

import pytest

from pipeline.codec import DecodingError, decode
from pipeline.events.dead_letter import Fault
from pipeline.events.listing import Listing
from pipeline.simulate.malformed import MALFORMED_KINDS, OVERSIZE, SMALL_KINDS, malformed

# Lines of these kinds read as a listing were it not for their size or for what stands at this place.
PLACES = {
    "missing title": "`title`", "missing seller": "`seller_id`", "title of wrong type": "$.title", "version as text": "$.version",
    "negative version": "$.version", "control character in id": "$.listing_id", "empty id": "$.listing_id", "title too long": "$.title",
    "time without zone": "$.event_time", "time that never was": "$.event_time", "unknown change": "$.change", "bad currency": "$.currency",
    "price with a comma": "$.price", "bad phash": "$.images[0].phash",
}  # fmt: skip
CODES = {
    "not JSON": "not-json",
    "cut off": "not-json",
    "invalid UTF-8": "not-utf8",
    "nested too deeply": "too-deep",
    "empty line": "not-json",
}


@pytest.mark.parametrize("kind", range(len(MALFORMED_KINDS)), ids=MALFORMED_KINDS)
def test_no_malformed_line_decodes_or_holds_a_newline(kind: int) -> None:
    for n in range(200 if kind in SMALL_KINDS else 2):
        line = malformed(kind, n)
        assert b"\n" not in line
        with pytest.raises(DecodingError):
            decode(Listing, line)


@pytest.mark.parametrize("kind", PLACES)
def test_a_field_is_broken_and_nothing_else(kind: str) -> None:
    fault = _fault(kind)
    assert PLACES[kind] in f"{fault.path} {fault.message}"


@pytest.mark.parametrize("kind", CODES)
def test_what_is_no_object_is_told_as_such(kind: str) -> None:
    assert _fault(kind).code == CODES[kind]


def test_kinds_are_many_distinct_and_small_but_one() -> None:
    assert len(set(MALFORMED_KINDS)) == len(MALFORMED_KINDS) >= 15
    assert [MALFORMED_KINDS[kind] for kind in range(len(MALFORMED_KINDS)) if kind not in SMALL_KINDS] == [OVERSIZE]
    assert all(len(malformed(kind, 1)) < 8192 for kind in SMALL_KINDS)
    assert len(malformed(MALFORMED_KINDS.index(OVERSIZE), 1)) > 1_048_576


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(IndexError):
        malformed(len(MALFORMED_KINDS), 0)


def _fault(kind: str) -> Fault:
    with pytest.raises(DecodingError) as caught:
        decode(Listing, malformed(MALFORMED_KINDS.index(kind), 3))
    return caught.value.fault
