"""Who reports what, what they do when they hear of it, and that what they say is true of them."""

from collections import Counter
from datetime import timedelta

from pipeline.events.appeal import Appeal
from pipeline.events.notice import Notice
from pipeline.simulate.people.notifiers import Notifiers
from pipeline.simulate.people.scene import Said, Scene
from tests.unit.simulate.people.cast import BRANDS, at, fake, genuine, listing, notice_of, outcome, played, scene, speakers, takedown

MANY = range(1500)


def told_of_fakes() -> tuple[Scene, Notifiers, list[Said]]:
    one = scene()
    notifiers = Notifiers(one, speakers())
    for number in MANY:
        name = f"L{number}"
        one.facts.learn(fake(name))
        notifiers.listed(listing(name), fake(name))
    return one, notifiers, played(one)


def notices(said: list[Said]) -> list[Notice]:
    return [each.event for each in said if isinstance(each.event, Notice)]


def test_fakes_are_reported_by_all_kinds_of_people_and_all_are_right() -> None:
    _, _, said = told_of_fakes()
    kinds = Counter(notice.notifier_kind for notice in notices(said) if notice.kind != "retraction")
    assert {"rights_holder", "consumer", "trusted_flagger", "authority"} <= kinds.keys()
    assert all(each.truth.rightful for each in said if each.truth and each.truth.what == "notice")
    assert {each.truth.rightful for each in said if each.truth and each.truth.what == "retraction"} == {False}


def test_holders_claim_several_rights_that_they_have() -> None:
    _, _, said = told_of_fakes()
    sound = [each.event for each in said if isinstance(each.event, Notice) and each.truth and each.truth.flaw is None]
    of_holders = [notice for notice in sound if notice.notifier_kind == "rights_holder" and notice.kind != "retraction"]
    assert {"counterfeit", "trademark", "copyright"} <= {notice.kind for notice in of_holders}
    prefixes = {"counterfeit": "tm-", "trademark": "tm-", "copyright": "cr-", "design": "ds-", "patent": "pt-"}
    assert all(notice.right_id and notice.right_id.startswith(prefixes[notice.kind]) for notice in of_holders)
    assert all(notice.explanation and notice.good_faith and notice.accurate for notice in of_holders)


def test_the_same_notice_comes_twice_and_the_same_complaint_under_another_id() -> None:
    _, _, said = told_of_fakes()
    times = Counter(notice.notice_id for notice in notices(said))
    assert set(times.values()) == {1, 2}
    assert Counter(notice.notice_id for notice in notices([each for each in said if each.truth is None])) == Counter(
        name for name, number in times.items() if number == 2
    )
    assert "repeated" in {each.truth.flaw for each in said if each.truth}


def test_genuine_goods_are_reported_by_the_careless_the_abusive_competitors_and_buyers_and_all_are_wrong() -> None:
    one = scene()
    notifiers, names = Notifiers(one, speakers()), [brand.brand_id for brand in BRANDS]
    for number in range(6000):
        name = f"L{number}"
        notifiers.listed(listing(name), genuine(name, brand_ids=(names[number % len(names)],)))
    said = played(one)
    assert {each.truth.by for each in said if each.truth} == {"careless", "abusive", "competitor", "consumer"}
    assert not any(each.truth.rightful for each in said if each.truth and each.truth.what == "notice")
    assert {"retraction"} < {each.truth.what for each in said if each.truth}


def test_authorised_sellers_are_left_alone_by_who_speaks_for_the_brand() -> None:
    one = scene()
    notifiers, names = Notifiers(one, speakers()), [brand.brand_id for brand in BRANDS]
    for number in range(3000):
        notifiers.listed(listing(f"L{number}"), genuine(f"L{number}", kind="authorised", brand_ids=(names[number % len(names)],)))
    assert {each.truth.by for each in played(one) if each.truth} == {"competitor", "consumer"}


