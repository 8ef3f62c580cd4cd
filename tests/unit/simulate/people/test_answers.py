"""The team and brands answer what they are asked, mostly in time and right; each answer's truth says whether it is."""

from collections import Counter

from pipeline.events.review import Assignee
from pipeline.events.ruling import Ruling, Verdict
from pipeline.simulate.people.answers import Answers
from pipeline.simulate.people.scene import Said
from tests.unit.simulate.people.cast import BRANDS, at, fake, genuine, played, review, scene, speakers

MANY = range(600)


def rulings(said: list[Said]) -> list[tuple[Ruling, Said]]:
    return [(each.event, each) for each in said if isinstance(each.event, Ruling)]


def asked_team(*, guilty: bool, question: str = "counterfeit") -> list[tuple[Ruling, Said]]:
    one = scene()
    answers = Answers(one, speakers())
    one.facts.learn(fake("L-of-counterfeiter") if guilty else genuine("L-of-another"))
    for number in MANY:
        name = f"L{number}"
        one.facts.learn(fake(name) if guilty else genuine(name))
        about = {"listing_id": None} if question == "closure" else {}
        truth = answers.asked(review(name, question=question, **about))
        assert (truth.what, truth.rightful) == ("question", guilty)
    return rulings(played(one, at(days=400)))


def test_the_team_answers_most_questions_by_what_is_true() -> None:
    expected: tuple[tuple[bool, Verdict], ...] = ((True, "counterfeit"), (False, "genuine"))
    for guilty, right in expected:
        made = asked_team(guilty=guilty)
        verdicts = Counter(ruling.verdict for ruling, _ in made)
        assert verdicts[right] > 0.8 * len(made)
        assert verdicts.keys() == {"counterfeit", "genuine", "inconclusive"}
        for ruling, said in made:
            assert said.truth is not None
            assert said.truth.rightful == (ruling.verdict in (right, "inconclusive"))


def test_some_are_not_answered_some_late_some_twice() -> None:
    made = asked_team(guilty=True)
    flaws = Counter(said.truth.flaw for _, said in made if said.truth)
    assert flaws.keys() == {None, "late", "answered-twice"}
    assert flaws[None] + flaws["late"] < len(MANY)
    for ruling, said in made:
        assert said.truth is not None
        assert (ruling.event_time > at(days=4)) == (said.truth.flaw is not None)


def test_an_infringement_is_answered_in_its_words_and_a_closure_in_its_own() -> None:
    assert "infringing" in {ruling.verdict for ruling, _ in asked_team(guilty=True, question="infringement")}
    closures = Counter(ruling.verdict for ruling, _ in asked_team(guilty=True, question="closure"))
    assert closures.most_common(1)[0][0] == "uphold"
    assert closures.keys() == {"uphold", "reverse", "inconclusive"}


def test_brands_answer_in_time_late_or_never_each_always_the_same_way() -> None:
    one = scene()
    answers = Answers(one, speakers())
    for number in MANY:
        brand = BRANDS[number % len(BRANDS)].brand_id
        one.facts.learn(fake(f"L{number}", brand_ids=(brand,)))
        truth = answers.asked(review(f"L{number}", brand_ids=(brand,), assignee=Assignee("brand", brand)))
        assert truth.by == "brand"
    made = rulings(played(one, at(days=400)))
    own = [(ruling, said) for ruling, said in made if said.truth and said.truth.flaw != "another-brand"]
    assert all(ruling.decided_by.kind == "brand" for ruling, _ in made)
    ways: dict[str, set[str]] = {}
    for ruling, _ in own:
        ways.setdefault(ruling.decided_by.id, set()).add("late" if ruling.event_time > at(days=8) else "in time")
    assert all(len(way) == 1 for way in ways.values())
    assert {*map(frozenset, ways.values())} == {frozenset({"late"}), frozenset({"in time"})}
    assert len(ways) < len(BRANDS)
    others = [ruling for ruling, said in made if said.truth and said.truth.flaw == "another-brand"]
    assert others
    assert all(ruling.decided_by.id.endswith("-competitor") for ruling in others)


def test_a_brand_errs_by_calling_genuine_goods_fake_and_never_the_other_way_round() -> None:
    one = scene()
    answers = Answers(one, speakers())
    guilty: dict[str, bool] = {}
    for number in range(3000):
        brand, name = BRANDS[number % len(BRANDS)].brand_id, f"L{number}"
        guilty[f"review-{name}"] = number % 2 == 0
        one.facts.learn(fake(name, brand_ids=(brand,)) if number % 2 == 0 else genuine(name, brand_ids=(brand,)))
        answers.asked(review(name, brand_ids=(brand,), assignee=Assignee("brand", brand)))
    wrong = [(ruling, said) for ruling, said in rulings(played(one, at(days=400))) if said.truth and not said.truth.rightful]
    assert wrong
    assert all(ruling.verdict == "counterfeit" and not guilty[ruling.review_id or ""] for ruling, _ in wrong)
