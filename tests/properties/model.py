"""The rules of docs/people.md once more, as plainly as possible: nothing is kept but what happened, and everything is found out anew.

It is given the sequence that flagging is given, record by record, and of flagging's own outputs only what it detected in listings: its
takedowns on own initiative and the questions that signals opened. From these it tells all the rest. Ids it cannot know: who compares
binds them (`tests/properties/comparison.py`). It is slow, and shares no line with the stages.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

from pipeline.events.appeal import Regime
from pipeline.events.review import Review
from pipeline.events.right import Right
from pipeline.events.sequence import (
    MatchedListing,
    SequencedAppeal,
    SequencedNotice,
    SequencedRuling,
    SequencedTick,
    SlimListing,
)
from pipeline.events.standing import NotifierStanding
from pipeline.events.takedown import Severity, Takedown
from pipeline.policy.model import Policy
from pipeline.policy.model import Step as StepPolicy
from pipeline.signals.case import Case, Past
from pipeline.signals.catalogue import SIGNALS
from tests.properties.facts import (
    Answer,
    Closure,
    Down,
    Ending,
    Given,
    Happening,
    Look,
    Measure,
    Objection,
    Offer,
    Question,
    Said,
    State,
    Step,
    Version,
    holds,
    is_active,
)
from tests.properties.points import Hit, living, total, year_begins

GOES_WITH = {"counterfeit": "trademark", "trademark": "trademark", "copyright": "copyright", "design": "design", "patent": "patent"}
LAST_INSTANCE = ("court", "authority", "dispute_body")
STANDS = (
    "accepted",
    "found-genuine",
    "inconclusive",
    "unanswered",
    "insufficient",
)  # what is said of the listing itself, not of the notice
AGAINST = ("counterfeit", "infringing")  # the answers that take a listing down


class RefusedError(ValueError):
    """A ruling or an appeal that changes nothing: a dead letter."""


class Model:
    """Everything that ever happened in one partition, and what follows from it."""

    def __init__(self, policy: Policy, rights: Sequence[Right], standings: Sequence[NotifierStanding]) -> None:
        """`rights` and `standings`: all reference records there will be; ticks say how many of them hold."""
        self.policy = policy
        self._all_rights, self._all_standings = rights, standings
        self.rights: dict[str, Right] = {}
        self.standings: dict[str, NotifierStanding] = {}
        self.at = datetime.min
        self.offers: list[Offer] = []
        self.notices: list[Said] = []
        self.questions: list[Question] = []
        self.downs: list[Down] = []
        self.steps: list[Step] = []
        self.closures: list[Closure] = []
        self.objections: list[Objection] = []
        self.automated: list[tuple[datetime, tuple[str, ...], str]] = []  # takedowns that the brake counts: when, rights, leading signal
        self.happened: list[Happening] = []  # by the record in hand
        self.dead = ""  # why the record in hand is a dead letter
        self._order = 0

    def handle(self, event: Any, detected: Sequence[Takedown | Review] = ()) -> None:
        """Take one record of the sequence. `detected`: what flagging made of the listing in it, if there is one in it."""
        self.happened, self.dead = [], ""
        self.at = event.at
        try:
            match event:
                case SequencedTick():
                    self._tick(event)
                case MatchedListing() | SlimListing():
                    self._listing(event, detected)
                case SequencedNotice():
                    self._notice(event)
                case SequencedRuling():
                    self._ruling(event)
                case SequencedAppeal():
                    self._appeal(event)
        except RefusedError as refusal:
            self.dead = str(refusal)

    # Time

    def _tick(self, tick: SequencedTick) -> None:
        self.rights = {right.right_id: right for right in self._all_rights[: tick.reference.rights]}
        self.standings = {one.notifier_id: one for one in self._all_standings[: tick.reference.standings]}
        reached = tick.at - self.policy.times.lateness
        while due := sorted(one for one in self._deadlines() if one[0] <= reached):
            self._fire(due[0][2], due[0][3])

    def _deadlines(self) -> Iterator[tuple[datetime, int, str, int]]:
        """Yield when each open matter is due, since when it is open, what it is, and where it stands in its list."""
        for place, said in enumerate(self.notices):
            if said.wait_until and not said.final:
                yield said.wait_until, said.order, "notice", place
        for place, question in enumerate(self.questions):
            if not question.ended:
                yield question.due, question.order, "question", place
        for place, objection in enumerate(self.objections):
            if objection.clock and self._clock_runs(objection):
                yield objection.clock, objection.order, "clock", place

    def _fire(self, kind: str, place: int) -> None:
        if kind == "notice":
            self._end(self.notices[place], "refused", "listing-unknown")
        elif kind == "question":
            self._unanswered(self.questions[place])
        else:
            self._put_back(self.objections[place])

    def _next(self) -> int:
        self._order += 1
        return self._order

    # Listings

    def _listing(self, event: MatchedListing | SlimListing, detected: Sequence[Takedown | Review]) -> None:
        seller_id = event.listing.seller_id if isinstance(event, MatchedListing) else event.seller_id
        listing_id = event.listing.listing_id if isinstance(event, MatchedListing) else event.listing_id
        offer = self.offer(seller_id, listing_id)
        if offer is None:
            offer = Offer(listing_id, seller_id)
            self.offers.append(offer)
        offer.versions.append(self._version(event))
        if not offer.is_removed and not self.down(offer):
            offer.looked = offer.current.looks
            self._look(offer, detected)
        for said in [one for one in self.notices if one.wait_until and not one.final]:
            if (said.event.seller_id, said.event.listing_id) == (seller_id, listing_id) and not said.same_as:
                said.wait_until = None
                self._examine(said)

    def _look(self, offer: Offer, detected: Sequence[Takedown | Review]) -> None:
        """Take over what was detected; a listing that comes to a closed store goes with it."""
        closure = self.closed(offer.seller_id)
        if closure:
            self._sweep(offer, closure)
            return
        for one in detected:
            if isinstance(one, Takedown):
                self.automated.append((self.at, one.right_ids, _leading(one)))
                self._take_down(offer, one.right_ids, one.severity, source="own_initiative", detection="automated", decision="automated")
            else:
                due = one.due_at
                assignee = (one.assignee.kind, one.assignee.id)
                self._open(
                    Question(
                        offer.seller_id,
                        self._next(),
                        due,
                        offer.listing_id,
                        one.right_ids,
                        assignee,
                        one.priority,
                        False,
                        offer.current.content,
                    )
                )

    def _version(self, event: MatchedListing | SlimListing) -> Version:
        if isinstance(event, SlimListing):
            content = (event.fingerprint, tuple(event.phashes))
            where = event.territories or None
            return Version(self._next(), event.at, event.change, content, (), {}, where, event.marketplace, event.category)
        listing = event.listing
        content = (event.fingerprint, tuple(image.phash for image in listing.images if image.phash))
        used = tuple(sorted({match.right_id for match in event.matches if match.use == "brand" and not match.shadow}))
        looked = {match.right_id for match in event.matches if not match.shadow or self.rights[match.right_id].status == "shadow"}
        looks = {right_id: self._score(event, right_id) for right_id in sorted(looked)}
        where = listing.territories or None
        return Version(self._next(), event.at, listing.change, content, used, looks, where, listing.marketplace, listing.category)

    def _score(self, event: MatchedListing, right_id: str) -> Look:
        """Score a listing with the signals themselves: how they find what they find is not the subject here."""
        trial = self.rights[right_id].status == "shadow"  # then all that is found of it is on trial, and else what an alias on trial found
        matches = tuple(match for match in event.matches if match.right_id == right_id and match.shadow == trial)
        case = Case(event.listing, event.fingerprint, event.at, self.rights[right_id], matches, Past(), self.policy)
        score, goods = self.policy.decision.prior, False
        for name, group, detect in SIGNALS:
            signal = getattr(self.policy.signals, name)
            finding = detect(case) if signal.mode == "enforced" else None
            if finding:
                score += signal.weight * finding.strength
                goods = goods or group == "goods"
        return Look(round(score, 4), goods)

    def offer(self, seller_id: str, listing_id: str) -> Offer | None:
        """Return the listing of this id at this seller."""
        return next((one for one in self.offers if (one.seller_id, one.listing_id) == (seller_id, listing_id)), None)

    def down(self, offer: Offer) -> Down | None:
        """Return the takedown that holds a listing: it stands, and the listing has not been removed since and offered anew."""
        held = [
            down
            for down in self.downs
            if (down.seller_id, down.listing_id) == (offer.seller_id, offer.listing_id)
            and down.state() not in ("reversed", "put_back")
            and not self._is_passed_on(down)
            and down.order > offer.offered_anew
        ]
        return held[-1] if held else None

    def _is_passed_on(self, down: Down) -> bool:
        """Tell whether a takedown was put back once: then it holds nothing any more, only what renews it may."""
        return any(state == "put_back" for _, state in down.life)

    # Notices

    def _notice(self, event: SequencedNotice) -> None:
        said = Said(event, self._next())
        self.notices.append(said)
        self._answer(said, "received", "received")
        if event.claim == "retraction":
            self._retraction(said)
            return
        offer = self.offer(event.seller_id, event.listing_id)
        said.content = offer.current.content if offer else None
        self._examine(said)

    def _examine(self, said: Said) -> None:
        """Go down the table: the first line that fits decides."""
        event = said.event
        offer = self.offer(event.seller_id, event.listing_id)
        right = self.rights.get(event.right_id) if event.right_id else None
        first = self._said_before(said, offer)
        fault = self._fault(said, right)
        if first:
            said.same_as = first
            if first.final:
                self._end(said, first.final.outcome, first.final.code, first.final.takedown)
        elif fault:
            self._end(said, "refused", fault)
        elif offer is None:
            said.wait_until = event.at + self.policy.notices.wait_for_listing
        elif right and not self._meets(right, offer):
            self._end(said, "refused", "territory")
        elif down := self.down(offer):
            self._end(said, "already_down", "already-down", down)
        elif not self._in_question(said, offer):
            self._end(said, "refused", "no-right")
        else:
            self._weigh(said, offer, right)

    def _said_before(self, said: Said, offer: Offer | None) -> Said | None:
        """Return the notice in which the same was said last, of the same content; none where that was taken back or turned out wrong."""
        content = offer.current.content if offer else None
        for one in reversed(self.notices):
            same_place = (one.event.seller_id, one.event.listing_id) == (said.event.seller_id, said.event.listing_id)
            same_words = (one.event.notifier_id, one.event.complaint) == (said.event.notifier_id, said.event.complaint)
            if one.order < said.order and same_place and same_words and not one.same_as:
                lifted = one.rests_on is not None and any(state == "put_back" for _, state in one.rests_on.life)
                gone = one.amended or lifted or (one.final is not None and one.final.code not in STANDS)
                return one if one.content == content and not gone else None
        return None

    def _fault(self, said: Said, right: Right | None) -> str:
        """Return what is wrong with a notice whatever it is about; empty where nothing is."""
        event = said.event
        has = {
            "right_id": event.right_id is not None,
            "explanation": event.explained > 0,
            "good_faith": event.good_faith,
            "accurate": event.accurate,
        }
        if self._tier(event.notifier_id) == "suspended":
            return "notifier-suspended"
        if not all(has[need] for need in getattr(self.policy.notices.needs, event.notifier_kind)):
            return "incomplete"
        return self._fault_of(event, right) if event.right_id else ""

    def _fault_of(self, event: SequencedNotice, right: Right | None) -> str:
        """Return why nothing can be asked for under the right that a notice names; empty where it can."""
        if right is None:
            return "right-unknown"
        if right.status != "active":
            return "right-inactive"
        if not holds(right, self.at):
            return "right-expired"
        return "" if right.kind == GOES_WITH[event.claim] else "right-kind"

    def _tier(self, notifier_id: str) -> Literal["fast_track", "ordinary", "warned", "suspended"]:
        standing = self.standings.get(notifier_id)
        if standing is None or (standing.until and self.at >= standing.until):
            return "ordinary"
        return standing.tier

    def _meets(self, right: Right, offer: Offer) -> bool:
        """Tell whether a right holds somewhere where the listing is offered."""
        where = offer.current.territories or self.policy.territories
        return not right.territories or not where or bool(set(right.territories) & set(where))

    def _in_question(self, said: Said, offer: Offer) -> tuple[str, ...]:
        """Return the rights that a notice is about: the one it names, or all that the listing uses as a brand."""
        named = (said.event.right_id,) if said.event.right_id else offer.current.used
        rights = [self.rights[each] for each in named if each in self.rights]
        return tuple(right.right_id for right in rights if is_active(right, self.at) and self._meets(right, offer))

    def _weigh(self, said: Said, offer: Offer, right: Right | None) -> None:
        event, policy = said.event, self.policy
        rights = self._in_question(said, offer)
        speaks = right is not None and event.notifier_id in right.notifier_ids
        tier = self._tier(event.notifier_id) if speaks else "stranger"
        weight = getattr(policy.notices.weights, tier)
        looks = {each: offer.looked.get(each, Look(policy.decision.prior, False)) for each in rights}
        doubtful = tuple(each for each, look in looks.items() if look.score + weight >= policy.decision.review)
        if offer.is_exempt(rights):
            self._ask(said, offer, rights)
        elif tier == "fast_track" and event.claim in policy.notices.fast_track and self._brake_allows(rights):
            self._take_down_at_once(said, offer, rights)
        elif speaks or doubtful:
            self._ask(said, offer, rights if speaks else doubtful)
        else:
            self._end(said, "refused", "insufficient")

    def _brake_allows(self, rights: tuple[str, ...], signal: str = "notice") -> bool:
        """Tell whether one more automated takedown is allowed in this hour."""
        hour = self.at.replace(minute=0, second=0, microsecond=0)
        this_hour = [one for one in self.automated if one[0] >= hour]
        limits = self.policy.brake
        by_right = max(sum(each in used for _, used, _ in this_hour) for each in rights)
        by_signal = sum(code == signal for _, _, code in this_hour)
        return not (limits.per_right and by_right >= limits.per_right) and not (limits.per_signal and by_signal >= limits.per_signal)

    def _take_down_at_once(self, said: Said, offer: Offer, rights: tuple[str, ...]) -> None:
        severity: Severity = "serious" if said.event.claim == "counterfeit" else "ordinary"
        self.automated.append((self.at, rights, "notice"))
        down = self._make(offer, rights, severity, source="notice", detection="notice", decision="automated", made_by=said)
        self._end(said, "accepted", "accepted", down)
        self._follow_up(down)

    def _ask(self, said: Said, offer: Offer, rights: tuple[str, ...]) -> None:
        """Join the open question about one of these rights, or open one."""
        question = self._open_question(offer, rights)
        if question is None:
            due = self.at + self.policy.reviews.due_after
            team = ("team", None)
            question = Question(
                offer.seller_id, self._next(), due, offer.listing_id, rights, team, self._priority(offer), True, offer.current.content
            )
            self._open(question)
        question.waiting.append(said)
        said.question = question

    def _open_question(self, offer: Offer, rights: tuple[str, ...]) -> Question | None:
        for one in self.questions:
            about = (one.seller_id, one.listing_id) == (offer.seller_id, offer.listing_id)
            if about and not one.ended and set(one.rights) & set(rights):
                return one
        return None

    def _open(self, question: Question) -> None:
        self.questions.append(question)
        self.happened.append(question)

    def _priority(self, offer: Offer) -> int:
        return self.policy.reviews.priority_of(offer.current.category)

    def _answer(self, said: Said, outcome: str, code: str, **more: Any) -> None:
        answer = Answer(said, outcome, code, self.at, **more)
        said.answers.append(answer)
        self.happened.append(answer)

    def _end(self, said: Said, outcome: str, code: str, takedown: Down | None = None) -> None:
        """Give a notice its final outcome, and the same to each that said the same and waits for it."""
        self._answer(said, outcome, code, takedown=takedown, same_as=said.same_as)
        if outcome == "refused":
            said.refusal = Measure(said.event.seller_id, self.at, self._appealable(), [(self._next(), "issued")])
        if (
            outcome == "accepted"
            and takedown
            and takedown.appeals
            and self._clock_runs(takedown.appeals[-1])
            and takedown.appeals[-1].clock
        ):
            self._answer(said, "forwarded", "appealed", until=takedown.appeals[-1].clock, takedown=takedown, same_as=said.same_as)
        for other in self.notices:
            if other.same_as is said and not other.final:
                self._end(other, outcome, code, takedown)

    def _amend(self, said: Said, outcome: str, code: str, takedown: Down | None = None) -> None:
        self._answer(said, outcome, code, amendment=True, takedown=takedown, same_as=said.same_as)

    # Retractions

    def _retraction(self, said: Said) -> None:
        event = said.event
        target = next((one for one in self.notices if self._is_meant(one, said)), None)
        if event.retracts is None:
            self._end(said, "refused", "incomplete")
        elif target is None:
            self._end(said, "refused", "notice-unknown")
        elif target.event.claim == "retraction" or target.amended or (target.final and target.final.outcome != "accepted"):
            self._end(said, "refused", "already-ended")
        else:
            self._end(said, "accepted", "taken-back")
            self._take_back(target)

    def _is_meant(self, one: Said, retraction: Said) -> bool:
        event = retraction.event
        wanted = (event.retracts, event.notifier_id, event.seller_id)
        return (one.event.notice_id, one.event.notifier_id, one.event.seller_id) == wanted and one is not retraction

    def _take_back(self, target: Said) -> None:
        down = target.rests_on
        if target.final is None:
            self._end(target, "retracted", "retracted")
            if (question := target.question) and question.by_notices and all(one.final for one in question.waiting):
                question.ended = "retracted"
            return
        self._amend(target, "retracted", "retracted", down)
        if down and down.made_by is target and not self._is_carried(down) and down.state() in ("issued", "appealed", "put_back"):
            self._reverse(down, "retraction")

    def _is_carried(self, down: Down) -> bool:
        """Tell whether the signals in the listing would take it down without the notice."""
        offer = self.offer(down.seller_id, down.listing_id)
        looks = [offer.looked[each] for each in down.rights if each in offer.looked] if offer else []
        return any(look.goods and look.score >= self.policy.decision.takedown for look in looks)

    # Takedowns, points, steps

    def _take_down(self, offer: Offer, rights: tuple[str, ...], severity: Severity, **more: Any) -> Down:
        """Take a listing down, and do what follows for the store."""
        down = self._make(offer, rights, severity, **more)
        self._follow_up(down)
        return down

    def _make(self, offer: Offer, rights: tuple[str, ...], severity: Severity, **more: Any) -> Down:
        excused = self._is_excused(offer)
        preset = self.policy.preset()
        points = preset.points.get(severity, 0) if preset and not excused else 0
        return self._issue(offer, rights=rights, severity=severity, points=points, excused=excused, **more)

    def _issue(self, offer: Offer, **fields: Any) -> Down:
        down = Down(
            offer.seller_id,
            self.at,
            self._appealable(),
            [(self._next(), "issued")],
            listing_id=offer.listing_id,
            content=offer.current.content,
            **fields,
        )
        self.downs.append(down)
        self.happened.append(down)
        if not down.swept_with:
            offer.found = [(known - set(down.rights), content) for known, content in offer.found]  # people find otherwise now
        return down

    def _appealable(self) -> datetime:
        return self.at + self.policy.times.appeal_window

    def _is_excused(self, offer: Offer) -> bool:
        """Tell whether the listing was first seen before the last step took effect: its seller had no chance to mend it."""
        effects = [step.at + self.policy.enforcement.grace for step in self._standing_steps(offer.seller_id)]
        return bool(effects) and offer.first_seen < max(effects)

    def counting(self, seller_id: str, closing: bool) -> list[Down]:
        """Return the takedowns that count now: none that is reversed or put back, nor, but for a warning, one that is appealed against."""
        nothing = {"reversed", "put_back", "appealed" if closing else ""}
        return [down for down in self._alive(seller_id, self.at, self._order) if down.state() not in nothing]

    def _alive(self, seller_id: str, at: datetime, order: int) -> list[Down]:
        """Return the takedowns with points, of those made until then that are not reversed by now, whose points were not too old then."""
        preset = self.policy.preset()
        if preset is None:
            return []
        named = {str(place): down for place, down in enumerate(self.downs)}
        hits = [
            Hit(down.at, down.points, name)
            for name, down in named.items()
            if down.seller_id == seller_id and down.points and down.order <= order and down.state() != "reversed"
        ]
        return [named[hit.name] for hit in living(hits, preset, at)]

    def points(self, seller_id: str, closing: bool = False) -> int:
        """Return the points that count now."""
        return self._sum(self.counting(seller_id, closing))

    def _sum(self, downs: Sequence[Down]) -> int:
        preset = self.policy.preset()
        return total([Hit(down.at, down.points) for down in downs], preset) if preset else 0

    def closed(self, seller_id: str) -> Closure | None:
        """Return the closure that holds a store shut."""
        return next((one for one in self.closures if one.seller_id == seller_id and one.state() != "reversed"), None)

    def _standing_steps(self, seller_id: str) -> list[Step]:
        """Return the steps that hold, of those taken since the ledger began."""
        preset = self.policy.preset()
        if preset is None:
            return []
        hits = [
            Hit(down.at, down.points) for down in self.downs if down.seller_id == seller_id and down.points and down.state() != "reversed"
        ]
        since = year_begins(sorted(hits, key=lambda hit: hit.at), preset, self.at)
        return [step for step in self.steps if step.seller_id == seller_id and step.state() != "reversed" and step.at >= since]

    def _due_step(self, seller_id: str) -> StepPolicy | None:
        """Return the lowest step that the points reach and that has not been taken."""
        preset = self.policy.preset()
        if preset is None or self.closed(seller_id):
            return None
        taken = {step.code for step in self._standing_steps(seller_id)}
        return next((step for step in preset.steps if step.code not in taken and self._reaches(seller_id, step)), None)

    def _reaches(self, seller_id: str, step: StepPolicy) -> bool:
        return self.points(seller_id, closing=step.code != "warning") >= step.at

    def _follow_up(self, down: Down) -> None:
        """Take the step that is due after a takedown that counts, or after its points have come back."""
        seller_id = down.seller_id
        step = self._due_step(seller_id) if down.points else None
        if step is None:
            return
        if step.code == "closure":
            self._close_or_ask(seller_id, step)
            return
        downs = tuple(self.counting(seller_id, closing=step.code != "warning"))
        until = self.at + step.lasts if step.lasts else None
        life: list[tuple[int, State]] = [(self._next(), "issued")]
        points = self.points(seller_id, closing=step.code != "warning")
        made = Step(seller_id, self.at, self._appealable(), life, code=step.code, needs=step.at, points=points, downs=downs, until=until)
        self.steps.append(made)
        self.happened.append(made)

    def _close_or_ask(self, seller_id: str, step: StepPolicy) -> None:
        if any(one.seller_id == seller_id and one.listing_id is None and not one.ended for one in self.questions):
            return
        by_machine = not any(_was_decided_by_people(down) for down in self.counting(seller_id, closing=True))
        if not (by_machine and self.policy.enforcement.ask_before_closure):
            self._close(seller_id, step, "automated" if by_machine else "partly")
        else:
            due = self.at + self.policy.reviews.due_after
            priority = self.policy.reviews.closure_priority
            self._open(Question(seller_id, self._next(), due, None, (), ("team", None), priority, False))

    def _close(self, seller_id: str, step: StepPolicy, decision: str) -> None:
        downs = tuple(self.counting(seller_id, closing=True))
        points = self.points(seller_id, closing=True)
        life: list[tuple[int, State]] = [(self._next(), "issued")]
        closure = Closure(seller_id, self.at, self._appealable(), life, needs=step.at, points=points, downs=downs, decision=decision)
        self.closures.append(closure)
        self.happened.append(closure)
        self._sweep_all(seller_id)

    def _sweep_all(self, seller_id: str) -> None:
        """Nothing is live in a closed store."""
        closure = self.closed(seller_id)
        for offer in self.offers:
            if closure and offer.seller_id == seller_id and not offer.is_removed and not self.down(offer):
                self._sweep(offer, closure)

    def _sweep(self, offer: Offer, closure: Closure) -> None:
        """Take down what goes with its store: no points, and no right."""
        fields = {"source": "closure", "detection": "automated", "decision": "automated", "severity": "ordinary"}
        self._issue(offer, rights=(), points=0, excused=False, swept_with=closure, **fields)

    # Rulings

    def _ruling(self, event: SequencedRuling) -> None:
        if event.review_id is not None:
            self._rule_on_question(event)
        elif event.referral_id is not None:
            raise RefusedError("there are no referrals yet")
        elif event.appeal_id is not None:
            self._rule_on_appeal(event)
        else:
            measures: list[Measure] = [*self.downs, *self.closures]
            ident = event.takedown_id or event.closure_id
            self._rule_on_measure(event, self._known(measures, event, ident))

    def _known(self, measures: Sequence[Measure], event: SequencedRuling, ident: str | None) -> Measure:
        found = next((one for one in measures if one.ident == ident and one.seller_id == event.seller_id), None)
        if found is None:
            raise RefusedError("nothing of this id is known at this seller")
        return found

    def _rule_on_question(self, event: SequencedRuling) -> None:
        question = next((one for one in self.questions if one.ident == event.review_id and one.seller_id == event.seller_id), None)
        if question is None:
            raise RefusedError("no question of this id is known at this seller")
        if question.ended:
            raise RefusedError("already-closed")
        if event.decided_by.kind == "brand" and question.assignee != ("brand", event.decided_by.id):
            raise RefusedError("the question was not put to this brand")
        answers = ("uphold", "reverse", "inconclusive") if question.listing_id is None else (*AGAINST, "genuine", "inconclusive")
        if event.verdict not in answers:
            raise RefusedError("this is no answer to the question")
        if question.listing_id is None:
            self._answer_closure(question, event.verdict)
        else:
            self._answer_question(question, event.verdict)

    def _answer_closure(self, question: Question, verdict: str) -> None:
        question.ended = "ruling"
        step = self._due_step(question.seller_id)
        if verdict == "uphold" and step and step.code == "closure":
            self._close(question.seller_id, step, "human")

    def _answer_question(self, question: Question, verdict: str) -> None:
        offer = self._offer_of(question)
        active = self._active(question)
        if not active:
            self._end_question(question, "right-inactive")
            self._refuse(question, "right-inactive")
        elif verdict in AGAINST:
            self._end_question(question, "ruling")
            self._against(question, offer, active, "serious" if verdict == "counterfeit" else "ordinary")
        else:
            self._end_question(question, "ruling")
            if verdict == "genuine" and offer.current.content == question.content:  # people have seen what they were asked about
                offer.found.append((frozenset(question.rights), offer.current.content))
            self._refuse(question, "found-genuine" if verdict == "genuine" else "inconclusive")

    def _against(self, question: Question, offer: Offer, rights: tuple[str, ...], severity: Severity) -> None:
        """People say that the listing infringes: it comes down, unless it is down already."""
        down = self.down(offer)
        if down:
            self._end_waiting(question, "already_down", "already-down", down)
            return
        detection = "notice" if question.by_notices else "automated"
        source = "notice" if question.by_notices else "ruling"
        made = self._make(offer, rights, severity, source=source, detection=detection, decision="human")
        self._end_waiting(question, "accepted", "accepted", made)
        self._follow_up(made)

    def _unanswered(self, question: Question) -> None:
        if question.listing_id is None:
            question.ended = "unanswered"
            return
        active = self._active(question)
        if not active:
            self._end_question(question, "right-inactive")
            self._refuse(question, "right-inactive")
            return
        self._end_question(question, "unanswered")
        offer = self._offer_of(question)
        looks = [offer.looked[each] for each in active if each in offer.looked]
        if down := self.down(offer):
            self._end_waiting(question, "already_down", "already-down", down)
        elif (
            self.policy.reviews.unanswered == "clear"
            or not any(look.goods for look in looks)
            or offer.is_exempt(active)
            or not self._brake_allows(question.rights, "unanswered")
        ):
            self._refuse(question, "unanswered")
        else:
            self.automated.append((self.at, question.rights, "unanswered"))
            source, detection = ("notice", "notice") if question.by_notices else ("own_initiative", "automated")
            severity: Severity = "serious" if max(look.score for look in looks) >= self.policy.decision.serious else "ordinary"
            made = self._make(offer, active, severity, source=source, detection=detection, decision="automated")
            self._end_waiting(question, "accepted", "accepted", made)
            self._follow_up(made)

    def _offer_of(self, question: Question) -> Offer:
        offer = self.offer(question.seller_id, question.listing_id or "")
        assert offer is not None, "a question about a listing is asked when there is one"
        return offer

    def _active(self, question: Question) -> tuple[str, ...]:
        return tuple(each for each in question.rights if is_active(self.rights.get(each), self.at))

    def _end_question(self, question: Question, ending: Ending) -> None:
        question.ended = ending

    def _refuse(self, question: Question, code: str) -> None:
        self._end_waiting(question, "refused", code)

    def _end_waiting(self, question: Question, outcome: str, code: str, down: Down | None = None) -> None:
        for said in question.waiting:
            if not said.final:
                self._end(said, outcome, code, down)

    # Appeals

    def _appeal(self, event: SequencedAppeal) -> None:
        if event.notice_id is not None:
            self._complain(event)
            return
        ident = event.takedown_id or event.closure_id or event.warning_id
        measures: list[Measure] = [*self.downs, *self.closures, *self.steps]
        measure = next((one for one in measures if one.ident == ident and one.seller_id == event.seller_id), None)
        objection = self._object(event, measure, None)
        if objection.clock and measure:
            for said in self._accepted_with(measure):
                self._answer(said, "forwarded", "appealed", until=objection.clock, takedown=measure, same_as=said.same_as)

    def _complain(self, event: SequencedAppeal) -> None:
        """A notifier complains about a refusal."""
        said = next(
            (one for one in self.notices if one.event.notice_id == event.notice_id and one.event.seller_id == event.seller_id), None
        )
        if said is None or said.event.notifier_id != event.notifier_id:
            raise RefusedError("no such notice of this notifier")
        if not self.policy.appeals.notifiers or said.event.claim == "retraction":
            raise RefusedError("of this nobody may complain")
        self._object(event, said.refusal, said)

    def _object(self, event: SequencedAppeal, measure: Measure | None, said: Said | None) -> Objection:
        """Check whether a measure can still be appealed against, and take the appeal down."""
        if measure is None:
            raise RefusedError("nothing of this id is known at this seller")
        if isinstance(measure, Down) and measure.renews:
            raise RefusedError("this only carries out what was upheld")
        if event.at > measure.appeal_until:
            raise RefusedError("too late")
        if len(measure.appeals) >= self.policy.appeals.most:
            raise RefusedError("appealed against already")
        if measure.state() not in ("issued", "upheld"):
            raise RefusedError("this can no longer be appealed against")
        objection = Objection(event, self._next(), measure, said, self._clock(measure, event))
        measure.appeals.append(objection)
        self.objections.append(objection)
        measure.life.append((self._next(), "appealed"))
        return objection

    def regime(self, measure: Measure, wish: Regime | None) -> Regime:
        """Return the regime of an appeal: of the first rule that fits, or the wish where another has it; dsa for what is no takedown."""
        if not isinstance(measure, Down) or measure.swept_with:
            return "dsa"  # what was swept goes and comes with its store
        offer = self.offer(measure.seller_id, measure.listing_id)
        kinds = {self.rights[each].kind for each in measure.rights if each in self.rights}
        fitting: list[Regime] = [
            rule.regime
            for rule in self.policy.appeals.rules
            if (not rule.sources or measure.source in rule.sources)
            and (not rule.right_kinds or (kinds and kinds <= set(rule.right_kinds)))
            and (not rule.marketplaces or (offer and offer.current.marketplace in rule.marketplaces))
        ]
        fitting.append(self.policy.appeals.regime)
        return wish if wish in fitting else fitting[0]

    def _clock(self, measure: Measure, event: SequencedAppeal) -> datetime | None:
        """Return when a takedown is put back if nobody rules; None where only people decide."""
        appeals = self.policy.appeals
        match self.regime(measure, event.jurisdiction):
            case "cn":
                return event.at + appeals.cn.put_back_after
            case "dmca":
                return appeals.dmca.days.after(event.at, appeals.dmca.business_days)
        return None

    def _clock_runs(self, objection: Objection) -> bool:
        measure = objection.against
        return measure.appeals[-1] is objection and measure.state() == "appealed" and not objection.stayed

    def _put_back(self, objection: Objection) -> None:
        """The deadline has passed: the listing is live again, and no finding was made."""
        down = objection.against
        assert isinstance(down, Down), "only takedowns are put back"
        self._give_back(down, "put_back", "deadline")
        self._sweep_all(down.seller_id)

    def _rule_on_appeal(self, event: SequencedRuling) -> None:
        mine = [one for one in self.objections if one.event.appeal_id == event.appeal_id and one.event.seller_id == event.seller_id]
        if not mine:
            raise RefusedError("no appeal of this id is known at this seller")
        if mine[0].said:
            self._rule_on_complaint(event, mine[0].against, mine[0].said)
        else:
            self._rule_on_measure(event, mine[0].against)

    def _rule_on_complaint(self, event: SequencedRuling, refusal: Measure, said: Said) -> None:
        """For a complaint, what speaks against the listing speaks against the refusal."""
        if event.decided_by.kind == "brand":
            raise RefusedError("a brand never rules on appeals")
        state, last = refusal.state(), event.decided_by.kind in LAST_INSTANCE
        if event.verdict in ("reverse", *AGAINST) and (state == "appealed" or (state == "upheld" and last)):
            refusal.life.append((self._next(), "reversed"))
            self._accept_after_all(event, said)
        elif event.verdict in ("uphold", "genuine") and state == "appealed":
            refusal.life.append((self._next(), "upheld"))
        else:
            raise RefusedError(f"{event.verdict} of a refusal that is {state}")

    def _accept_after_all(self, event: SequencedRuling, said: Said) -> None:
        """A complaint is upheld: the listing comes down, if it is not, and if there is a right for which it may."""
        offer = self.offer(said.event.seller_id, said.event.listing_id)
        rights = self._in_question(said, offer) if offer else ()
        held = self.down(offer) if offer else None
        if held or not offer or not rights:
            self._amend(said, "reversed", "complaint-upheld", held)
            return
        serious = event.verdict == "counterfeit" or (event.verdict == "reverse" and said.event.claim == "counterfeit")
        severity: Severity = "serious" if serious else "ordinary"
        made = self._make(offer, rights, severity, source="notice", detection="notice", decision="human")
        self._amend(said, "reversed", "complaint-upheld", made)
        self._follow_up(made)

    def _rule_on_measure(self, event: SequencedRuling, measure: Measure) -> None:
        if isinstance(measure, Down) and measure.renews:
            measure = measure.renews
        state, by = measure.state(), event.decided_by.kind
        if by == "brand" and not self._may_rule(event, measure):
            raise RefusedError("a brand never rules on appeals")
        if event.verdict == "stayed":
            self._stay(measure)
        elif event.verdict in ("reverse", "genuine") and (
            state in ("issued", "appealed", "put_back") or (state == "upheld" and by in LAST_INSTANCE)
        ):
            self._reverse(measure, "ruling")
        elif event.verdict in ("uphold", *AGAINST) and state in ("appealed", "put_back"):
            self._uphold(measure, state, event.verdict)
        else:
            raise RefusedError(f"{event.verdict} of what is {state}")

    def _may_rule(self, event: SequencedRuling, measure: Measure) -> bool:
        """Tell whether a brand may rule on a takedown: for one of its own rights, while nobody has appealed against it."""
        if event.takedown_id is None or not isinstance(measure, Down) or measure.appeals:
            return False
        return any(self.rights[each].brand_id == event.decided_by.id for each in measure.rights if each in self.rights)

    def _stay(self, measure: Measure) -> None:
        running = [one for one in measure.appeals if one.clock and self._clock_runs(one)]
        if not running:
            raise RefusedError("no clock runs")
        running[-1].stayed = True

    def _uphold(self, measure: Measure, state: State, verdict: str) -> None:
        """It stands after all: its points count for everything again, and what was put back goes down again."""
        measure.life.append((self._next(), "upheld"))
        if not isinstance(measure, Down):
            return
        if state == "put_back":
            self._renew(measure, verdict)
        step = self._due_step(measure.seller_id)
        if state == "put_back" or (step and step.code != "warning"):  # for a warning its points have counted all along
            self._follow_up(measure)

    def _renew(self, first: Down, verdict: str) -> None:
        """Take a listing down again that was put back, if it is live and is what it was then."""
        offer = self.offer(first.seller_id, first.listing_id)
        if offer and not offer.is_removed and not self.down(offer) and offer.current.content == first.content:
            severity = "serious" if verdict == "counterfeit" else "ordinary"
            fields = {"source": "ruling", "detection": first.detection, "decision": "human", "severity": severity}
            made = self._issue(offer, rights=first.rights, points=0, excused=False, renews=first, **fields)
            made.appeal_until = self.at  # who objects, objects to the first

    # Reversal

    def _reverse(self, measure: Measure, cause: str) -> None:
        """Give a measure back, and in one hop what rested on it."""
        notices = self._accepted_with(measure)
        self._give_back(measure, "reversed", cause)
        if isinstance(measure, Closure):
            self._return_swept(measure)
        if isinstance(measure, Down):
            for said in notices:
                self._amend(said, "reversed", "reversed", measure)
            for renewal in [one for one in self.downs if one.renews is measure and one.state() != "reversed"]:
                self._give_back(renewal, "reversed", "cascade")
            self._return_steps(measure.seller_id)
        self._sweep_all(measure.seller_id)

    def _give_back(self, measure: Measure, state: State, cause: str) -> None:
        """End a measure's hold. Of a listing that is given back so, this very content is not decided on by machine alone."""
        measure.life.append((self._next(), state))
        self.happened.append(Given(measure, cause))
        if isinstance(measure, Down) and (offer := self.offer(measure.seller_id, measure.listing_id)) and measure.rights:
            offer.found.append((frozenset(measure.rights), measure.content))

    def _return_steps(self, seller_id: str) -> None:
        """Give back the steps and the closure that the points, counted anew for when they were taken, no longer reach."""
        for step in self.steps:
            if step.seller_id == seller_id and step.state() != "reversed" and not self._was_reached(step):
                self._give_back(step, "reversed", "cascade")
        for closure in self.closures:
            if closure.seller_id == seller_id and closure.state() != "reversed" and not self._was_reached(closure):
                self._give_back(closure, "reversed", "cascade")
                self._return_swept(closure)

    def _was_reached(self, measure: Step | Closure) -> bool:
        """Count the points anew for when a step was taken, from all takedowns that are not reversed."""
        return self._sum(self._alive(measure.seller_id, measure.at, measure.order)) >= measure.needs

    def _return_swept(self, closure: Closure) -> None:
        for down in self.downs:
            if down.swept_with is closure and down.state() != "reversed":
                self._give_back(down, "reversed", "cascade")

    def _accepted_with(self, measure: Measure) -> list[Said]:
        return [said for said in self.notices if said.rests_on is measure]


def _was_decided_by_people(down: Down) -> bool:
    """Tell whether people took it down, or have upheld it."""
    return down.decision != "automated" or any(state == "upheld" for _, state in down.life)


def _leading(takedown: Takedown) -> str:
    """Return the signal that weighs most in a takedown."""
    return max(takedown.reasons, key=lambda reason: reason.weight).code
