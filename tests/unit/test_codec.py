import pytest

from pipeline.codec import DecodingError, decode, encode
from pipeline.events.listing import Listing
from tests.build import listing

GOOD = (
    b'{"listing_id":"L1","seller_id":"S9","event_time":"2016-07-01T08:00:00Z","change":"listed","version":1,'
    b'"title":"N1KE Air Max 90 1:1","price":"129.00","currency":"CNY"}'
)


def altered(old: bytes, new: bytes) -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        (b"", "not-json", None),
        (b"{", "not-json", None),
        (b"not json", "not-json", None),
        (b"[]", "invalid", "$"),
        (b"{}", "invalid", "$"),
        (altered(b"N1KE", b"N1\xffE"), "not-utf8", None),
        (altered(b'"version":1', b'"version":-1'), "invalid", "$.version"),
        (altered(b'"version":1', b'"version":"1"'), "invalid", "$.version"),
        (altered(b'"L1"', b'""'), "invalid", "$.listing_id"),
        (altered(b'"L1"', b'"a\\u0000b"'), "invalid", "$.listing_id"),
        (altered(b'"L1"', b'"a\\n"'), "invalid", "$.listing_id"),
        (altered(b'"S9"', b'"' + b"s" * 129 + b'"'), "invalid", "$.seller_id"),
        (altered(b"08:00:00Z", b"08:00:00"), "invalid", "$.event_time"),
        (altered(b"2016-07-01", b"9999-12-31"), "invalid", "$.event_time"),
        (altered(b"2016-07-01", b"1969-12-31"), "invalid", "$.event_time"),
        (altered(b'"listed"', b'"sold"'), "invalid", "$.change"),
        (altered(b'"listed"', b'"utf-8"'), "invalid", "$.change"),
        (altered(b'"title"', b'"attributes":{"' + b"k" * 301 + b'":"v"},"title"'), "invalid", "$.attributes"),
        (altered(b'"CNY"', b'"yuan"'), "invalid", "$.currency"),
        (altered(b'"129.00"', b'"-1"'), "invalid", "$.price"),
        (altered(b'"129.00"', b"129.0"), "invalid", "$.price"),
        (altered(b'"129.00"', b'"1e9"'), "invalid", "$.price"),
        (altered(b'"title"', b'"images":[{"url":"a","phash":"xyz"}],"title"'), "invalid", "$.images[0].phash"),
        (altered(b"N1KE", b"x" * 2001), "invalid", "$.title"),
        (altered(b'"title"', b'"x":' + b"[" * 100_000), "too-deep", None),
    ],
)
def test_a_fault_names_code_and_path(line: bytes, code: str, path: str | None) -> None:
    with pytest.raises(DecodingError) as caught:
        decode(Listing, line)
    assert (caught.value.fault.code, caught.value.fault.path) == (code, path)


def test_a_good_line_decodes_and_unknown_fields_are_no_error() -> None:
    assert decode(Listing, GOOD) == decode(Listing, altered(b'"price"', b'"colour":{"a":[1]},"price"'))


def test_absent_fields_are_left_out() -> None:
    assert b"null" not in encode(listing())
    assert b"price" not in encode(listing())


def test_times_in_utc_are_written_with_z() -> None:
    assert b'"2016-03-01T08:00:00Z"' in encode(listing())
