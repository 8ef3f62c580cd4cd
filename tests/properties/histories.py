"""Hypothesis strategies for what people say and do in small marketplaces, and a player that turns such a plan into a history.

Whom an appeal or a ruling is about is known only when the pipeline has acted: a plan says "the takedown before the last", and the player
resolves it move by move, while it runs the stages over what has happened so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st

from pipeline.events.appeal import Appeal
from pipeline.events.clock import Tick
from pipeline.events.listing import Image, Listing
from pipeline.events.notice import Notice
from pipeline.events.right import Alias, ReferencePrice, Right
from pipeline.events.ruling import DecidedBy, Ruling
from pipeline.events.standing import NotifierStanding
from pipeline.flow import REFERENCES, STAGES
from pipeline.policy.model import AppealRule, Policy, Suspicion
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import History
from tests.build import START, at, default_policy, records
from tests.properties.runs import Run

T = TypeVar("T")

TITLES = (
    "Nike Air Max 90 1:1 replica",  # fake
    "Adidas Superstar 莆田 1:1",
    "N1KE Air Max",  # disguised: a question
    "N1KE and Adidas shoes",
    "Nike Air Max 90",  # plain
    "Gucci belt",  # plain, and cheap where it costs 2 CNY: a question to the brand
    "case for Nike phone",  # a reference
    "Puma 1:1 replica",  # a right in shadow
    "Swooshy 1:1 replica",  # an alias in shadow
    "Nike Swooshy Nike Air shoes",  # beside the name of its right, and one that hides it
    "Blue wool scarf",  # touches no right
)
RIGHTS = (
    Right(
        "R-nike",
        "B-nike",
        "Nike",
        "trademark",
        "Nike Inc.",
        aliases=(Alias("Swooshy", status="shadow"), Alias("Nike Air", status="shadow")),
        notifier_ids=("N-fast", "N-plain", "N-warned", "N-bad"),
    ),
    Right(
        "R-adi", "B-adi", "Adidas", "trademark", "Adidas AG", notifier_ids=("N-plain",), territories=("US", "DE"), valid_until=at(days=75)
    ),
    Right(
        "R-gucci",
        "B-gucci",
        "Gucci",
        "trademark",
        "Gucci SpA",
        notifier_ids=("N-fast",),
        authorised_sellers=("S9",),
        reference_prices=(ReferencePrice("CNY", "2000", "9000"),),
    ),
    Right("R-song", "B-song", "Songbird", "copyright", "Songbird Ltd.", notifier_ids=("N-fast", "N-plain")),
    Right("R-pump", "B-pump", "Pumpjet", "patent", "Pumpjet Ltd.", notifier_ids=("N-fast", "N-plain")),
    Right("R-lamp", "B-lamp", "Lampion", "design", "Lampion Ltd.", notifier_ids=("N-fast",), valid_from=at(days=20)),
    Right("R-puma", "B-puma", "Puma", "trademark", "Puma SE", notifier_ids=("N-fast",), status="shadow"),
    Right("R-gone", "B-gone", "Gonefish", "trademark", "Gonefish Ltd.", notifier_ids=("N-fast",), status="withdrawn"),
)
STANDINGS = (
    NotifierStanding("N-fast", "fast_track"),
    NotifierStanding("N-warned", "warned"),
    NotifierStanding("N-bad", "suspended", at(days=30)),
)
CHANGES: tuple[Right | NotifierStanding, ...] = (  # of reference data, in this order, when a plan says so
    msgspec.structs.replace(RIGHTS[2], status="withdrawn"),
    NotifierStanding("N-fast", "suspended", at(days=120)),
    msgspec.structs.replace(RIGHTS[0], status="withdrawn"),
    NotifierStanding("N-fast", "fast_track"),
    RIGHTS[0],
)
NOTIFIERS = ("N-fast", "N-fast", "N-plain", "N-plain", "N-warned", "N-bad", "N-stranger", "N-stranger")
CLAIMS = ("counterfeit", "trademark", "copyright", "design", "patent")
NAMED = {"counterfeit": "R-nike", "trademark": "R-nike", "copyright": "R-song", "design": "R-lamp", "patent": "R-pump"}
VERDICTS = ("counterfeit", "infringing", "genuine", "uphold", "reverse", "inconclusive", "stayed")
DECIDERS = ("reviewer", "reviewer", "reviewer", "court", "authority", "dispute_body", "brand")


def policy_of(preset: str, **changes: Any) -> Policy:
    """Return a policy under which much happens within weeks.

    Signals that depend on a seller's past are off: the model looks at each listing on its own.
    """
    base = default_policy()
    rules = (
        AppealRule(regime="dmca", sources=("notice",), right_kinds=("copyright",), marketplaces=("us",)),
        AppealRule(regime="cn", sources=("notice",)),
        AppealRule(regime="dmca", sources=("notice",)),
    )
    parts: dict[str, Any] = {
        "times": {"appeal_window": timedelta(days=40), "forget_after": timedelta(days=2000)},
        "brake": {"per_right": 2},
        "notices": {"fast_track": ("counterfeit", "trademark", "copyright")},
        "appeals": {"rules": rules},
        "signals": dict.fromkeys(("seller_record", "relisted", "resembles_taken_down"), Suspicion(weight=0, mode="off")),
        "enforcement": {"preset": preset, "grace": timedelta(0)},
    }
    for part, values in changes.items():
        parts[part] = {**parts.get(part, {}), **values}
    assert base.preset() is not None
    return default_policy(**parts)


@dataclass(frozen=True)
class Move:
    """Something that somebody does, so long after the move before it; `ticked`: the clock shows the time before it."""

    after: timedelta
    ticked: bool = True


@dataclass(frozen=True)
class Offering(Move):
    """A seller lists, changes or removes something."""

    seller: int = 0
    number: int = 0
    removed: bool = False
    title: str = TITLES[0]
    price: str | None = None
    picture: str | None = None
    territories: tuple[str, ...] | None = None
    marketplace: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class Notifying(Move):
    """Somebody complains about a listing."""

    notifier: str = NOTIFIERS[0]
    which: int = 0  # of the listings that are known
    unknown: int | None = None  # or one that is not known yet, or at this seller
    claim: str = "counterfeit"
    right: str | None = "R-nike"
    explanation: str | None = "it is a fake"
    declared: bool = True
    kind: str | None = "rights_holder"


@dataclass(frozen=True)
class Repeating(Move):
    """The same complaint comes again, under the same id or another."""

    which: int = 0
    same_id: bool = False


@dataclass(frozen=True)
class Retracting(Move):
    """Somebody takes back a notice, mostly the one who gave it."""

    which: int = 0
    names: str = "it"  # it, nothing, unknown
    by_another: bool = False


@dataclass(frozen=True)
class Objecting(Move):
    """A seller appeals, or a notifier complains about a refusal."""

    against: str = "takedown_id"
    which: int = 0
    wish: str | None = None
    by_another: bool = False


@dataclass(frozen=True)
class Judging(Move):
    """People decide; `open`: on what is not decided yet, as far as the outside can tell."""

    about: str = "review_id"
    which: int = 0
    open: bool = True
    verdict: str = "counterfeit"
    by: str = "reviewer"
    brand: bool = False  # by the brand that was asked


@dataclass(frozen=True)
class Changing(Move):
    """The reference data changes."""


@dataclass
class Player:
    """Plays a plan on the stages, record by record. `heard` is all input in its order; `steps` what flagging read and made of it."""

    policy: Policy
    begin: datetime = START
    heard: list[tuple[str, Any]] = field(default_factory=list)
    steps: list[tuple[Any, Outputs]] = field(default_factory=list)
    sequence: list[Record] = field(default_factory=list)
    silent: bool = False  # whether it says nothing of its own, not even the first tick

    def __post_init__(self) -> None:
        self.reference = History()
        for right in RIGHTS:
            self.reference.add_right(right)
        for standing in STANDINGS:
            self.reference.add_standing(standing)
        self.reference.add_policy(self.policy)
        self.rights: list[Right] = list(RIGHTS)
        self.standings: list[NotifierStanding] = list(STANDINGS)
        self.runs = [Run(stage, self.reference) for stage in STAGES]
        self.now, self.ticked = self.begin, self.begin - timedelta(days=1)
        self._changes = list(CHANGES)
        self._offsets: dict[str, int] = {}
        self._shown: dict[tuple[int, int], Listing] = {}
        if not self.silent:
            self.tick(self.begin)

    def play(self, plan: Sequence[Move], until: timedelta = timedelta(days=100)) -> "Player":
        """Play all moves, and let the clock run on until every deadline has passed."""
        for move in plan:
            self.move(move)
        for days in (1, 2, 5, 9, 17, 26, 40, 70, until.days):
            self.tick(self.now + timedelta(days=days))
        return self

    def move(self, move: Move) -> None:
        """Play one move."""
        self._pass(move.after, move.ticked)
        number = len(self.heard)
        match move:
            case Offering():
                self.hear("listings", self._listing(move))
            case Notifying():
                self.hear("notices", self._notice(move, number))
            case Repeating():
                if first := _nth(self._said(), move.which):
                    again = {"event_time": self.now, "notice_id": first.notice_id if move.same_id else f"C{number}"}
                    self.hear("notices", msgspec.structs.replace(first, **again))
            case Retracting():
                self._retract(move, number)
            case Objecting():
                self._object(move, number)
            case Judging():
                self._judge(move, number)
            case Changing():
                self._change()

    def tick(self, when: datetime) -> None:
        """Let the clock show a time."""
        if when > self.ticked:
            self.ticked = when
            self.hear("clock", Tick(when))

    def hear(self, topic: str, event: Any) -> None:
        """Run one input through all stages; reference data is read at the next tick."""
        self.heard.append((topic, event))
        if topic == "rights":
            self.reference.add_right(event)
            self.rights.append(event)
            return
        if topic == "notifier-standings":
            self.reference.add_standing(event)
            self.standings.append(event)
            return
        given = records([event], topic, self._offsets.get(topic, 0))
        self._offsets[topic] = self._offsets.get(topic, 0) + 1
        for run in self.runs[:2]:
            made = run.feed(given)
            given = [Record(run.stage.writes[0], 0, 0, b"", one.event, key=one.key) for one in made.events]
        for record in given:
            placed = records([record.event], record.topic, len(self.sequence))[0]
            self.sequence.append(placed)
            self.steps.append((record.event, self.runs[2].feed([placed])))

    def input_records(self) -> list[Record]:
        """Return all that was heard as records, each at its place in its own topic."""
        offsets: dict[str, int] = {}
        made = []
        for topic, event in self.heard:
            if topic in REFERENCES:
                continue
            made += records([event], topic, offsets.get(topic, 0))
            offsets[topic] = offsets.get(topic, 0) + 1
        return made

    def _pass(self, after: timedelta, ticked: bool) -> None:
        """Let time pass: a long while with some ticks in it."""
        parts = 1 + after // timedelta(days=2)
        for _ in range(parts):
            self.now += after / parts
            if ticked or parts > 1:
                self.tick(self.now)
        self.now += timedelta(seconds=1)

    def outputs(self, topic: str) -> list[Any]:
        """Return what flagging has emitted to a topic so far."""
        return [output.event for output in self.runs[2].outputs.events if output.topic == topic]

    def _said(self) -> list[Notice]:
        return [event for topic, event in self.heard if topic == "notices" and event.kind != "retraction"]

    def _listing(self, move: Offering) -> Listing:
        """Return the next version of a listing; a removal says once more what was offered."""
        before = self._shown.get((move.seller, move.number))
        if before and move.removed:
            shown = msgspec.structs.replace(before, change="removed", version=before.version + 1, event_time=self.now)
        else:
            shown = Listing(
                listing_id=f"L{move.number}",
                seller_id=f"S{move.seller}",
                event_time=self.now,
                change="removed" if move.removed else "updated" if before and before.change != "removed" else "listed",
                version=before.version + 1 if before else 1,
                title=move.title,
                price=move.price,
                currency="CNY" if move.price else None,
                images=(Image("http://a/b.jpg", move.picture),) if move.picture else (),
                territories=move.territories,
                marketplace=move.marketplace,
                category=move.category,
            )
        self._shown[move.seller, move.number] = shown
        return shown

    def _notice(self, move: Notifying, number: int) -> Notice:
        about = _nth([*self._shown.values()], move.which)
        known = about and move.unknown is None
        return Notice(
            notice_id=f"C{number}",
            notifier_id=move.notifier,
            seller_id=about.seller_id if about and known else "S0",
            listing_id=about.listing_id if about and known else f"L{move.unknown}",
            event_time=self.now,
            kind=move.claim,  # type: ignore[arg-type]
            right_id=move.right,
            explanation=move.explanation,
            good_faith=move.declared,
            accurate=move.declared,
            notifier_kind=move.kind,  # type: ignore[arg-type]
        )

    def _retract(self, move: Retracting, number: int) -> None:
        meant = _nth([event for topic, event in self.heard if topic == "notices"], move.which)
        if meant is None:
            return
        self.hear(
            "notices",
            Notice(
                notice_id=f"C{number}",
                notifier_id="N-other" if move.by_another else meant.notifier_id,
                seller_id=meant.seller_id,
                listing_id=meant.listing_id,
                event_time=self.now,
                kind="retraction",
                retracts={"it": meant.notice_id, "unknown": "C-unknown"}.get(move.names),
            ),
        )

    def _object(self, move: Objecting, number: int) -> None:
        topic = {
            "takedown_id": "takedowns",
            "closure_id": "store-closures",
            "warning_id": "seller-warnings",
            "notice_id": "notice-outcomes",
        }
        made = self.outputs(topic[move.against])
        if move.against == "notice_id" and any(one.outcome == "refused" for one in made):
            made = [one for one in made if one.outcome == "refused"] if move.which % 5 else made
        meant = _nth(made, move.which)
        if meant is None:
            return
        fields: dict[str, Any] = {move.against: getattr(meant, move.against)}
        seller = "S7" if move.by_another else meant.seller_id
        if move.against == "notice_id":
            seller = meant.seller_id
            fields["notifier_id"] = "N-other" if move.by_another else meant.notifier_id
        self.hear("appeals", Appeal(f"A{number}", seller, self.now, "other", "why", jurisdiction=move.wish, **fields))  # type: ignore[arg-type]

    def _judge(self, move: Judging, number: int) -> None:
        topic = {"review_id": "reviews", "takedown_id": "takedowns", "closure_id": "store-closures"}
        if move.about == "appeal_id":
            known: list[Any] = [event for topic, event in self.heard if topic == "appeals"]
        else:
            known = self.outputs(topic[move.about])
        if move.open:
            ruled = {getattr(event, move.about) for topic, event in self.heard if topic == "rulings"}
            known = [one for one in known if getattr(one, move.about) not in ruled and getattr(one, "due_at", self.now) >= self.now]
        meant = _nth(known, move.which)
        if meant is None:
            return
        by = DecidedBy(move.by, "P1")  # type: ignore[arg-type]
        if move.brand:
            by = DecidedBy("brand", getattr(getattr(meant, "assignee", None), "id", None) or "B-nike")
        subject = {move.about: getattr(meant, move.about)}
        self.hear("rulings", Ruling(f"V{number}", meant.seller_id, self.now, move.verdict, by, **subject))  # type: ignore[arg-type]

    def _change(self) -> None:
        if self._changes:
            change = self._changes.pop(0)
            self.hear("rights" if isinstance(change, Right) else "notifier-standings", change)


def _nth(known: Sequence[T], which: int) -> T | None:
    """Return the last but so many, going round."""
    return known[-1 - which % len(known)] if known else None


HOURS = (0, 0, 0, 1, 1, 1, 5, 5, 23, 30, 24 * 3, 24 * 5, 24 * 16)


def _moves(made: type[Move], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    waits = st.sampled_from(HOURS).map(lambda hours: timedelta(hours=hours, minutes=7))
    return st.builds(made, after=waits, ticked=st.sampled_from([True, True, True, False]), **fields)


sellers = st.sampled_from([0, 0, 0, 0, 1])
numbers = st.sampled_from([0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7])
likely = st.sampled_from([True] * 5 + [False])
which = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 5])
offerings = _moves(
    Offering,
    seller=sellers,
    number=numbers,
    removed=st.sampled_from([False] * 7 + [True]),
    title=st.sampled_from(TITLES),
    price=st.sampled_from([None, None, "2", "3"]),
    picture=st.sampled_from([None, None, "0" * 16]),
    territories=st.sampled_from([None, None, ("US",), ("CN",)]),
    marketplace=st.sampled_from([None, "us", "cn"]),
    category=st.sampled_from([None, "Baby toys", "Phone charger"]),
)


def _fitting(move: Notifying, fits: bool) -> Notifying:
    """Return a notice whose claim goes with the right, mostly."""
    return replace(move, right=NAMED[move.claim]) if fits and move.right else move


notifyings = st.builds(
    _fitting,
    _moves(
        Notifying,
        notifier=st.sampled_from(NOTIFIERS),
        which=which,
        unknown=st.sampled_from([None] * 8 + [0, 5]),
        claim=st.sampled_from(("counterfeit", "counterfeit", *CLAIMS)),
        right=st.sampled_from(["R-nike"] * 8 + ["R-adi", "R-adi", "R-gucci", "R-gucci", None, None, "R-nowhere", "R-gone", "R-puma"]),
        explanation=st.sampled_from(["it is a fake"] * 10 + ["mine", "mine", "  ", None]),
        declared=st.sampled_from([True] * 15 + [False]),
        kind=st.sampled_from(["rights_holder", "rights_holder", "agent", "trusted_flagger", "authority", "consumer", None]),
    ),
    st.sampled_from([True, False]),
)
repeatings = _moves(Repeating, which=which, same_id=st.sampled_from([False, False, False, True]))
retractings = _moves(
    Retracting,
    which=which,
    names=st.sampled_from(["it", "it", "it", "it", "it", "nothing", "unknown"]),
    by_another=st.sampled_from([False] * 7 + [True]),
)
objectings = _moves(
    Objecting,
    against=st.sampled_from(["takedown_id"] * 4 + ["notice_id"] * 2 + ["closure_id", "warning_id"]),
    which=which,
    wish=st.sampled_from([None, None, "dsa", "cn", "dmca"]),
    by_another=st.sampled_from([False] * 9 + [True]),
)
judgings = st.one_of(
    _moves(
        Judging,
        about=st.just("review_id"),
        which=which,
        open=likely,
        verdict=st.sampled_from(["counterfeit", "counterfeit", "infringing", "genuine", "inconclusive", "uphold", "uphold", "reverse"]),
        by=st.sampled_from(DECIDERS),
        brand=st.sampled_from([False, False, True]),
    ),
    _moves(
        Judging,
        about=st.sampled_from(["appeal_id", "appeal_id", "takedown_id", "closure_id"]),
        which=which,
        open=likely,
        verdict=st.sampled_from(["uphold", "uphold", "reverse", "reverse", "stayed", *VERDICTS]),
        by=st.sampled_from(DECIDERS),
    ),
)
moves = st.one_of(
    _moves(Move), offerings, notifyings, notifyings, repeatings, retractings, objectings, judgings, judgings, _moves(Changing)
)


def _with(strategy: st.SearchStrategy[Any], **fields: Any) -> st.SearchStrategy[Any]:
    """Return moves with some fields given."""
    return strategy.map(lambda move: replace(move, **fields))


SOON, LATER = timedelta(hours=3), timedelta(days=17)
fresh = _with(offerings, after=SOON, removed=False)
fakes = st.sampled_from(TITLES[:2]).flatmap(lambda title: _with(fresh, title=title, seller=0, territories=None))
speaking = _with(notifyings, after=SOON, which=0, unknown=None, explanation="it is a fake", declared=True)
unheard = st.builds(
    lambda move, notifier, right: replace(move, notifier=notifier, right=right),
    speaking,
    st.sampled_from(["N-stranger", "N-stranger", "N-bad"]),
    st.sampled_from([None, None, "R-nike", "R-adi", "R-puma"]),
)
asking = _with(
    speaking, notifier="N-plain", claim="trademark", right="R-nike"
)  # ordinary standing: a question, unless more speaks against it
answers = st.builds(
    lambda move, verdict: replace(move, after=SOON, about="review_id", which=0, verdict=verdict, brand=False, by="reviewer"),
    judgings,
    st.sampled_from(["counterfeit", "infringing", "genuine", "inconclusive"]),
)
closing = st.sampled_from(["uphold", "uphold", "uphold", "reverse", "inconclusive"]).flatmap(
    lambda verdict: _with(answers, verdict=verdict, open=True)
)
about_takedowns = _with(objectings, after=SOON, against="takedown_id", which=0, by_another=False)
again = _with(about_takedowns, after=timedelta(hours=7))
complaints = _with(objectings, after=SOON, against="notice_id", which=0, by_another=False)


def _verdicts(*among: str, about: str = "appeal_id", by: str = "court") -> st.SearchStrategy[Any]:
    """Return rulings on the last appeal, or takedown."""
    made = _with(judgings, after=SOON, about=about, which=0, open=about == "appeal_id", brand=False, by=by)
    return st.sampled_from(among).flatmap(lambda verdict: _with(made, verdict=verdict))


rounds_of = {  # what belongs together, with what may come between
    "anything": st.tuples(*[moves] * 5),
    "a notice and its answer": st.tuples(
        _with(fresh, title="Nike Air Max 90", territories=None),
        asking,
        st.one_of(repeatings, _with(retractings, which=0), moves),
        answers,
        answers,
        repeatings,
    ),
    "a takedown and its appeal": st.tuples(
        _with(fresh, number=6),
        _with(speaking, notifier="N-fast", right="R-nike", claim="counterfeit"),
        about_takedowns,
        st.one_of(moves, _verdicts("stayed", "uphold", "reverse")),
        _with(moves, after=LATER),
        _verdicts("uphold", "reverse", "genuine", "counterfeit", by="reviewer"),
        st.one_of(moves, again),
        _verdicts("uphold", "reverse", about="takedown_id"),
    ),
    "a refusal and the complaint about it": st.tuples(
        fresh,
        unheard,
        st.one_of(repeatings, complaints),
        complaints,
        _verdicts("reverse", "counterfeit", "infringing", "uphold"),
        objectings,
    ),
    "a right that does not fit": st.tuples(
        _with(fresh, territories=("CN",)),
        _with(speaking, notifier="N-plain", claim="trademark", right="R-adi"),
        _with(speaking, notifier="N-fast"),
        _with(complaints, which=1),
        _verdicts("reverse", "infringing", "genuine"),
    ),
    "a warning and the appeal against it": st.tuples(
        fakes, _with(objectings, after=SOON, against="warning_id", which=0, by_another=False), moves, _verdicts("uphold", "reverse"), fakes
    ),
    "a store on its way to be closed": st.tuples(
        *[_with(fakes, number=number) for number in (1, 2, 3, 4, 5)], closing, moves, objectings, judgings
    ),
}


def plans(least: int = 1, most: int = 5) -> st.SearchStrategy[list[Move]]:
    """Return plans: some offers first, for something to talk about, then rounds."""
    first = st.lists(_with(offerings, after=timedelta(minutes=40), removed=False), min_size=1, max_size=6)
    then = st.lists(st.one_of(*rounds_of.values()), min_size=least, max_size=most)
    return st.builds(lambda first, then: [*first, *(move for each in then for move in each)], first, then)


begins = st.sampled_from([START, at(days=270)])  # the second: with the turn of a year in it
