"""Traces: what was taken down at each seller, so that it is recognised when it comes back, as it was or changed.

A title's letters and a picture's phash are recognised exactly for as long as the policy remembers takedowns. Beside them the sketches of a
seller's last takedowns are kept, with which its new listings are compared; only sellers with takedowns cost anything. Of each picture that
was taken down, or that a right names as one of counterfeits, those sellers are noted who show it and are let be: a picture that enough of
them show is a stock picture, or a placeholder, and counts for nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from msgspec.structs import replace

from pipeline.events.value import Value
from pipeline.matching.near.likeness import Glance, Likeness
from pipeline.matching.near.picture import MOST_PICTURES, telling_phashes
from pipeline.matching.near.sketch import Sketch, sketch
from pipeline.policy.model import Duplicates, Times
from pipeline.signals.case import Echo
from pipeline.state.schedule import Deadline, Schedule
from pipeline.state.table import Table, key
from pipeline.state.view import View

FORGET_TRACE, FORGET_SKETCH, FORGET_PICTURE = "forget-trace", "forget-sketch", "forget-picture"


class Shown(Protocol):
    """What of a listing can be recognised."""

    @property
    def fingerprint(self) -> str | None:
        """The hash of the title's letters."""

    @property
    def phashes(self) -> tuple[str, ...]:
        """The hashes of the pictures."""


class Recognisable(Shown, Protocol):
    """What of a listing can be recognised, also where it comes back changed."""

    @property
    def title(self) -> str | None:
        """The title, where it is known."""

    @property
    def pdqs(self) -> tuple[str, ...]:
        """The PDQ hashes of the pictures that tell something."""


class Trace(Value, frozen=True):
    """A title or a picture that was taken down at a seller."""

    takedown_id: str
    forget_at: datetime


class Kept(Value, frozen=True):
    """The sketch of a listing that was taken down."""

    takedown_id: str
    forget_at: datetime
    sketch: Sketch


class TakenDown(Value, frozen=True):
    """What was taken down last at a seller, the oldest first."""

    kept: tuple[Kept, ...] = ()


class Picture(Value, frozen=True):
    """A picture in question, and the sellers without a takedown who show it where nobody objects: as many as matter, in their order."""

    forget_at: datetime
    sellers: tuple[str, ...] = ()


class Closeness(NamedTuple):
    """By what the nearest of several is chosen: a copy before what is similar, then the score, then the newest."""

    copy: bool
    score: float
    number: int


K = TypeVar("K", Trace, Picture)

TRACES = Table("traces", Trace)
SKETCHES = Table("sketches", TakenDown)
PICTURES = Table("pictures", Picture)
TABLES: tuple[Table[Any], ...] = (TRACES, SKETCHES, PICTURES)


