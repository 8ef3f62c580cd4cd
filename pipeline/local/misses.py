"""Listings on which flow and truth differ, each difference a miss of its own. Pure."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO

from pipeline.local.brand_scores import Named
from pipeline.local.decision_scores import Decided
from pipeline.local.seen import Best, Found, source_of
from pipeline.printable import printable

INSTEAD, BESIDE, NONE, MISSED = "brand instead of another", "brand beside the right one", "brand where there is none", "brand missed"
DOWN, ASKED, CLEARED = "genuine, taken down", "genuine, asked about", "counterfeit, cleared"
NO_RIGHT, NO_SIGNAL = "names no right", "nothing but the brand"

COLUMNS = (
    "what", "listing_id", "source", "language", "true_brands", "found_brand", "method", "field", "start", "end", "found", "alias",
    "score", "signals", "title",
)  # fmt: skip
_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\\u")  # what spreadsheets take for a formula; a code point


@dataclass(frozen=True, slots=True)
class Miss:
    """One difference: a wrong brand in a listing, a brand missed in it, or a wrong decision on it.

    `true` are brands that it names and that were not found; of a brand beside the right one, those that were.
    """

    what: str
    listing_id: str
    language: str
    title: str
    true: tuple[str, ...] = ()
    found: Found | None = None
    best: Best | None = None

    @property
    def reason(self) -> str:
        """What the score of a wrong decision was made of."""
        if self.best is None:
            return NO_RIGHT
        return ", ".join(self.best.codes) or NO_SIGNAL


def brand_misses(listings: Iterable[Named]) -> Iterator[Miss]:
    """Yield each brand that was found and is wrong, and each listing whose brands were missed with nothing in their place."""
    for listing in listings:
        seen = listing.seen
        missed = tuple(sorted(listing.true - {found.brand_id for found in seen.brands}))
        wrong = [found for found in seen.brands if not listing.right(found)]
        what = INSTEAD if missed else BESIDE if listing.true else NONE
        for found in wrong:
            yield Miss(what, listing.listing_id, seen.language, seen.title, missed or tuple(sorted(listing.true)), found, seen.best)
        if missed and not wrong:
            yield Miss(MISSED, listing.listing_id, seen.language, seen.title, missed, None, seen.best)


def decision_misses(listings: Iterable[Decided]) -> Iterator[Miss]:
    """Yield genuine listings that were taken down or asked about, and counterfeits that were cleared."""
    for one in listings:
        what = _wrong(one)
        if what is not None:
            yield Miss(what, one.listing_id, one.seen.language, one.seen.title, best=one.seen.best)


def _wrong(one: Decided) -> str | None:
    if one.counterfeit is None or one.counterfeit == one.touched:
        return None
    return CLEARED if one.counterfeit else DOWN if one.down else ASKED


def as_csv(misses: Iterable[Miss]) -> Iterator[str]:
    """Yield the lines of a table of misses, the head first (RFC 4180). What others wrote cannot become a formula in a spreadsheet."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    for row in (COLUMNS, *map(_row, misses)):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _row(miss: Miss) -> tuple[str | float, ...]:
    found, best = miss.found, miss.best
    place: tuple[str | float, ...] = ("",) * 7
    if found is not None:
        place = (tame(found.brand_id), found.method, tame(found.field), found.start, found.end, tame(found.text), tame(found.alias))
    return (
        miss.what,
        tame(miss.listing_id),
        tame(source_of(miss.listing_id)),
        tame(miss.language),
        tame(" ".join(miss.true)),
        *place,
        best.score if best else "",
        " ".join(best.codes) if best else "",
        tame(miss.title),
    )


def tame(text: str) -> str:
    """Return a text from outside so that a spreadsheet takes it for text: an apostrophe before what would begin a formula (OWASP).

    What cannot be seen, line ends among it, is written as its code point: so the apostrophe stands before what the reader sees first.
    """
    seen = printable(text)
    return f"'{seen}" if seen.lstrip().startswith(_STARTS) else seen
