"""Notices: what is remembered of each, from its receipt until its answer is forgotten."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from pipeline.events.notice import Outcome
from pipeline.events.sequence import SequencedNotice
from pipeline.events.value import Value
from pipeline.policy.model import Times
from pipeline.stages import attached
from pipeline.stages.attached import Attached
from pipeline.stages.offer import Offer
from pipeline.state.schedule import Deadline, Schedule
from pipeline.state.table import Table, key
from pipeline.state.view import View

WAITED, FORGET_NOTICE = "notice-waited", "forget-notice"

# Answers that are about the listing itself: whoever says the same of it once more gets the same one.
LASTING = frozenset({"accepted", "found-genuine", "inconclusive", "unanswered", "insufficient"})


class KnownNotice(Value, frozen=True):
    """A notice, and its answer once it has one. `content` is that of the listing when it was looked at; None: there was none.

    `place` is where it stands in the sequence; `same_as` the first notice that said the same, with which it ends.
    """

    event: SequencedNotice
    place: int
    content: str | None = None
    waits: bool = False  # for its listing
    review_id: str | None = None
    same_as: str | None = None
    outcome: Outcome | None = None
    code: str | None = None
    automated: bool = True
    takedown_id: str | None = None
    amended: str | None = None  # by which code; or `put-back`, of which nobody is told

    @property
    def lasting(self) -> bool:
        """Whether who says the same gets the same answer: it is still to come, or it is about the listing itself and holds."""
        return self.outcome is None or (self.code in LASTING and not self.amended)


NOTICES = Table("notices", KnownNotice)
COMPLAINTS = Table("complaints", str)  # the first notice that said something
WAITING = Table("waiting", int)  # how many notices came before a listing
TABLES: tuple[Table[Any], ...] = (NOTICES, COMPLAINTS, WAITING)


class Notices:
    """The notices about all sellers, seen through one chunk's view."""

    def __init__(self, view: View, schedule: Schedule, attached: Attached) -> None:
        self._view, self._schedule, self._attached = view, schedule, attached

    @staticmethod
    def prefetch(view: View, offers: Iterable[Offer]) -> None:
        """Read in one go what these offers need."""
        view.prefetch(WAITING, [offer.name for offer in offers])

    def get(self, seller_id: str, notice_id: str) -> KnownNotice | None:
        """Return what is known of a notice; None where there was none, or none any more."""
        return self._view.get(NOTICES, key(seller_id, notice_id))

    def put(self, notice: KnownNotice) -> None:
        """Remember a notice."""
        self._view.put(NOTICES, _name(notice.event), notice)

    def first_to_say(self, event: SequencedNotice, content: str | None) -> KnownNotice | None:
        """Return the notice that said the same of the same content, if its answer holds for this one too; else this one is the first."""
        name = key(event.seller_id, event.complaint)
        before = self._view.get(COMPLAINTS, name)
        first = self.get(event.seller_id, before) if before is not None and before != event.notice_id else None
        if first is not None and first.content == content and first.lasting:
            return first
        self._view.put(COMPLAINTS, name, event.notice_id)
        return None

    def wait(self, known: KnownNotice, until: datetime, times: Times) -> None:
        """Let a notice wait for its listing."""
        event = known.event
        self._attached.add(event.seller_id, attached.listing(event.listing_id), event.notice_id, known.place)
        name = key(event.seller_id, event.listing_id)
        self._view.put(WAITING, name, (self._view.get(WAITING, name) or 0) + 1)
        self._schedule.add(self._view, until + times.lateness, Deadline(WAITED, _name(event)))
        self.put(replace(known, waits=True))

    def awaited(self, offer: Offer) -> tuple[KnownNotice, ...]:
        """Return the notices that wait for a listing, and let them wait no longer."""
        if self._view.get(WAITING, offer.name) is None:
            return ()
        self._view.delete(WAITING, offer.name)
        waiting = self._attached.of(offer.seller_id, attached.listing(offer.listing_id))
        self._attached.clear(offer.seller_id, attached.listing(offer.listing_id))
        found = (self.get(offer.seller_id, name) for name in waiting)
        return tuple(replace(known, waits=False) for known in found if known is not None and known.waits)

    def give_up(self, name: str) -> KnownNotice | None:
        """Return a notice whose listing has not come in time; None where it did, or where the notice was taken back."""
        known = self._view.get(NOTICES, name)
        return self.leave(known) if known is not None and known.waits else None

    def leave(self, known: KnownNotice) -> KnownNotice:
        """Let a notice that waits for its listing wait no longer."""
        event = known.event
        self._attached.remove(event.seller_id, attached.listing(event.listing_id), event.notice_id, known.place)
        name = key(event.seller_id, event.listing_id)
        left = (self._view.get(WAITING, name) or 1) - 1
        if left:
            self._view.put(WAITING, name, left)
        else:
            self._view.delete(WAITING, name)
        return replace(known, waits=False)

    def end(
        self, known: KnownNotice, outcome: Outcome, code: str, at: datetime, times: Times, *, automated: bool, takedown_id: str | None
    ) -> None:
        """Remember the answer to a notice."""
        self.put(replace(known, outcome=outcome, code=code, automated=automated, takedown_id=takedown_id))
        self._schedule.add(self._view, at + times.undoable, Deadline(FORGET_NOTICE, _name(known.event)))

    def forget(self, deadline: Deadline) -> None:
        """Forget a notice."""
        known = self._view.get(NOTICES, deadline.subject)
        if known is None:
            return
        self._view.delete(NOTICES, deadline.subject)
        complaint = key(known.event.seller_id, known.event.complaint)
        if self._view.get(COMPLAINTS, complaint) == known.event.notice_id:
            self._view.delete(COMPLAINTS, complaint)


def _name(event: SequencedNotice) -> str:
    return key(event.seller_id, event.notice_id)
