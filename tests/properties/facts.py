"""What the naive model keeps: everything that was said, offered, asked and done, each with the whole of its life, none of it summed up."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal, TypeAlias

from pipeline.events.right import Right
from pipeline.events.sequence import SequencedAppeal, SequencedNotice
from pipeline.events.takedown import Severity

State = Literal["issued", "appealed", "upheld", "reversed", "put_back"]
Ending = Literal["ruling", "unanswered", "retracted", "right-inactive"]
Content: TypeAlias = tuple[str, tuple[str, ...]]  # the letters and the pictures: what a finding is about


@dataclass(frozen=True)
class Look:
    """What one right's signals said of a listing: the score, and whether one of them was about the goods."""

    score: float
    goods: bool


@dataclass(frozen=True)
class Version:
    """A listing as it came."""

    order: int
    at: datetime
    change: Literal["listed", "updated", "removed"]
    content: Content
    used: tuple[str, ...] = ()  # the rights that it uses as a brand
    looks: dict[str, Look] = field(default_factory=dict)
    territories: tuple[str, ...] | None = None
    marketplace: str | None = None
    category: str | None = None


@dataclass(eq=False)
class Offer:
    """A listing, by all that its seller ever said of it."""

    listing_id: str
    seller_id: str
    versions: list[Version] = field(default_factory=list)
    looked: dict[str, Look] = field(default_factory=dict)  # when it was last looked at
    found: list[tuple[frozenset[str], Content]] = field(default_factory=list)  # what people found genuine, or gave back

    @property
    def current(self) -> Version:
        """What is offered, or was last."""
        shown = [version for version in self.versions if version.change != "removed"]
        return (shown or self.versions)[-1]

    @property
    def first_seen(self) -> datetime:
        """When it was first offered, since it was last listed anew; or removed, where that is all that is known."""
        shown = [version for version in self.versions if version.change != "removed" and version.order >= self.offered_anew]
        return (shown or self.versions)[0].at

    @property
    def is_removed(self) -> bool:
        return self.versions[-1].change == "removed"

    @property
    def offered_anew(self) -> int:
        """The order in which it was last listed anew after a removal, which an update is not; -1 where it never was."""
        pairs = pairwise(self.versions)
        return max((after.order for before, after in pairs if before.change == "removed" and after.change == "listed"), default=-1)

    def is_exempt(self, rights: tuple[str, ...]) -> bool:
        """Tell whether people have found this very content genuine, or have given it back, for one of these rights."""
        return any(content == self.current.content and known & set(rights) for known, content in self.found)


@dataclass(eq=False)
class Measure:
    """What can be objected to: it is issued, and has a life after that."""

    seller_id: str
    at: datetime
    appeal_until: datetime
    life: list[tuple[int, State]]
    ident: str = ""
    appeals: list["Objection"] = field(default_factory=list)

    @property
    def order(self) -> int:
        """When it was issued."""
        return self.life[0][0]

    def state(self, order: int | None = None) -> State:
        """Return its state now, or as it was at an earlier order."""
        return [state for when, state in self.life if order is None or when <= order][-1]


@dataclass(eq=False, kw_only=True)
class Down(Measure):
    """A takedown."""

    listing_id: str
    content: Content
    rights: tuple[str, ...]
    source: str
    detection: str
    decision: str
    severity: Severity
    points: int
    excused: bool
    made_by: "Said | None" = None  # the notice that it followed at once
    swept_with: "Closure | None" = None
    renews: "Down | None" = None


@dataclass(eq=False, kw_only=True)
class Step(Measure):
    """A warning, restriction or suspension."""

    code: str
    needs: int
    points: int
    downs: tuple[Down, ...]
    until: datetime | None


@dataclass(eq=False, kw_only=True)
class Closure(Measure):
    """The end of a store."""

    needs: int
    points: int
    downs: tuple[Down, ...]
    decision: str


@dataclass(eq=False)
class Said:
    """A notice, and all that was answered to it."""

    event: SequencedNotice
    order: int
    answers: list["Answer"] = field(default_factory=list)
    content: Content | None = None  # of the listing, when this was said
    same_as: "Said | None" = None
    question: "Question | None" = None
    wait_until: datetime | None = None
    refusal: Measure | None = None  # once it is refused: its notifier can complain of that

    @property
    def final(self) -> "Answer | None":
        """Its one final outcome."""
        finals = {"accepted", "refused", "already_down", "retracted"}
        return next((one for one in self.answers if one.outcome in finals and not one.amendment), None)

    @property
    def amended(self) -> bool:
        return any(one.amendment for one in self.answers)

    @property
    def rests_on(self) -> Down | None:
        """The takedown with which it is accepted, still: from the beginning, or after a complaint."""
        told = [one for one in self.answers if one is self.final or one.amendment]
        if not told or (told[-1].outcome != "accepted" and told[-1].code != "complaint-upheld"):
            return None
        down = told[-1].takedown
        was_there = down is not None and told[-1].code == "complaint-upheld" and down.at < told[-1].at
        return None if was_there else down


@dataclass(eq=False)
class Answer:
    """One outcome of a notice."""

    said: Said
    outcome: str
    code: str
    at: datetime
    amendment: bool = False
    takedown: Down | None = None
    same_as: Said | None = None
    until: datetime | None = None


@dataclass(eq=False)
class Question:
    """A review. Without a listing it asks whether a store closes."""

    seller_id: str
    order: int
    due: datetime
    listing_id: str | None
    rights: tuple[str, ...]
    assignee: tuple[str, str | None]
    priority: int
    by_notices: bool
    content: Content | None = None  # of the listing, when it was asked about
    waiting: list[Said] = field(default_factory=list)
    ended: Ending | None = None
    ident: str = ""


@dataclass(eq=False)
class Objection:
    """An appeal against a measure, or a complaint about a refusal. `clock`: when the listing is put back, if nobody rules."""

    event: SequencedAppeal
    order: int
    against: Measure
    said: Said | None = None  # the notice whose refusal it is against
    clock: datetime | None = None
    stayed: bool = False


@dataclass(eq=False)
class Given:
    """A measure that is given back, and why."""

    what: Measure
    cause: str


Happening: TypeAlias = Down | Step | Closure | Question | Given | Answer


def is_active(right: Right | None, at: datetime) -> bool:
    """Tell whether a right acts at a time: it is in the registry, neither withdrawn nor in shadow, and holds."""
    return right is not None and right.status == "active" and holds(right, at)


def holds(right: Right, at: datetime) -> bool:
    """Tell whether a right has begun and has not expired."""
    return not (right.valid_from and at < right.valid_from) and not (right.valid_until and at >= right.valid_until)