def test_what_only_fits_a_brand_is_found_by_its_name() -> None:
    one = scene(3)
    notifiers = Notifiers(one, speakers(3))
    for number in MANY:
        notifiers.listed(listing(f"L{number}"), genuine(f"L{number}", kind="accessory", brand_ids=()))
    assert played(one)


def test_who_looks_does_not_report_what_is_down_and_some_report_it_after_all() -> None:
    one = scene()
    notifiers = Notifiers(one, speakers())
    for number in MANY:
        name = f"L{number}"
        one.facts.learn(fake(name))
        notifiers.listed(listing(name), fake(name))
        one.facts.see_down(name, down=True)
    assert {each.truth.by for each in played(one) if each.truth} <= {"careless"}
    for number in MANY:
        notifiers.taken_down(takedown(f"L{number}"))
    assert 0.05 * len(MANY) < len(played(one, at(days=400))) < 0.2 * len(MANY)


def test_a_swept_listing_is_reported_by_nobody() -> None:
    one = scene()
    notifiers = Notifiers(one, speakers())
    for number in MANY:
        one.facts.learn(fake(f"L{number}"))
        notifiers.taken_down(takedown(f"L{number}", source="closure"))
    assert played(one) == []


def test_some_report_a_fake_that_its_seller_removed() -> None:
    one = scene()
    notifiers = Notifiers(one, speakers())
    for number in MANY:
        one.facts.learn(fake(f"L{number}"))
        notifiers.removed(listing(f"L{number}", change="removed"))
    assert 0.15 * len(MANY) < len(played(one)) < 0.5 * len(MANY)


def test_some_know_of_a_fake_before_it_is_listed_and_say_so_minutes_before() -> None:
    one = scene()
    notifiers = Notifiers(one, speakers())
    soon = at(hours=2)
    for number in MANY:
        notifiers.coming(listing(f"L{number}", event_time=soon), fake(f"L{number}"))
    early = notices(played(one, soon))
    assert early
    assert all(soon - timedelta(minutes=20) < notice.event_time < soon for notice in early)


def test_who_is_refused_complains_more_often_when_right() -> None:
    one, notifiers, said = told_of_fakes()
    first = {each.event.notice_id: each for each in said if isinstance(each.event, Notice) and each.truth and each.truth.what == "notice"}
    for each in first.values():
        notifiers.told(outcome(each, "refused"))
    complaints = [each for each in played(one, at(days=400)) if isinstance(each.event, Appeal)]
    assert 0.2 * len(first) < len(complaints) < 0.4 * len(first)
    for each in complaints:
        assert isinstance(each.event, Appeal)
        notice = first[each.event.notice_id or ""]
        assert each.event.notifier_id == notice_of(notice).notifier_id
        assert notice.truth is not None
        assert each.truth is not None
        assert each.truth.rightful == (notice.truth.flaw in (None, "repeated"))


def test_who_is_refused_hardly_ever_takes_it_back() -> None:
    one = scene()
    notifiers, names = Notifiers(one, speakers()), [brand.brand_id for brand in BRANDS]
    for number in range(6000):
        notifiers.listed(listing(f"L{number}"), genuine(f"L{number}", brand_ids=(names[number % len(names)],)))
    taken_back, sent = 0, 0
    while one.act(at(days=90), "listings"):
        for each in one.collect():
            if isinstance(each.event, Notice) and each.event.kind != "retraction":
                notifiers.told(outcome(each, "refused"))
                sent += 1
            taken_back += isinstance(each.event, Notice) and each.event.kind == "retraction"
    assert 0 < taken_back < 0.1 * sent


def test_a_notice_is_remembered_until_it_is_refused() -> None:
    _, notifiers, said = told_of_fakes()
    each = said[0]
    assert notifiers.truth_of(notice_of(each).notice_id) == each.truth
    notifiers.told(outcome(each, "received"))
    notifiers.told(outcome(each, "accepted"))
    assert notifiers.truth_of(notice_of(each).notice_id) is not None
    notifiers.told(outcome(each, "reversed", amendment=True))
    assert notifiers.truth_of(notice_of(each).notice_id) is None
