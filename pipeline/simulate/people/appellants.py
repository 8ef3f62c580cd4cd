"""Sellers who object: most of the honest ones, some counterfeiters; a few twice, a few too late."""

from datetime import timedelta
from functools import partial

from pipeline.events.appeal import Appeal, Grounds
from pipeline.simulate.mixing import share
from pipeline.simulate.people.measures import Measure, Measures
from pipeline.simulate.people.scene import APPEALS, HOUR, Scene
from pipeline.simulate.people.truth import PersonTruth, Who
from pipeline.simulate.sellers import SellerKind

_GROUNDS: dict[SellerKind, Grounds] = {
    "authorised": "authorised", "second_hand": "second_hand", "accessory": "reference", "catalogue": "genuine",
    "parallel_import": "genuine", "honest": "mistaken_identity", "counterfeiter": "genuine",
}  # fmt: skip
_WITH_PAPERS = frozenset({"genuine", "authorised"})
_STATEMENTS: dict[Grounds, str] = {
    "genuine": "The goods are genuine; the invoice is attached.",
    "authorised": "We are an authorised dealer of the brand.",
    "second_hand": "This is my own used item, and it is genuine.",
    "reference": "The name only says what our product fits.",
    "mistaken_identity": "We do not sell this brand at all.",
    "other": "Our store has done nothing wrong.",
}


class Appellants:
    """Plans what sellers object to."""

    def __init__(self, scene: Scene, measures: Measures) -> None:
        self._scene, self._measures = scene, measures

    def hit(self, one: Measure) -> None:
        """Learn of a measure, and perhaps plan an appeal."""
        scene, sellers = self._scene, self._scene.habits.sellers
        if not scene.happens(self._odds(one), "objects", one.ident):
            return
        self._measures.watch(one)
        if scene.happens(sellers.too_late, "objects too late", one.ident) and one.appeal_until is not None:
            low, high = sellers.too_late_by
            late = timedelta(seconds=int(HOUR * (low + (high - low) * share(scene.seed, "how late", one.ident))))
            scene.at(APPEALS, max(one.appeal_until, scene.now) + late, partial(self._object, one, "too-late"))
            return
        scene.later(APPEALS, sellers.delay, partial(self._object, one, None), "objects", one.ident)

    def _odds(self, one: Measure) -> float:
        sellers = self._scene.habits.sellers
        if not one.guilty_seller:
            return sellers.honest_takedown if one.kind == "takedown" else sellers.honest_measure
        if one.kind != "takedown":
            return sellers.counterfeiter_measure
        if one.swept:
            return sellers.counterfeiter_swept
        return sellers.counterfeiter_takedown_by_notice if one.by_notice else sellers.counterfeiter_takedown

    def _object(self, one: Measure, flaw: str | None) -> None:
        if one.ended:
            return
        scene = self._scene
        grounds = _GROUNDS[scene.facts.kind(one.listing_id)] if one.listing_id and not one.swept else "other"
        appeal = Appeal(
            appeal_id=scene.number("AP"),
            seller_id=one.seller_id,
            event_time=scene.now,
            grounds=grounds,
            statement=_STATEMENTS[grounds],
            takedown_id=one.ident if one.kind == "takedown" else None,
            warning_id=one.ident if one.kind == "warning" else None,
            closure_id=one.ident if one.kind == "closure" else None,
            evidence=(f"https://evidence.example/{one.ident}",) if grounds in _WITH_PAPERS else (),
        )
        by: Who = "counterfeiter" if one.guilty_seller else "honest_seller"
        truth = PersonTruth("appeal", appeal.appeal_id, one.seller_id, by, not one.rightful, one.ident, flaw)
        scene.say(APPEALS, appeal, truth)
        if flaw is None and scene.happens(scene.habits.sellers.twice, "objects twice", one.ident):
            scene.later(APPEALS, scene.habits.care.again, partial(self._object, one, "second"), "objects twice", one.ident)
