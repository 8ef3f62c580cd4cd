"""All people together: they see listings, hear what is decided, and say what they say when its time has come."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pipeline.events.appeal import Appeal
from pipeline.events.decided import Decision
from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.listing import Listing
from pipeline.events.notice import NoticeOutcome
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.review import Review
from pipeline.events.takedown import Takedown
from pipeline.simulate.brands import Brand
from pipeline.simulate.people.answers import Answers
from pipeline.simulate.people.appellants import Appellants
from pipeline.simulate.people.measures import Measures, measure
from pipeline.simulate.people.notifiers import Notifiers
from pipeline.simulate.people.scene import Said, Scene
from pipeline.simulate.people.speakers import Speakers
from pipeline.simulate.people.tribunal import Tribunal
from pipeline.simulate.people.truth import PersonTruth
from pipeline.simulate.truth import Truth


class People:
    """Everyone but the sellers who list. `speakers` are those who speak for brands."""

    def __init__(self, brands: Sequence[Brand], seed: int, start: datetime, days: float) -> None:
        self.speakers = Speakers(brands, seed, start, days)
        self._scene = scene = Scene(seed, start)
        self._measures = Measures()
        self._notifiers = Notifiers(scene, self.speakers)
        self._answers = Answers(scene, self.speakers)
        self._appellants = Appellants(scene, self._measures)
        self._tribunal = Tribunal(scene, self._measures)

    @property
    def waiting(self) -> int:
        """How many plans wait for their time."""
        return self._scene.waiting

    def coming(self, listing: Listing, truth: Truth) -> None:
        """Hear of a listing a little before it is listed."""
        self._notifiers.coming(listing, truth)

    def see(self, listing: Listing, truth: Truth | None) -> None:
        """See a listing; `truth` where it is new."""
        self._scene.now = max(self._scene.now, listing.event_time)
        if truth is not None:
            self._scene.facts.learn(truth)
            self._notifiers.listed(listing, truth)
        elif listing.change == "removed":
            self._notifiers.removed(listing)

    def until(self, at: datetime, topic: str) -> Iterator[Said]:
        """Yield what is said before a time, or at that very time on a topic that is merged before this one, one after the other."""
        while self._scene.act(at, topic):
            for said in self._scene.collect():
                if isinstance(said.event, Appeal) and said.truth is not None:
                    self._tribunal.hears(said.event, said.truth)
                yield said

    def hear(self, decision: Decision) -> PersonTruth | None:
        """Hear what the pipeline decided, and plan what to do about it; of a question, return what is true of what it asks."""
        match decision:
            case Review():
                return self._answers.asked(decision)
            case Takedown() | SellerWarning() | StoreClosure():
                self._hit(decision)
            case Reinstatement():
                self._given_back(decision)
            case NoticeOutcome():
                self._told(decision)
        return None

    def _hit(self, decision: Takedown | SellerWarning | StoreClosure) -> None:
        one = measure(decision, self._scene.facts)
        self._appellants.hit(one)
        self._tribunal.hit(one)
        if isinstance(decision, Takedown):
            self._scene.facts.see_down(decision.listing_id, down=True)
            self._notifiers.taken_down(decision)

    def _given_back(self, decision: Reinstatement) -> None:
        self._scene.facts.see_down(decision.listing_id, down=False)
        ident = decision.takedown_id or decision.warning_id or decision.closure_id
        if decision.cause == "deadline":  # that is no finding: a ruling may still come
            self._measures.put_back(ident)
        else:
            self._measures.end(ident)

    def _told(self, outcome: NoticeOutcome) -> None:
        notice = self._notifiers.truth_of(outcome.notice_id)
        if outcome.outcome == "forwarded" and notice is not None:
            self._tribunal.forwarded(outcome, notice)
        self._notifiers.told(outcome)
