"""Who speaks for a brand is whom its right names; tempers and standings belong to names."""

from collections import Counter

from pipeline.simulate.people.speakers import Speakers
from tests.unit.simulate.people.cast import BRAND, BRANDS, at, speakers


def test_those_whom_the_right_names_speak_for_its_brand_and_nobody_for_an_unknown_one() -> None:
    one = speakers()
    for brand in BRANDS:
        assert tuple(notifier.notifier_id for notifier in one.of(brand.brand_id)) == one.rights_of(brand.brand_id)["trademark"].notifier_ids
    assert {notifier.kind for brand in BRANDS for notifier in one.of(brand.brand_id)} == {"rights_holder", "agent"}
    assert any(not one.of(brand.brand_id) for brand in BRANDS)
    assert one.of("unknown") == ()


def test_all_tempers_occur_and_most_are_honest() -> None:
    tempers = Counter(speakers().temper(f"N-{brand.brand_id}") for brand in BRANDS)
    assert tempers.keys() == {"honest", "careless", "abusive"}
    assert tempers["honest"] > len(BRANDS) / 2


def test_standings_of_each_tier_are_there_once_a_notifier_and_a_suspension_ends() -> None:
    standings = list(speakers().standings())
    assert len({one.notifier_id for one in standings}) == len(standings)
    assert {one.tier for one in standings} == {"fast_track", "warned", "suspended"}
    for one in standings:
        assert (one.until is not None) == (one.tier == "suspended")
        assert one.until is None or at() < one.until < at(days=90)


def test_a_program_finds_a_brand_by_its_name_wherever_it_stands() -> None:
    assert speakers().found_by_name(f"strap for {BRAND.name.upper()} watch") == BRAND.brand_id
    assert speakers().found_by_name("blue scarf") is None


def test_rights_that_help_nobody_are_known() -> None:
    one = speakers()
    assert one.inactive
    assert all(right.status != "active" for right in one.inactive)
    assert one.expired(at()) == ()
    assert one.expired(at(days=60))
    assert all("US" not in (right.territories or ()) for right in one.elsewhere(("US", "CA")))
    assert one.elsewhere(("US", "CA"))


def test_another_seed_gives_other_tempers() -> None:
    names = [f"N-{brand.brand_id}" for brand in BRANDS]
    assert [Speakers.temper(speakers(1), name) for name in names] != [Speakers.temper(speakers(2), name) for name in names]
