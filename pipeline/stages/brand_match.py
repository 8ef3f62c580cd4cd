"""Brand match: which rights a listing touches, and where it says so.

In: `events.unique`. Out: `events.matched`, the same records in the same order. A listing that touches a right carries its matches; one
that touches none, and a removal, goes on as a slim record; a tick goes on as it is, after it has brought its reference data.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from pipeline.events.listing import Listing
from pipeline.events.match import Match
from pipeline.events.right import Right
from pipeline.events.sequence import (
    MatchedListing,
    SequencedAppeal,
    SequencedListing,
    SequencedNotice,
    SequencedRuling,
    SequencedTick,
    SlimListing,
)
from pipeline.events.texts import texts
from pipeline.matching.name import Hit
from pipeline.matching.settle import settled
from pipeline.policy.model import Policy
from pipeline.stages.clock import CLOCK, Clock
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import Reference, Snapshot
from pipeline.stages.registry import Registry, holds
from pipeline.state.view import View

NAME = "brand-match"
TOPIC = "events.matched"
TABLES = (CLOCK,)

MOST_MATCHES = 200  # of one listing; the best are kept
MOST_FOUND = 200  # characters of what was found: a name may have much between its letters that cannot be seen
FIELD_SHARES = {"title": 1.0, "brand": 0.98, "images": 0.9, "attributes": 0.85, "description": 0.8}  # how much a place says of the goods


def process(records: Sequence[Record], view: View, reference: Reference) -> Outputs:
    """Handle one chunk. Pure: what comes out depends on the records, the state and the reference data alone."""
    outputs, clock = Outputs(), Clock(view, reference)
    for record in records:
        outputs.tally.taken += 1
        event = record.event
        if record.fault is not None:
            outputs.bury(NAME, record, record.fault)
            continue
        if type(event) is SequencedListing:
            outputs.emit(TOPIC, event.listing.seller_id, matched(event, clock.snapshot), record)
        elif type(event) in (SequencedNotice, SequencedRuling, SequencedAppeal):
            outputs.emit(TOPIC, event.seller_id, event, record)
        elif type(event) is SequencedTick:
            clock.advance(event)
            outputs.emit(TOPIC, None, event, record)
        else:
            raise TypeError(f"brand-match is given a {type(event).__name__}")
        outputs.tally.passed += 1
    return outputs


def matched(event: SequencedListing, snapshot: Snapshot) -> MatchedListing | SlimListing:
    """Return what the later stages need of a listing: all of it with its matches, or a slim record."""
    matches = () if event.listing.change == "removed" else find_matches(event, snapshot)
    if matches:
        return MatchedListing("listing", event.at, event.fingerprint, matches, event.listing)
    return _slim(event)


def _slim(event: SequencedListing) -> SlimListing:
    listing = event.listing
    phashes = tuple(image.phash for image in listing.images if image.phash)
    return SlimListing(
        "slim",
        event.at,
        listing.listing_id,
        listing.seller_id,
        listing.version,
        listing.change,
        event.fingerprint,
        phashes,
        listing.brand,
        listing.category,
        listing.marketplace,
        listing.language,
        listing.territories or (),
    )


def find_matches(event: SequencedListing, snapshot: Snapshot) -> tuple[Match, ...]:
    """Return the matches of a listing, the best first: by score, then by their place."""
    found = sorted(_all_matches(event, snapshot.registry, snapshot.policy), key=lambda match: -match.score)
    return tuple(islice(found, MOST_MATCHES))


def _all_matches(event: SequencedListing, registry: Registry, policy: Policy) -> Iterator[Match]:
    """Yield the matches in every field, in the order of the fields, of rights that hold there and then."""
    listing = event.listing
    territories = listing.territories or policy.territories
    context = _context(listing)
    found = [(field, hit) for field, text in texts(listing) for hit in registry.index.find(text, context)]
    for field, hit in settled(found):
        right = registry.named[hit.owner]
        if holds(right, event.at, territories):
            yield _match(right, field, hit)


def _context(listing: Listing) -> str:
    """Return what stands beside the texts and may say which sense of a common word is meant."""
    return " ".join(filter(None, (listing.title, listing.category, listing.brand, listing.description)))


def _match(right: Right, field: str, hit: Hit) -> Match:
    return Match(
        right_id=right.right_id,
        brand_id=right.brand_id,
        field=field,
        start=hit.start,
        end=hit.end,
        found=hit.found[:MOST_FOUND],
        alias=hit.alias,
        method=hit.method,
        score=round(hit.score * _field_share(field), 4),
        use="reference" if hit.reference else "brand",
        sense=hit.sense,
        shadow=hit.shadow,
    )


def _field_share(field: str) -> float:
    """Return the share of a field by its first name (`attributes.colour` -> `attributes`)."""
    return FIELD_SHARES[field.partition(".")[0].partition("[")[0]]
