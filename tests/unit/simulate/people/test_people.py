"""All people together: what they say follows from what they see and hear, and is the same for the same seed."""

from pipeline.codec import encode
from pipeline.events.appeal import Appeal
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.ruling import Ruling
from pipeline.simulate.people.people import People
from pipeline.simulate.people.scene import Said
from tests.unit.simulate.people.cast import START, at, fake, genuine, listing, people, review, takedown

LONG = at(days=400)


def seen(one: People, number: int = 300) -> People:
    for n in range(number):
        one.see(listing(f"L{n}"), fake(f"L{n}"))
    return one


def said(one: People) -> list[Said]:
    return list(one.until(LONG, "listings"))


def test_the_same_seed_says_the_same_and_another_something_else() -> None:
    spoken = [b"".join(encode(each.event) for each in said(seen(people(seed)))) for seed in (1, 1, 2)]
    assert spoken[0] == spoken[1] != spoken[2]


def test_what_is_said_rises_in_time() -> None:
    one = seen(people())
    times = [each.event.event_time for each in said(one)]
    assert times == sorted(times)
    assert one.waiting == 0


def test_a_question_is_answered_and_its_truth_told() -> None:
    one = people()
    one.see(listing(), fake())
    truths = [one.hear(review(review_id=f"review-{n}")) for n in range(50)]
    assert all(truth is not None and truth.rightful for truth in truths)
    assert any(isinstance(each.event, Ruling) and each.event.review_id for each in said(one))


def test_an_appeal_is_ruled_on() -> None:
    one = people()
    for n in range(60):
        one.see(listing(f"L{n}", seller_id="S2"), genuine(f"L{n}", seller_id="S2"))
        one.hear(takedown(f"L{n}", seller_id="S2"))
    spoken = said(one)
    appeals = {each.event.appeal_id for each in spoken if isinstance(each.event, Appeal)}
    ruled = {each.event.appeal_id for each in spoken if isinstance(each.event, Ruling) and each.event.appeal_id}
    assert ruled
    assert ruled <= appeals


def test_what_is_given_back_is_not_objected_to_and_a_put_back_is() -> None:
    for cause, expected in (("ruling", False), ("deadline", True)):
        one = people()
        for n in range(60):
            one.see(listing(f"L{n}", seller_id="S2"), genuine(f"L{n}", seller_id="S2"))
            one.hear(takedown(f"L{n}", seller_id="S2"))
            one.hear(Reinstatement(f"R{n}", "S2", START, cause, "1", "1", takedown_id=f"takedown-L{n}", listing_id=f"L{n}"))  # type: ignore[arg-type]
        assert any(isinstance(each.event, Appeal) and each.event.takedown_id for each in said(one)) == expected


def test_time_never_goes_back_for_a_late_listing() -> None:
    one = people()
    one.see(listing(event_time=at(days=5)), None)
    for n in range(300):
        one.see(listing(f"L{n}", event_time=at(days=1)), fake(f"L{n}", listing_id=f"L{n}"))
    assert all(each.event.event_time > at(days=5) for each in said(one))
