"""Who decide on appeals and complaints: reviewers first; dispute bodies and courts on what was decided wrongly; and proof of suits."""

from functools import partial

from pipeline.events.appeal import Appeal
from pipeline.events.notice import NoticeOutcome
from pipeline.events.ruling import DecidedBy, DeciderKind, Verdict
from pipeline.simulate.people.measures import Measure, Measures
from pipeline.simulate.people.ruling import Subject, decider, rule
from pipeline.simulate.people.scene import RULINGS, Scene
from pipeline.simulate.people.truth import PersonTruth

_FIELDS: dict[str, Subject] = {"takedown": "takedown_id", "closure": "closure_id"}


class Tribunal:
    """Plans the rulings."""

    def __init__(self, scene: Scene, measures: Measures) -> None:
        self._scene, self._measures = scene, measures

    def hears(self, appeal: Appeal, truth: PersonTruth) -> None:
        """Hear an appeal or a complaint, and plan when it is ruled on."""
        scene, habits, name = self._scene, self._scene.habits.tribunal, appeal.appeal_id
        if truth.flaw is not None:
            return  # too late, or again: nobody takes it up
        one = self._measures.get(truth.subject)
        if scene.happens(habits.by_brand, "ruled on by a brand", name):
            scene.later(RULINGS, habits.delay, partial(self._rule_as_brand, appeal), "ruled on by a brand", name)
        if one is not None and one.by_notice and scene.happens(habits.slow, "slow", name):
            by: DeciderKind = "court" if scene.happens(habits.by_court, "by a court", name) else "reviewer"
            scene.later(RULINGS, habits.slow_delay, partial(self._rule, appeal, truth, by), "slow", name)
        elif scene.happens(habits.ruled, "ruled on", name):
            scene.later(RULINGS, habits.delay, partial(self._rule, appeal, truth, "reviewer"), "ruled on", name)

    def _rule(self, appeal: Appeal, truth: PersonTruth, by: DeciderKind) -> None:
        """Rule on an appeal, unless what it is against was given back meanwhile."""
        scene, one = self._scene, self._measures.get(truth.subject)
        if one is None and appeal.notice_id is None:
            return
        if one is not None:
            one.clock_stopped = True
        right = not scene.happens(scene.habits.tribunal.wrong, "ruled wrongly", appeal.appeal_id)
        reverses = truth.rightful is right
        verdict: Verdict = "reverse" if reverses else "uphold"
        rule(scene, appeal.seller_id, verdict, decider(scene, by, appeal.appeal_id), ("appeal_id", appeal.appeal_id), rightful=right)
        if not right and scene.happens(scene.habits.tribunal.appealed_on, "taken further", appeal.appeal_id):
            higher = partial(self._rule_again, appeal, truth, reversed_before=reverses)
            scene.later(RULINGS, scene.habits.tribunal.higher_delay, higher, "taken further", appeal.appeal_id)

    def _rule_again(self, appeal: Appeal, truth: PersonTruth, *, reversed_before: bool) -> None:
        """A dispute body or a court decides rightly what was decided wrongly; what was given back stays given back, whatever it says."""
        scene = self._scene
        by: DeciderKind = "dispute_body" if scene.happens(0.5, "dispute body", appeal.appeal_id) else "court"
        verdict: Verdict = "reverse" if truth.rightful else "uphold"
        flaw = "already-reversed" if reversed_before else None
        who = decider(scene, by, appeal.appeal_id)
        rule(scene, appeal.seller_id, verdict, who, ("appeal_id", appeal.appeal_id), rightful=True, flaw=flaw)

    def _rule_as_brand(self, appeal: Appeal) -> None:
        by = DecidedBy("brand", "brand-that-objects")
        subject: tuple[Subject, str] = ("appeal_id", appeal.appeal_id)
        rule(self._scene, appeal.seller_id, "uphold", by, subject, rightful=False, flaw="brand-on-appeal")

    # -- without an appeal

    def hit(self, one: Measure) -> None:
        """Learn of a measure: an authority finds out some wrong takedowns without an appeal."""
        scene, habits = self._scene, self._scene.habits.tribunal
        if one.rightful or one.kind != "takedown" or one.swept or not scene.happens(habits.own_motion, "own motion", one.ident):
            return
        self._measures.watch(one)
        scene.later(RULINGS, habits.higher_delay, partial(self._reverse, one), "own motion", one.ident)

    def _reverse(self, one: Measure) -> None:
        if not one.ended:
            by = decider(self._scene, "authority", one.ident)
            rule(self._scene, one.seller_id, "reverse", by, (_FIELDS[one.kind], one.ident), rightful=True)

    # -- proof of a suit

    def forwarded(self, outcome: NoticeOutcome, notice: PersonTruth) -> None:
        """A notifier hears that the seller objects: who is right brings proof of a suit or of a complaint, often; who is wrong seldom."""
        scene, habits, takedown_id = self._scene, self._scene.habits.tribunal, outcome.takedown_id
        odds = habits.stayed_rightful if notice.rightful else habits.stayed_wrongful
        if takedown_id is not None and scene.happens(odds, "suit", takedown_id):
            stay = partial(self._stay, outcome.seller_id, takedown_id, rightful=notice.rightful)
            scene.later(RULINGS, habits.stay_delay, stay, "suit", takedown_id)

    def _stay(self, seller_id: str, takedown_id: str, *, rightful: bool) -> None:
        one = self._measures.get(takedown_id)
        if one is None or one.clock_stopped:
            return
        by: DeciderKind = "court" if self._scene.happens(0.7, "court", takedown_id) else "authority"
        who = decider(self._scene, by, takedown_id)
        rule(self._scene, seller_id, "stayed", who, ("takedown_id", takedown_id), rightful=rightful)
