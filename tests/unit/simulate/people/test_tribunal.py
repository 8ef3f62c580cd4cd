"""Appeals are ruled on, mostly rightly; wrong rulings are looked at again; proof of a suit comes while a clock runs."""

from collections import Counter

from pipeline.events.appeal import Appeal
from pipeline.events.ruling import Ruling
from pipeline.simulate.people.measures import Measure, Measures, measure
from pipeline.simulate.people.scene import Said, Scene
from pipeline.simulate.people.tribunal import Tribunal
from pipeline.simulate.people.truth import PersonTruth
from tests.unit.simulate.people.cast import START, at, fake, genuine, outcome, played, scene, takedown
from tests.unit.simulate.people.test_notifiers import told_of_fakes

MANY = range(800)


def hit(one: Scene, number: int, source: str = "own_initiative") -> Measure:
    name = f"L{number}"
    one.facts.learn(fake(name) if number % 2 else genuine(name, seller_id="S2"))
    return measure(takedown(name, source=source, seller_id="S1" if number % 2 else "S2"), one.facts)


def appeal_to(one: Measure, number: int, flaw: str | None = None) -> tuple[Appeal, PersonTruth]:
    appeal = Appeal(f"AP{number}", one.seller_id, START, "genuine", "It is.", takedown_id=one.ident)
    return appeal, PersonTruth("appeal", appeal.appeal_id, one.seller_id, "honest_seller", not one.rightful, one.ident, flaw)


def heard(source: str = "own_initiative", flaw: str | None = None, *, give_back: bool = False) -> list[tuple[Ruling, PersonTruth]]:
    one, measures = scene(), Measures()
    tribunal = Tribunal(one, measures)
    for number in MANY:
        against = hit(one, number, source)
        measures.watch(against)
        tribunal.hears(*appeal_to(against, number, flaw))
        if give_back:
            measures.end(against.ident)
    return rulings(played(one, at(days=400)))


def rulings(said: list[Said]) -> list[tuple[Ruling, PersonTruth]]:
    return [(each.event, each.truth) for each in said if isinstance(each.event, Ruling) and each.truth]


def test_most_appeals_are_ruled_on_and_most_rulings_are_right() -> None:
    first = [(ruling, truth) for ruling, truth in heard() if ruling.decided_by.kind == "reviewer"]
    assert 0.85 * len(MANY) < len(first) < 0.95 * len(MANY)
    assert 0.02 < sum(not truth.rightful for _, truth in first) / len(first) < 0.12
    for ruling, truth in first:
        deserved = int((ruling.appeal_id or "")[2:]) % 2 == 0
        assert truth.rightful == (ruling.verdict == ("reverse" if deserved else "uphold"))


def test_what_was_decided_wrongly_is_looked_at_again_by_others_and_decided_rightly() -> None:
    made = heard()
    wrong = {ruling.appeal_id: ruling for ruling, truth in made if not truth.rightful and ruling.decided_by.kind == "reviewer"}
    again = [(ruling, truth) for ruling, truth in made if ruling.decided_by.kind in ("court", "dispute_body")]
    assert {ruling.decided_by.kind for ruling, _ in again} == {"court", "dispute_body"}
    for ruling, truth in again:
        assert ruling.verdict != wrong[ruling.appeal_id].verdict
        assert truth.rightful
        assert truth.flaw == ("already-reversed" if wrong[ruling.appeal_id].verdict == "reverse" else None)


def test_a_brand_tries_to_rule_now_and_then() -> None:
    tried = [truth for ruling, truth in heard() if ruling.decided_by.kind == "brand"]
    assert tried
    assert {truth.flaw for truth in tried} == {"brand-on-appeal"}


def test_what_rests_on_a_notice_is_ruled_on_later_often_by_a_court() -> None:
    made = [(ruling, truth) for ruling, truth in heard("notice") if truth.flaw is None]
    slow = [ruling for ruling, _ in made if ruling.event_time > at(days=16)]
    assert len(slow) > 0.4 * len(MANY)
    assert "court" in {ruling.decided_by.kind for ruling in slow}


def test_who_objects_too_late_or_again_is_not_heard() -> None:
    assert heard(flaw="second") == []


def test_what_was_given_back_needs_no_ruling() -> None:
    assert {truth.flaw for _, truth in heard(give_back=True)} == {"brand-on-appeal"}


def test_an_authority_finds_out_some_wrong_takedowns_and_no_right_one() -> None:
    one = scene()
    tribunal = Tribunal(one, Measures())
    for number in MANY:
        tribunal.hit(hit(one, number))
    found = rulings(played(one, at(days=400)))
    assert 0.05 < len(found) / (len(MANY) / 2) < 0.2
    for ruling, _ in found:
        assert (ruling.verdict, ruling.decided_by.kind) == ("reverse", "authority")
        assert int((ruling.takedown_id or "").removeprefix("takedown-L")) % 2 == 0


def stays(*, stopped: bool = False, rightful: bool = True) -> Counter[str]:
    _, _, said = told_of_fakes()
    one, measures = scene(), Measures()
    tribunal = Tribunal(one, measures)
    for number in MANY:
        against = hit(one, number, "notice")
        measures.watch(against)
        if stopped:
            measures.put_back(against.ident)
        notice = PersonTruth("notice", f"NO{number}", against.seller_id, "honest", rightful, f"L{number}")
        tribunal.forwarded(outcome(said[0], "forwarded", takedown_id=against.ident), notice)
    return Counter(ruling.decided_by.kind for ruling, _ in rulings(played(one, at(days=400))) if ruling.verdict == "stayed")


def test_who_is_right_often_brings_proof_of_a_suit_and_who_is_wrong_seldom() -> None:
    assert stays().keys() == {"court", "authority"}
    assert 0.35 < stays().total() / len(MANY) < 0.55
    assert 0 < stays(rightful=False).total() < 0.15 * len(MANY)


def test_no_proof_comes_when_no_clock_runs() -> None:
    assert stays(stopped=True).total() == 0
