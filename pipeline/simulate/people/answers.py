"""Who answer the questions: the marketplace's team, mostly in time and mostly right; brands, each in its own way."""

from functools import partial

from pipeline.events.review import Review
from pipeline.events.ruling import DecidedBy, Verdict
from pipeline.simulate.mixing import share
from pipeline.simulate.people.habits import Hours
from pipeline.simulate.people.ruling import decider, rule
from pipeline.simulate.people.scene import RULINGS, Scene
from pipeline.simulate.people.speakers import Speakers
from pipeline.simulate.people.truth import PersonTruth
from pipeline.simulate.registry import holder


class Answers:
    """Plans the answers."""

    def __init__(self, scene: Scene, speakers: Speakers) -> None:
        self._scene, self._speakers = scene, speakers

    def asked(self, review: Review) -> PersonTruth:
        """Hear a question, plan its answer, and return what is true of what it asks."""
        about_store = review.question == "closure"
        facts = self._scene.facts
        guilty = facts.is_counterfeiter(review.seller_id) if about_store else facts.is_fake(review.listing_id, review.brand_ids)
        if review.assignee.kind == "brand":
            self._ask_brand(review, guilty)
        else:
            self._ask_team(review, guilty)
        by = review.assignee.kind
        return PersonTruth("question", review.review_id, review.seller_id, by, guilty, review.listing_id or review.seller_id)

    # -- the team

    def _ask_team(self, review: Review, guilty: bool) -> None:
        scene, team, name = self._scene, self._scene.habits.team, review.review_id
        answers = team.answers_closure if review.question == "closure" else team.answers
        if not scene.happens(answers, "answers", name):
            return
        late = scene.happens(team.late, "late", name)
        self._plan(review, guilty, team.lateness if late else team.delay, "late" if late else None)
        if scene.happens(team.twice, "twice", name):
            self._plan(review, guilty, team.lateness, "answered-twice")

    def _plan(self, review: Review, guilty: bool, hours: Hours, flaw: str | None) -> None:
        self._scene.later(RULINGS, hours, partial(self._answer, review, guilty, flaw), "answer", flaw, review.review_id)

    def _answer(self, review: Review, guilty: bool, flaw: str | None) -> None:
        scene, team, name = self._scene, self._scene.habits.team, review.review_id
        verdict: Verdict
        if scene.happens(team.inconclusive, "inconclusive", name):
            verdict, right = "inconclusive", True
        else:
            right = not scene.happens(team.wrong, "wrong", name, flaw)
            verdict = _verdict(review, guilty is right)
        rule(scene, review.seller_id, verdict, decider(scene, "reviewer", name), ("review_id", name), rightful=right, flaw=flaw)

    # -- a brand

    def _ask_brand(self, review: Review, guilty: bool) -> None:
        scene, brands = self._scene, self._scene.habits.brands
        brand_id = review.assignee.id or review.brand_ids[0]
        if scene.happens(brands.by_another, "by another brand", review.review_id):
            another = partial(self._answer_as_brand, review, guilty, "another-brand", f"{brand_id}-competitor")
            scene.later(RULINGS, brands.delay, another, "another brand", review.review_id)
        way = share(scene.seed, "answers questions", brand_id)
        if way < brands.never:
            return
        late = way < brands.never + brands.late
        answer = partial(self._answer_as_brand, review, guilty, "late" if late else None, brand_id)
        scene.later(RULINGS, brands.lateness if late else brands.delay, answer, "answer of brand", review.review_id)

    def _answer_as_brand(self, review: Review, guilty: bool, flaw: str | None, brand_id: str) -> None:
        scene, brands = self._scene, self._scene.habits.brands
        temper = self._speakers.temper(holder(brand_id))
        odds = {"honest": brands.wrong_of_honest, "careless": brands.wrong_of_careless, "abusive": brands.wrong_of_abusive}[temper]
        right = guilty or not scene.happens(odds, "wrong of brand", review.review_id)  # an error of a brand is to call goods fake
        verdict, by = _verdict(review, guilty or not right), DecidedBy("brand", brand_id)
        rule(scene, review.seller_id, verdict, by, ("review_id", review.review_id), rightful=right, flaw=flaw)


def _verdict(review: Review, guilty: bool) -> Verdict:
    """Return how one answers who holds that there is a counterfeit, or a counterfeiter, or that there is none."""
    if review.question == "closure":
        return "uphold" if guilty else "reverse"
    if not guilty:
        return "genuine"
    return "counterfeit" if review.question == "counterfeit" else "infringing"