class Traces:
    """The traces of all sellers, seen through one chunk's view."""

    def __init__(self, view: View, schedule: Schedule) -> None:
        self._view, self._schedule = view, schedule

    @staticmethod
    def prefetch(view: View, pictures: Iterable[str]) -> None:
        """Read in one go what is known of these pictures."""
        view.prefetch(PICTURES, pictures)

    # -- left and wiped

    def leave(self, seller_id: str, was: Recognisable, takedown_id: str, at: datetime, times: Times, most: int) -> None:
        """Remember what was taken down. `most`: sketches a seller."""
        forget_at = at + times.remember_takedowns + times.lateness
        for what, value in _names(was):
            name = key(seller_id, what, value)
            self._view.put(TRACES, name, Trace(takedown_id, forget_at))
            self._schedule.add(self._view, forget_at, Deadline(FORGET_TRACE, name))
        if most:
            self._keep(
                seller_id, Kept(takedown_id, forget_at, sketch(was.title, telling_phashes(was.phashes[:MOST_PICTURES]), was.pdqs)), most
            )
        for phash in was.phashes:
            known = self._view.get(PICTURES, phash) or Picture(forget_at)
            self._note(phash, Picture(max(forget_at, known.forget_at), tuple(one for one in known.sellers if one != seller_id)))

    def _keep(self, seller_id: str, new: Kept, most: int) -> None:
        earlier = self._view.get(SKETCHES, seller_id) or TakenDown()
        self._view.put(SKETCHES, seller_id, TakenDown((*earlier.kept, new)[-most:]))
        self._schedule.add(self._view, new.forget_at, Deadline(FORGET_SKETCH, seller_id))

    def _note(self, phash: str, picture: Picture) -> None:
        self._view.put(PICTURES, phash, picture)
        self._schedule.add(self._view, picture.forget_at, Deadline(FORGET_PICTURE, phash))

    def wipe(self, seller_id: str, was: Shown, takedown_id: str) -> None:
        """Forget what a takedown has left that was reversed."""
        for what, value in _names(was):
            trace = self._view.get(TRACES, key(seller_id, what, value))
            if trace is not None and trace.takedown_id == takedown_id:
                self._view.delete(TRACES, key(seller_id, what, value))
        self._thin(seller_id, lambda kept: kept.takedown_id != takedown_id)

    def _thin(self, seller_id: str, stays: Callable[[Kept], bool]) -> None:
        known = self._view.get(SKETCHES, seller_id)
        left = tuple(kept for kept in known.kept if stays(kept)) if known is not None else ()
        if known is not None and left != known.kept:
            self._view.put(SKETCHES, seller_id, TakenDown(left)) if left else self._view.delete(SKETCHES, seller_id)

    # -- recognised

    def of(self, seller_id: str, what: Literal["title", "picture"], values: Iterable[str]) -> dict[str, str]:
        """Return the takedowns at a seller of these very titles or pictures, by title or picture."""
        found = {value: self._view.get(TRACES, key(seller_id, what, value)) for value in values}
        return {value: trace.takedown_id for value, trace in found.items() if trace is not None}

    def nearest(self, seller_id: str, glance: Glance, duplicates: Duplicates) -> Echo | None:
        """Return what of the last takedowns at a seller is most like a listing; None where nothing is."""
        known = self._view.get(SKETCHES, seller_id)
        best: tuple[Closeness, Echo] | None = None
        for number, kept in enumerate(known.kept if known is not None else ()):
            likeness = self._likeness(glance, kept.sketch, seller_id, duplicates)
            close = Closeness(likeness.grade == "copy", likeness.score, number)
            if likeness.grade is not None and (best is None or close > best[0]):
                best = close, Echo(kept.takedown_id, likeness)
        return best[1] if best else None

    def _likeness(self, glance: Glance, sketch: Sketch, seller_id: str, duplicates: Duplicates) -> Likeness:
        """Return how alike they are, stock pictures left out: those are looked for only where a picture counts."""
        likeness = glance.compare(sketch)
        if not likeness.by_picture:
            return likeness
        telling = tuple(phash for phash in sketch.phashes if not self.is_stock(f"{phash:016x}", seller_id, duplicates))
        return likeness if len(telling) == len(sketch.phashes) else glance.compare(replace(sketch, phashes=telling))

    # -- stock pictures

    def is_in_question(self, phash: str) -> bool:
        """Tell whether a picture was taken down, at whatever seller."""
        return self._view.get(PICTURES, phash) is not None

    def let_be(self, seller_id: str, phash: str, at: datetime, times: Times, duplicates: Duplicates) -> None:
        """Note that a seller without a takedown shows a picture in question, and that nobody objects."""
        known = self._view.get(PICTURES, phash) or Picture(at + times.remember_takedowns + times.lateness)
        if seller_id not in known.sellers and len(known.sellers) <= duplicates.stock_sellers:
            self._note(phash, replace(known, sellers=(*known.sellers, seller_id)))

    def is_stock(self, phash: str, seller_id: str, duplicates: Duplicates) -> bool:
        """Tell whether enough sellers beside this one show a picture and are let be."""
        known = self._view.get(PICTURES, phash)
        return known is not None and len(known.sellers) - (seller_id in known.sellers) >= duplicates.stock_sellers

    # -- forgotten

    def forget(self, deadline: Deadline, now: datetime) -> None:
        """Forget what is old enough, unless it was renewed since."""
        if deadline.what == FORGET_SKETCH:
            self._thin(deadline.subject, lambda kept: kept.forget_at > now)
        elif deadline.what == FORGET_PICTURE:
            self._forget(PICTURES, deadline.subject, now)
        else:
            self._forget(TRACES, deadline.subject, now)

    def _forget(self, table: Table[K], name: str, now: datetime) -> None:
        kept = self._view.get(table, name)
        if kept is not None and kept.forget_at <= now:
            self._view.delete(table, name)


def _names(was: Shown) -> Sequence[tuple[str, str]]:
    return [("title", was.fingerprint or ""), *(("picture", phash) for phash in was.phashes)]
