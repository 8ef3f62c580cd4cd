"""The stream of listings: one line after the other, mostly in the order of time, in constant memory.

Line n comes n/N of the way through the days. Each line is the oldest step that is due in the life of a known listing; where none is
due, a new offer; now and then a malformed line. Lives wait in a window of bounded size: where it is full, a new listing has no later
life.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

from pipeline.codec import encode
from pipeline.events.listing import Listing
from pipeline.simulate.brands import Brand
from pipeline.simulate.dice import between, dice
from pipeline.simulate.life import DAY, Life, Steps, life
from pipeline.simulate.malformed import SMALL_KINDS, malformed
from pipeline.simulate.offers import Offer, Offers
from pipeline.simulate.truth import Truth

START = datetime(2016, 1, 1, tzinfo=UTC)
WINDOW = 20_000  # lives that wait
UNHURRIED = 1_000_000 / 90  # lines a day up to which the window holds all lives; above, they are shortened
MALFORMED = 0.002
LATE, LATE_BY = 0.008, (26 * 3600.0, 80 * 3600.0)  # share of offers that arrive so many seconds late
OUT_OF_ORDER, OUT_OF_ORDER_BY = 0.15, 240.0  # share of offers that are older than lines before them, by so many seconds and a line or two


@dataclass(frozen=True, slots=True)
class Line:
    """One line of listings.jsonl, without its newline; its event unless it is malformed; the truth where its listing is new."""

    data: bytes
    event: Listing | None = None
    truth: Truth | None = None


class Stream:
    """Makes the lines. `waiting` is the number of lives in the window."""

    def __init__(self, brands: Sequence[Brand], *, listings: int, seed: int, prevalence: float, days: float, start: datetime) -> None:
        if listings < 0 or days <= 0 or not 0 <= prevalence <= 0.5:
            raise ValueError("listings must not be negative, days must be more than 0, and prevalence 0 to 0.5")
        self._listings, self._start, self._end = listings, start, days * DAY
        self._offers = Offers(brands, seed, listings, prevalence, days)
        self._steps = Steps(self._offers, dice(seed, "steps"))
        self._chance, self._fates = dice(seed, "stream"), dice(seed, "lives")
        self._disorder = OUT_OF_ORDER_BY + 1.5 * self._end / max(listings, 1)
        self._haste = min(1.0, UNHURRIED * days / max(listings, 1))
        self._window: list[tuple[float, int, Life]] = []
        self._late: list[tuple[float, int, Offer]] = []
        self._serial = self._broken = 0

    @property
    def waiting(self) -> int:
        """How many lives and late offers are held."""
        return len(self._window) + len(self._late)

    def __iter__(self) -> Iterator[Line]:
        for number in range(self._listings):
            yield self._next(self._end * number / self._listings)

    def _next(self, now: float) -> Line:
        """Return the line that comes at a time, in seconds from the start."""
        if self._chance.random() < MALFORMED:
            return self._malformed()
        if self._window and self._window[0][0] <= now:
            return self._step(now)
        if self._late and self._late[0][0] <= now:
            return self._launch(heappop(self._late)[2], now)
        return self._new(now)

    def _malformed(self) -> Line:
        """Return a broken line; the kinds take turns."""
        self._broken += 1
        return Line(malformed(SMALL_KINDS[self._broken % len(SMALL_KINDS)], self._broken))

    def _step(self, now: float) -> Line:
        """Take the next step of the life that waits longest."""
        due, _, one = heappop(self._window)
        _, step = one.steps.pop()
        result = self._steps.take(one, step, self._time(due))
        self._wait(one)
        return self._launch(result, now) if isinstance(result, Offer) else Line(encode(result), result)

    def _new(self, now: float) -> Line:
        """Return a new offer. One that comes late is put aside, and the next one takes its place."""
        day = now / DAY
        while self._chance.random() < LATE and len(self._late) < WINDOW:
            arrives = now + between(self._chance, *LATE_BY)
            heappush(self._late, (arrives, self._count(), self._offers.new(self._time(now), day)))
        behind = between(self._chance, 0.0, self._disorder) if self._chance.random() < OUT_OF_ORDER else 0.0
        return self._launch(self._offers.new(self._time(max(now - behind, 0.0)), day), now)

    def _launch(self, offer: Offer, now: float) -> Line:
        """Put an offer on the market: its life begins."""
        self._wait(life(offer, now, self._end, self._haste, self._fates))
        return Line(encode(offer.listing), offer.listing, offer.truth)

    def _wait(self, one: Life) -> None:
        if one.steps and len(self._window) < WINDOW:
            heappush(self._window, (one.next_at(), self._count(), one))

    def _count(self) -> int:
        self._serial += 1
        return self._serial

    def _time(self, seconds: float) -> datetime:
        return self._start + timedelta(seconds=int(seconds))
