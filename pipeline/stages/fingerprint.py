"""What makes two listings the same: all of their content, or the letters of their title; and what makes two notices the same."""

from operator import attrgetter
from unicodedata import normalize

from msgspec.json import Encoder
from xxhash import xxh3_64_hexdigest, xxh3_128_hexdigest

from pipeline.events.listing import Listing
from pipeline.events.notice import Notice

_ABOUT_THE_RECORD = {"listing_id", "seller_id", "event_time", "change", "version"}
_content = attrgetter(*(name for name in Listing.__struct_fields__ if name not in _ABOUT_THE_RECORD))
_ABOUT_THE_NOTICE = {"notice_id", "event_time", "contact", "url", "language"}
_complaint = attrgetter(*(name for name in Notice.__struct_fields__ if name not in _ABOUT_THE_NOTICE))
_encode = Encoder(order="deterministic").encode  # attributes by their names


def content_hash(listing: Listing) -> str:
    """Return a hash of everything that is offered: 16 hex digits, the same for an update that changes nothing."""
    return xxh3_64_hexdigest(_encode(_content(listing)))


def text_fingerprint(listing: Listing) -> str:
    """Return a hash of the title's letters and digits, whatever their case, width, spacing and punctuation."""
    letters = "".join(filter(str.isalnum, normalize("NFKC", listing.title).casefold()))
    return xxh3_64_hexdigest((letters or listing.title).encode())


def complaint_hash(notice: Notice) -> str:
    """Return a hash of what a notice says, of which listing, and who says it: the same for the same complaint under another id."""
    return xxh3_128_hexdigest(_encode(_complaint(notice)))
