"""Most honest sellers object, some counterfeiters do; in time but for a few, once but for a few, and to nothing that was given back."""

from typing import Any

from pipeline.events.appeal import Appeal
from pipeline.simulate.people.appellants import Appellants
from pipeline.simulate.people.measures import Measures, measure
from pipeline.simulate.people.scene import Said
from tests.unit.simulate.people.cast import START, at, closure, fake, genuine, played, scene, takedown

MANY = range(800)


def appealed(*, guilty: bool, swept: bool = False, give_back: bool = False, **changes: Any) -> list[Said]:
    one, measures = scene(), Measures()
    appellants = Appellants(one, measures)
    for number in MANY:
        name = f"L{number}"
        one.facts.learn(fake(name) if guilty else genuine(name))
        hit = measure(takedown(name, source="closure" if swept else "own_initiative", **changes), one.facts)
        appellants.hit(hit)
        if give_back:
            measures.end(hit.ident)
    return played(one, at(days=400))


def share(said: list[Said]) -> float:
    return len([each for each in said if each.truth and each.truth.flaw != "second"]) / len(MANY)


def test_who_is_hit_wrongly_objects_more_often() -> None:
    honest, guilty = appealed(guilty=False), appealed(guilty=True)
    assert 0.65 < share(honest) < 0.85
    assert 0.1 < share(guilty) < 0.3
    assert {each.truth.rightful for each in honest if each.truth} == {True}
    assert {each.truth.rightful for each in guilty if each.truth} == {False}


def test_grounds_are_what_the_seller_is() -> None:
    grounds = {each.event.grounds for each in appealed(guilty=False) if isinstance(each.event, Appeal)}
    assert grounds == {"second_hand"}


def test_a_few_object_twice_and_a_few_too_late() -> None:
    said = appealed(guilty=False)
    flaws = {each.truth.flaw for each in said if each.truth}
    assert flaws == {None, "second", "too-late"}
    for each in said:
        assert each.truth is not None
        assert (each.event.event_time > at(days=180)) == (each.truth.flaw == "too-late")


def test_a_takedown_whose_time_to_object_was_over_at_once_is_objected_to_later_all_the_same() -> None:
    said = appealed(guilty=False, appeal_until=START)
    assert all(each.event.event_time > START for each in said)


def test_counterfeiters_hardly_object_to_what_went_with_their_store() -> None:
    assert share(appealed(guilty=True, swept=True)) < 0.05


def test_nobody_objects_to_what_was_given_back() -> None:
    assert appealed(guilty=False, give_back=True) == []


def test_closures_are_objected_to_too() -> None:
    one = scene()
    appellants = Appellants(one, Measures())
    for number in MANY:
        appellants.hit(measure(closure(closure_id=f"closure-{number}"), one.facts))
    said = played(one)
    assert {each.event.grounds for each in said if isinstance(each.event, Appeal)} == {"other"}
    assert all(isinstance(each.event, Appeal) and each.event.closure_id for each in said)
